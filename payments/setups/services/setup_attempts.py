"""Attempts to save a payment method: started in one transaction, settled in another."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from core.database.locking import lock_rows
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.types import Fields
from operations.unit_of_work import UnitOfWork
from payments import pages, resources
from payments.charges import card_signals, retry_limits
from payments.charges.retry_limits import Declines
from payments.charges.services import unresolved_requests
from payments.charges.services.actions import kept_actions
from payments.charges.services.unresolved_requests import RailRequest
from payments.methods.services import mandates, method_rules, payment_methods
from payments.methods.services.instruments import known_instruments
from payments.methods.services.instruments.payment_facts import facts_of
from payments.models import Authentication, SetupAttempt, SetupIntent
from payments.setups.services import setup_actions, setup_errors, setup_events, setup_outcomes
from payments.states import AuthenticationStatus, SetupAttemptStatus, SetupStatus
from payments.three_d_secure import sca
from payments.three_d_secure.services import authentications, evidence
from processors import gateway, registry
from processors.protocols.base import (
    NOT_FINAL,
    REFUSED,
    Action,
    Inquiry,
    Outcome,
    OutcomeStatus,
    VerifyRequest,
)
from processors.router import choosing

# The columns of an intent that starting a try changes.
STARTED: Final = (
    "status", "payment_method", "latest_attempt_id", "processing_since", "last_setup_error",
    "next_action", "authentication_id", "return_url", "customer_acceptance",
)  # fmt: skip


def use(work: UnitOfWork, intent: SetupIntent, method_id: str | Fields, *, at: datetime) -> None:
    """Set the payment method that an intent will save.

    Raises:
        Missing: If the merchant has no such payment method.
        InvalidRequest: If the payment method is another customer's, or for one payment only.
    """
    require_transaction()
    method = payment_methods.find(intent.tenant, method_id, at=at)
    if method.customer_id and method.customer_id != intent.customer_id:
        raise InvalidRequest(
            "The provided PaymentMethod belongs to a customer. To use it, also pass that "
            "customer as `customer`.",
            param="payment_method",
        )
    payment_methods.check_reusable(method, param="payment_method")
    if method._state.adding:
        known_instruments.insert(work, method)
    intent.payment_method = method
    if intent.status == SetupStatus.REQUIRES_PAYMENT_METHOD:
        intent.move_to(SetupStatus.REQUIRES_CONFIRMATION)


def begin(
    work: UnitOfWork,
    intent: SetupIntent,
    *,
    columns: Sequence[str] | None,
    attempt_id: str,
    at: datetime,
) -> SetupAttempt | None:
    """Start an attempt, or have the payer's bank authenticate the payer first.

    Args:
        work: The unit of work, which ends after this.
        intent: The intent, locked or new.
        columns: What changed of the intent besides; None if it is new.
        attempt_id: A reserved id.
        at: The moment of the request.

    Returns:
        The attempt, if the rail is to be asked now; None if the payer has to act first.

    Raises:
        UnexpectedState: If the intent has no payment method.
        InvalidRequest: If there is no rail for it.
    """
    attempt = _new(intent, attempt_id, at=at)
    method_rules.check_setup(intent, attempt.payment_method)
    authentication = authentications.ask(work, intent, at=at)
    intent.latest_attempt_id = attempt.id
    intent.last_setup_error = None
    waits = authentication is not None and authentication.status == AuthenticationStatus.PENDING
    if authentication is not None and waits:
        attempt.status = SetupAttemptStatus.REQUIRES_ACTION
        intent.move_to(SetupStatus.REQUIRES_ACTION)
        intent.authentication_id = authentication.id
        intent.next_action = authentications.next_action(intent.return_url)
        setup_events.emit("setup_intent.requires_action", intent, work)
    else:
        if authentication is not None:
            _use_evidence(attempt, authentication)
            if not authentication._state.adding:
                work.update(authentication, "charge_id")
        _process(intent, at=at)
        _count_declines(work, attempt)
    work.insert(attempt)
    if columns is not None:
        work.update(intent, *STARTED, *columns)
    return None if waits else attempt


def resume(work: UnitOfWork, intent: SetupIntent, row: Authentication) -> SetupAttempt:
    """Continue an attempt after the payer was authenticated.

    Args:
        work: The unit of work, which ends after this.
        intent: The intent, locked, waiting for the payer.
        row: The authentication, succeeded.
    """
    attempt = _current(intent)
    attempt.move_to(SetupAttemptStatus.PROCESSING)
    _use_evidence(attempt, row)
    _process(intent, at=work.at)
    _count_declines(work, attempt)
    work.update(row, *authentications.ENDED, "charge_id")
    work.update(attempt, "status", "three_d_secure")
    work.update(intent, "status", "processing_since", "next_action")
    return attempt


def refuse(work: UnitOfWork, intent: SetupIntent, row: Authentication) -> None:
    """Fail an attempt whose payer failed authentication."""
    attempt = _current(intent)
    attempt.three_d_secure = evidence.render(row)
    setup_outcomes.fail(
        work,
        intent,
        attempt,
        columns=("three_d_secure",),
        error={
            "code": "setup_intent_authentication_failure",
            "message": "The latest attempt to set up the payment method has failed because "
            "authentication failed. You can provide a new PaymentMethod to attempt again.",
            "type": "invalid_request_error",
        },
    )


def abandon(work: UnitOfWork, intent: SetupIntent, *, at: datetime) -> None:
    """Abandon an attempt that waits for the payer."""
    authentications.cancel_open(work, intent, at=at)
    attempt = _current(intent)
    kept_actions.end(attempt.id)
    work.change(attempt, status=SetupAttemptStatus.ABANDONED)
    intent.next_action = None
    intent.move_to(SetupStatus.REQUIRES_CONFIRMATION)


def finish(attempt: SetupAttempt, *, at: datetime) -> SetupIntent:
    """Send an attempt to its rail, and record the outcome.

    Returns:
        The intent as it now is; still processing if no answer came.

    Raises:
        CardError: If the rail declined.
    """
    # Of one that may have been sent before, nobody but the rail can say that it did not happen.
    refusal = None
    if attempt.begun_in is not None:
        declines = Declines.read(attempt.begun_in.answer[0][0])
        refusal = retry_limits.refuse_verification(attempt, declines)
    outcome = refusal or gateway.verify(attempt.processor, _request(attempt))
    return setup_errors.check_answer(settle(attempt.id, outcome, at=at))


def settle(attempt_id: str, outcome: Outcome, *, at: datetime) -> SetupAttempt:
    """Record the outcome of an attempt; safe to call again.

    Returns:
        The attempt, with its intent, as they now are.
    """
    with UnitOfWork(at=at) as work:
        intent_id = SetupAttempt.objects.values_list("setup_intent_id", flat=True).get(
            id=attempt_id
        )
        intent = lock_rows(SetupIntent.objects.all()).get(id=intent_id)
        attempt = SetupAttempt.objects.select_related("payment_method").get(id=attempt_id)
        attempt.setup_intent = intent
        if not setup_actions.is_open(attempt, intent):
            return attempt
        work.tenant = intent.tenant
        if outcome.status in NOT_FINAL:
            _leave_open(work, intent, attempt, outcome)
            return attempt
        if attempt.status == SetupAttemptStatus.REQUIRES_ACTION:
            kept_actions.end(attempt.id)
        attempt.processor_reference = outcome.reference
        _note_try(attempt, outcome)
        if outcome.status in REFUSED:
            assert outcome.decline is not None
            error = setup_outcomes.error_of(outcome.decline)
            is_card = attempt.payment_method.type == "card"
            if is_card and retry_limits.is_decline(outcome):
                attempt.declined_card = attempt.payment_method.fingerprint
            columns = ("processor_reference", "declined_card")
            setup_outcomes.fail(work, intent, attempt, columns=columns, error=error)
        else:
            setup_outcomes.succeed(work, intent, attempt, outcome)
    return attempt


def _note_try(attempt: SetupAttempt, outcome: Outcome) -> None:
    method = attempt.payment_method
    if method.type == "card":
        card_signals.note(
            attempt.tenant, outcome, fingerprint=method.fingerprint or "", amount=0, currency=""
        )


def poll(attempt: SetupAttempt, *, at: datetime) -> SetupAttempt:
    """Poll the rail for an attempt without an answer, or send it again if it never arrived."""
    request = _describe_request(attempt)
    outcome = setup_actions.ask_completed(attempt) or gateway.find_or_send(
        attempt.processor,
        request.inquiry,
        lambda: gateway.verify(attempt.processor, _request(attempt)),
        sent_at=request.sent_at,
        at=at,
    )
    return settle(attempt.id, outcome, at=at)


def _leave_open(
    work: UnitOfWork, intent: SetupIntent, attempt: SetupAttempt, outcome: Outcome
) -> None:
    """Record an answer that is no last word; a payer who is gone for too long ends the attempt."""
    if setup_actions.is_abandoned(attempt, outcome, at=work.at):
        kept_actions.end(attempt.id)
        setup_outcomes.fail(work, intent, attempt, columns=(), error=setup_actions.EXPIRED)
    elif setup_actions.has_action(attempt, outcome):
        setup_actions.await_payer(work, intent, attempt, outcome)
    elif (
        attempt.status == SetupAttemptStatus.REQUIRES_ACTION
        and outcome.status is OutcomeStatus.UNKNOWN
    ):
        setup_actions.wait(attempt, at=work.at)
    else:
        setup_actions.process_on(work, intent, attempt)
        kept_actions.end(attempt.id)
        unresolved_requests.note(_describe_request(attempt), outcome, at=work.at)


def _describe_request(attempt: SetupAttempt) -> RailRequest:
    return RailRequest(
        inquiry=Inquiry(Action.VERIFY, attempt.id, attempt.id, attempt.processor_reference),
        object_id=attempt.id,
        tenant=attempt.tenant,
        processor=attempt.processor,
        amount=0,
        currency="xxx",
        sent_at=attempt.created_at,
    )


def _new(intent: SetupIntent, attempt_id: str, *, at: datetime) -> SetupAttempt:
    if intent.payment_method is None:
        raise setup_errors.UnexpectedState(
            "You cannot confirm this SetupIntent because it's missing a payment method. Pass "
            "`payment_method`, or update the SetupIntent with one first.",
            extra={"setup_intent": resources.setup_intent(intent)},
        )
    try:
        routed = choosing.choose(facts_of(intent, intent.payment_method), at=at)
    except registry.NoRail as error:
        raise InvalidRequest(str(error), code="account_invalid") from error
    return SetupAttempt(
        id=attempt_id,
        account_id=intent.account_id,
        livemode=intent.livemode,
        setup_intent=intent,
        payment_method=intent.payment_method,
        customer_id=intent.customer_id,
        on_behalf_of=intent.on_behalf_of,
        usage=intent.usage,
        processor=routed.account,
        created_at=at,
    )


def _current(intent: SetupIntent) -> SetupAttempt:
    return SetupAttempt.objects.select_related("payment_method", "setup_intent").get(
        id=intent.latest_attempt_id
    )


def _count_declines(work: UnitOfWork, attempt: SetupAttempt) -> None:
    """Read with the last statement how often the card was declined before."""
    work.read_with(retry_limits.reading(attempt, at=work.at))
    attempt.begun_in = work


def _process(intent: SetupIntent, *, at: datetime) -> None:
    intent.move_to(SetupStatus.PROCESSING)
    intent.processing_since = at
    intent.next_action = None


def _use_evidence(attempt: SetupAttempt, row: Authentication) -> None:
    row.charge_id = attempt.id
    attempt.three_d_secure = evidence.render(row)


def _request(attempt: SetupAttempt) -> VerifyRequest:
    known = known_instruments.load(attempt.payment_method, attempt.processor)
    return VerifyRequest(
        key=attempt.id,
        instrument=known.token,
        authentication=sca.transaction_of(attempt.three_d_secure),
        return_url=pages.return_address(attempt.id),
        payer=attempt.customer_id,
        method=attempt.payment_method.type,
        permission=mandates.permission(
            attempt.setup_intent.customer_acceptance, attempt.payment_method
        ),
    )
