"""Answers to 3-D Secure challenges."""

from datetime import datetime
from enum import StrEnum

from core.database.lookups import one
from core.errors import CardError, Missing, missing
from core.tenant import Tenant
from operations import locking
from operations.unit_of_work import UnitOfWork
from payments import pages
from payments.charges.services import intent_events, started_charges
from payments.intents.services import (
    attempt_errors,
    attempts,
    completion,
    confirmation,
    intent_locks,
)
from payments.models import Authentication, PaymentIntent, SetupIntent
from payments.setups.services import setup_attempts, setup_errors, setup_intents
from payments.states import AuthenticationStatus, IntentStatus, SetupStatus
from payments.three_d_secure.services import authentications
from payments.three_d_secure.services.authentications import Intent


class Answer(StrEnum):
    """The result of a challenge."""

    AUTHENTICATED = "authenticated"
    WRONG_CODE = "wrong_code"
    REJECTED = "rejected"
    CANCELED = "canceled"
    ABANDONED = "abandoned"
    UNAVAILABLE = "unavailable"


# Answer → result and reason, as the wire names them.
_RESULTS = {
    Answer.AUTHENTICATED: ("authenticated", None),
    Answer.WRONG_CODE: ("failed", "rejected"),
    Answer.REJECTED: ("failed", "rejected"),
    Answer.CANCELED: ("failed", "canceled"),
    Answer.ABANDONED: ("failed", "abandoned"),
    Answer.UNAVAILABLE: ("processing_error", "protocol_error"),
}


def find(authentication_id: str, key: str) -> Authentication:
    """Return the challenge at an address.

    Raises:
        Missing: If the address is nobody's.
    """
    row = (
        Authentication.objects.select_related("payment_method").filter(id=authentication_id).first()
    )
    if row is None or not pages.is_key_of(row.id, key):
        raise missing("authentication", authentication_id)
    return row


def intent_of(row: Authentication) -> Intent:
    """Return the intent of a challenge.

    Raises:
        Missing: If it was about a payment that was never written down.
    """
    if row.intent_id.startswith("seti_"):
        return one(SetupIntent.objects.all(), row.intent_id, kind="setup_intent")
    return one(PaymentIntent.objects.all(), row.intent_id, kind="payment_intent")


def open_of(tenant: Tenant, intent: Intent) -> Authentication:
    """Return the challenge that a merchant's intent waits for.

    Raises:
        UnexpectedState: If it waits for nothing.
    """
    row = (
        Authentication.objects.select_related("payment_method")
        .filter(id=intent.authentication_id, status=AuthenticationStatus.PENDING)
        .first()
    )
    if row is not None:
        return row
    if isinstance(intent, SetupIntent):
        raise setup_errors.unexpected_state(intent, "authenticate", (SetupStatus.REQUIRES_ACTION,))
    raise attempt_errors.unexpected_state(intent, "authenticate", (IntentStatus.REQUIRES_ACTION,))


def answer(row: Authentication, result: Answer, *, at: datetime) -> Intent:
    """Record the answer to a challenge, and continue the attempt if it succeeded.

    An answer to a challenge that has ended changes nothing. One that comes too late is an
    abandoned one.

    Args:
        row: The challenge.
        result: The payer's or bank's answer.
        at: The moment of the answer.

    Returns:
        The intent as it now is.

    Raises:
        Missing: If there is no such intent.
        CardError: If the bank was satisfied, and then declined.
    """
    with UnitOfWork(at=at) as work:
        intent = _lock_intent(row)
        rows = Authentication.objects.select_related("payment_method")
        row = locking.lock(rows, row.tenant, row.id, kind="authentication")
        if row.status != AuthenticationStatus.PENDING:
            return intent
        result = _effective_answer(row, result, at=at)
        work.tenant = intent.tenant
        if result is Answer.WRONG_CODE and _may_try_again(work, row):
            return intent
        authentications.end(row, *_RESULTS[result], flow="challenge", at=at)
        if row.status != AuthenticationStatus.SUCCEEDED:
            work.update(row, *authentications.ENDED)
            if isinstance(intent, SetupIntent):
                setup_attempts.refuse(work, intent, row)
            else:
                _refuse(work, intent, row)
            return intent
        if isinstance(intent, SetupIntent):
            attempt = setup_attempts.resume(work, intent, row)
        else:
            started = _continue(work, intent, row, at=at)
    if isinstance(intent, SetupIntent):
        return setup_attempts.finish(attempt, at=at)
    return completion.finish(started.charge, intent, at=at, started=started) if started else intent


def expire(*, at: datetime) -> int:
    """End the challenges that have expired; return how many."""
    late = Authentication.objects.filter(status=AuthenticationStatus.PENDING, expires_at__lte=at)
    ended = 0
    for row in late.order_by("expires_at")[:500]:
        try:
            answer(row, Answer.ABANDONED, at=at)
        except (CardError, Missing):
            continue
        ended += 1
    return ended


def _effective_answer(row: Authentication, result: Answer, *, at: datetime) -> Answer:
    if row.expires_at <= at:
        return Answer.ABANDONED
    # It may have been detached, or used by another intent, while the payer was asked.
    method = row.payment_method
    return Answer.CANCELED if method.detached_at or method.used_at else result


def _may_try_again(work: UnitOfWork, row: Authentication) -> bool:
    """Count a wrong code; True if it was not the last one allowed."""
    row.wrong_codes += 1
    if row.wrong_codes >= authentications.MOST_WRONG_CODES:
        return False
    work.update(row, "wrong_codes")
    return True


def _lock_intent(row: Authentication) -> Intent:
    if row.intent_id.startswith("seti_"):
        return setup_intents.lock(row.tenant, row.intent_id)
    return intent_locks.lock(row.tenant, row.intent_id)


def _continue(
    work: UnitOfWork, intent: PaymentIntent, row: Authentication, *, at: datetime
) -> started_charges.StartedCharge | None:
    """Charge with the bank's consent, or wait for the merchant who confirms by hand."""
    if intent.confirmation_method == "manual":
        work.update(row, *authentications.ENDED)
        work.change(intent, status=IntentStatus.REQUIRES_CONFIRMATION, next_action=None)
        return None
    charge = attempts.start(work, intent, confirmation.method_of(intent), at=at, authentication=row)
    work.update(row, *authentications.ENDED, "charge_id")
    work.update(intent, *attempts.STARTED)
    return started_charges.begin(work, charge)


def _refuse(work: UnitOfWork, intent: PaymentIntent, row: Authentication) -> None:
    method = row.payment_method
    work.change(
        intent,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        payment_method=None,
        next_action=None,
        last_payment_error=attempt_errors.authentication_error(method),
    )
    intent_events.emit("payment_intent.payment_failed", intent, work)
