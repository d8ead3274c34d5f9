"""The payer's bank has asked the payer, and this is the answer."""

from datetime import datetime
from enum import StrEnum

from connect.services.movements import Movement
from core.db import atomic
from core.errors import CardError, Missing, missing
from core.tenant import Tenant
from payments import queries, resources
from payments.models import Authentication, PaymentIntent
from payments.services import attempts, authentications, charges
from payments.states import AuthenticationStatus, IntentStatus


class Answer(StrEnum):
    """What comes of a challenge."""

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
    if row is None or not authentications.is_address_of(row, key):
        raise missing("authentication", authentication_id)
    return row


def open_of(tenant: Tenant, intent_id: str) -> Authentication:
    """Return the challenge that a merchant's intent waits for.

    Raises:
        Missing: If the merchant has no such intent.
        UnexpectedState: If it waits for nothing.
    """
    intent = queries.payment_intent(tenant, intent_id)
    row = (
        Authentication.objects.select_related("payment_method")
        .filter(id=intent.authentication_id, status=AuthenticationStatus.PENDING)
        .first()
    )
    if row is None:
        raise attempts.unexpected(intent, "authenticate", (IntentStatus.REQUIRES_ACTION,))
    return row


def answer(row: Authentication, said: Answer, *, at: datetime) -> PaymentIntent:
    """Record what the payer's bank says, and charge if it was satisfied.

    An answer to a challenge that has ended changes nothing. One that comes too late is an
    abandoned one.

    Args:
        row: The challenge.
        said: The answer.
        at: The moment of it.

    Returns:
        The intent as it now is.

    Raises:
        Missing: If there is no such intent.
        CardError: If the bank was satisfied, and then the charge was declined.
    """
    with atomic():
        intent = (
            PaymentIntent.objects.select_for_update(of=("self",), no_key=True)
            .filter(id=row.intent_id)
            .first()
        )
        if intent is None:
            raise missing("payment_intent", row.intent_id)
        row = (
            Authentication.objects.select_related("payment_method")
            .select_for_update(of=("self",), no_key=True)
            .get(id=row.id)
        )
        if row.status != AuthenticationStatus.PENDING:
            return intent
        if row.expires_at <= at:
            said = Answer.ABANDONED
        movement = Movement(intent.livemode, at)
        if said is Answer.WRONG_CODE:
            row.wrong_codes += 1
            if row.wrong_codes < authentications.MOST_WRONG_CODES:
                movement.update(row, "wrong_codes")
                movement.commit()
                return intent
        authentications.end(row, *_RESULTS[said], flow="challenge", at=at)
        if row.status != AuthenticationStatus.SUCCEEDED:
            movement.update(row, *authentications.ENDED)
            _refuse(movement, intent, row)
            return intent
        begun = _go_on(movement, intent, row, at=at)
    return attempts.finish(begun.charge, intent, at=at, begun=begun) if begun else intent


def expire(*, at: datetime) -> int:
    """End the challenges that nobody has answered in time. Returns how many there were."""
    late = Authentication.objects.filter(status=AuthenticationStatus.PENDING, expires_at__lte=at)
    ended = 0
    for row in late.order_by("expires_at")[:500]:
        try:
            answer(row, Answer.ABANDONED, at=at)
        except (CardError, Missing):
            continue
        ended += 1
    return ended


def _go_on(
    movement: Movement, intent: PaymentIntent, row: Authentication, *, at: datetime
) -> charges.Begun | None:
    """Charge with the bank's consent, or wait for the merchant who confirms by hand."""
    intent.next_action = None
    if intent.confirmation_method == "manual":
        intent.move_to(IntentStatus.REQUIRES_CONFIRMATION)
        movement.update(row, *authentications.ENDED)
        movement.update(intent, "status", "next_action")
        movement.commit()
        return None
    charge = attempts.start(movement, intent, at=at, evidence=row)
    movement.update(row, *authentications.ENDED, "charge_id")
    movement.update(intent, *attempts.STARTED)
    return charges.begin(movement, charge)


def _refuse(movement: Movement, intent: PaymentIntent, row: Authentication) -> None:
    method = row.payment_method
    intent.move_to(IntentStatus.REQUIRES_PAYMENT_METHOD)
    intent.payment_method = None
    intent.next_action = None
    intent.last_payment_error = attempts.authentication_failed(method)
    movement.update(intent, "status", "payment_method", "next_action", "last_payment_error")
    movement.tell("payment_intent.payment_failed", intent.tenant, resources.payment_intent(intent))
    movement.commit()
