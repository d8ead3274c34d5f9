"""Record the outcomes of charges: there is one place where a charge succeeds."""

from contextlib import suppress
from datetime import datetime

from core.database.bulk_writes import RowsMissing
from core.tenant import Tenant
from core.types import JsonObject
from core.updates import apply
from operations import locking, polling
from operations.unit_of_work import UnitOfWork
from payments import method_types, resources
from payments.charges.services import (
    captures,
    charge_requests,
    delayed_outcomes,
    fee_schedules,
    intent_events,
    push_charges,
    receipts,
    unresolved_requests,
)
from payments.charges.services.charge_requests import describe_open_request
from payments.charges.services.fee_schedules import Pricing
from payments.charges.services.started_charges import StartedCharge
from payments.charges.services.unresolved_requests import RailRequest
from payments.methods.services import payment_methods
from payments.models import Charge, PaymentIntent, PaymentMethod
from payments.states import AUTHORIZED_FOR, ChargeStatus, IntentStatus
from processors import gateway, registry
from processors.protocols.base import NOT_FINAL, REFUSED, Outcome, OutcomeStatus


def build(intent: PaymentIntent, method: PaymentMethod, *, charge_id: str, at: datetime) -> Charge:
    """Build the charge of an intent, without saving it."""
    return Charge(
        id=charge_id,
        account_id=intent.account_id,
        livemode=intent.livemode,
        payment_intent=intent,
        payment_method=method,
        customer_id=intent.customer_id,
        amount=intent.amount,
        currency=intent.currency,
        processor=registry.choose(
            livemode=intent.livemode,
            method=method.type,
            currency=intent.currency,
            is_captured=intent.capture_method != "manual",
        ),
        open_request="charge",
        method_type=method.type,
        card=resources.card_of(method),
        billing_details=method.billing_details,
        description=intent.description,
        receipt_email=intent.receipt_email,
        shipping=intent.shipping,
        statement_descriptor=intent.statement_descriptor,
        statement_descriptor_suffix=intent.statement_descriptor_suffix,
        metadata=dict(intent.metadata),
        platform_id=intent.platform_id,
        application_fee_amount=intent.application_fee_amount,
        on_behalf_of=intent.on_behalf_of,
        transfer_destination=intent.transfer_destination,
        transfer_amount=intent.transfer_amount,
        split=intent.split,
        transfer_group=intent.transfer_group,
        is_standalone=intent.is_internal,
        created_at=at,
    )


def poll(charge: Charge, *, at: datetime) -> Charge:
    """Poll the rail for a charge's open request, and record the outcome.

    Args:
        charge: The charge, with its intent and its payment method.
        at: The moment.

    Returns:
        The charge; its request is still open if there is no last word.
    """
    request = describe_open_request(charge)
    if request is None:
        return charge
    outcome = gateway.find_or_send(
        charge.processor,
        request.inquiry,
        lambda: charge_requests.send(charge, charge.payment_method, charge.payment_intent),
        sent_at=request.sent_at,
        at=at,
    )
    return settle(charge.id, outcome, at=at)


def settle(
    charge_id: str, outcome: Outcome, *, at: datetime, started: StartedCharge | None = None
) -> Charge:
    """Record the outcome of a charge's open request; safe to call again, and late.

    A slow method's charge that succeeded and is said to be declined has failed afterwards.

    Args:
        charge_id: `ch_...`.
        outcome: The rail's answer.
        at: The moment of the answer.
        started: What `started_charges.begin` returned, if the caller has it: nothing need be locked
            and read again, since rows are written only if nobody has written them meanwhile.

    Returns:
        The charge, with its intent, as they now are. Without a last word, or if the rail moved
        another amount than it was asked to, its request stays open and is asked after.
    """
    if started and _is_final(started.charge, outcome):
        with suppress(RowsMissing):
            tenant, since = started.charge.tenant, started.written_by
            with UnitOfWork(tenant, at=at, since=since) as work:
                _record(work, started.charge, outcome, started.pricing)
            return started.charge
    with UnitOfWork(at=at) as work:
        pricing = fee_schedules.lock_pricing(charge_id, at)
        charge = Charge.objects.select_related("payment_intent").get(id=charge_id)
        work.tenant = charge.tenant
        request = describe_open_request(charge)
        if request is None:
            delayed_outcomes.record(work, charge, outcome)
            return charge
        is_taken_on = delayed_outcomes.is_taken_on(charge, outcome) or push_charges.has_code(
            charge, outcome
        )
        wrong = polling.differs(
            charge.id, requested=(request.amount, charge.currency), outcome=outcome
        )
        if wrong or (outcome.status in NOT_FINAL and not is_taken_on):
            _keep_waiting(work, charge, request, wrong or outcome)
        else:
            _record(work, charge, outcome, pricing)
    return charge


def _record(work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing) -> None:
    _RECORDERS[str(charge.open_request)](work, charge, outcome, pricing)


def update(*, tenant: Tenant, charge_id: str, changes: JsonObject, at: datetime) -> Charge:
    """Change a charge's details.

    Raises:
        Missing: If the merchant has no such charge.
    """
    with UnitOfWork(tenant, at=at) as work:
        charge = lock(tenant, charge_id)
        before = resources.charge(charge)
        apply(charge, changes)
        if changes:
            after = resources.charge(charge)
            columns = set(changes)
            if changes.get("receipt_email"):
                receipts.schedule(work, charge)
                columns.add("receipt_number")
            work.update(charge, *sorted(columns))
            work.emit(
                "charge.updated",
                tenant,
                after,
                {name: before[name] for name in after if before.get(name) != after[name]},
            )
    return charge


def lock(tenant: Tenant, charge_id: str, *, param: str = "id") -> Charge:
    """Return a merchant's charge, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    rows = Charge.objects.select_related("payment_method")
    return locking.lock(rows, tenant, charge_id, kind="charge", param=param)


def _is_final(charge: Charge, outcome: Outcome) -> bool:
    """Tell whether an answer can be recorded without locking and comparing first."""
    has_moved_all = (outcome.amount, outcome.currency) == (charge.amount, charge.currency)
    return outcome.status not in NOT_FINAL and (has_moved_all or outcome.status in REFUSED)


def _keep_waiting(work: UnitOfWork, charge: Charge, request: RailRequest, outcome: Outcome) -> None:
    """Leave a request open, and poll its rail at growing intervals."""
    is_news = unresolved_requests.note(request, outcome, at=work.at)
    if charge.open_request == "charge":
        if outcome.reference:
            work.change(charge, processor_reference=outcome.reference)
        if is_news:
            intent_events.emit("payment_intent.processing", charge.payment_intent, work)


def _record_charge(work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing) -> None:
    charge.processor_reference = outcome.reference
    charge.network_details = dict(outcome.details)
    charge.risk = outcome.risk
    if outcome.status in REFUSED:
        _fail(work, charge, outcome)
    elif outcome.status is OutcomeStatus.ACTION_REQUIRED:
        push_charges.show(work, charge)
    elif outcome.status is OutcomeStatus.PENDING:
        delayed_outcomes.accept(work, charge, outcome)
    elif charge.payment_intent.capture_method == "manual":
        _authorize(work, charge)
        _keep_method(work, charge)
    else:
        charge.move_to(ChargeStatus.SUCCEEDED)
        is_open = charge.next_poll_at is not None and not outcome.is_final
        charge.next_poll_at = delayed_outcomes.next_poll_at(charge, at=work.at) if is_open else None
        captures.book(work, charge, outcome, pricing)
        _keep_method(work, charge)


def _record_capture(work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing) -> None:
    if outcome.status in REFUSED:
        _restore_authorization(work, charge)
    else:
        captures.book(work, charge, outcome, pricing)


def _record_void(work: UnitOfWork, charge: Charge, outcome: Outcome, _: Pricing) -> None:
    if outcome.status in REFUSED:
        _restore_authorization(work, charge)
        return
    intent = charge.payment_intent
    work.change(
        intent,
        status=IntentStatus.CANCELED,
        processing_since=None,
        canceled_at=work.at,
        amount_capturable=0,
        capture_before=None,
    )
    work.change(charge, open_request=None)
    work.emit("charge.expired", charge.tenant, resources.charge(charge))
    intent_events.emit("payment_intent.canceled", intent, work)


def _record_withdrawal(
    work: UnitOfWork, charge: Charge, outcome: Outcome, pricing: Pricing
) -> None:
    is_canceled = charge.open_request == "cancel"
    if outcome.status not in REFUSED:
        # The payer was faster.
        charge.open_request = "charge"
        _record_charge(work, charge, outcome, pricing)
        return
    _end_failed(charge, outcome)
    intent = charge.payment_intent
    intent.processing_since = None
    if is_canceled:
        intent.move_to(IntentStatus.CANCELED)
        intent.canceled_at = work.at
    else:
        intent.move_to(IntentStatus.REQUIRES_CONFIRMATION)
    work.update(intent, "status", "processing_since", "canceled_at")
    _write_failed(work, charge)
    if is_canceled:
        intent_events.emit("payment_intent.canceled", intent, work)


_RECORDERS = {
    "charge": _record_charge,
    "capture": _record_capture,
    "void": _record_void,
    "cancel": _record_withdrawal,
    "withdraw": _record_withdrawal,
}


def _fail(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    _end_failed(charge, outcome)
    intent, method = charge.payment_intent, charge.payment_method
    is_push = method_types.of(charge.method_type).is_push
    error = error_of(charge) | {
        "payment_method": resources.payment_method(method),
        "type": "invalid_request_error" if is_push else "card_error",
    }
    shown: JsonObject = {"next_action": None} if intent.next_action else {}
    work.change(
        intent,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        payment_method=None,
        processing_since=None,
        last_payment_error=error,
        **shown,
    )
    _write_failed(work, charge)
    intent_events.emit("payment_intent.payment_failed", intent, work)


def _end_failed(charge: Charge, outcome: Outcome) -> None:
    charge.move_to(ChargeStatus.FAILED)
    charge.open_request = None
    charge.next_poll_at = None
    charge.failure = delayed_outcomes.failure(outcome)


def _write_failed(work: UnitOfWork, charge: Charge) -> None:
    """Write how a charge has ended, and let its payment method be tried again."""
    work.update(
        charge,
        "status",
        "open_request",
        "failure",
        "processor_reference",
        "network_details",
        "risk",
        "next_poll_at",
    )
    payment_methods.release(work, charge.payment_method, used_at=charge.created_at)
    work.emit("charge.failed", charge.tenant, resources.charge(charge))


def error_of(charge: Charge) -> JsonObject:
    """Return the wire's error of a declined charge."""
    failure = charge.failure or {}
    return delayed_outcomes.render_failure(failure) | {"charge": charge.id}


def _keep_method(work: UnitOfWork, charge: Charge) -> None:
    """Save a charge's payment method to its customer, if the payer agreed to later charges."""
    intent = charge.payment_intent
    if intent.setup_future_usage and intent.customer_id:
        payment_methods.keep(work, charge.payment_method, charge.tenant, intent.customer_id)


def _authorize(work: UnitOfWork, charge: Charge) -> None:
    intent = charge.payment_intent
    charge.move_to(ChargeStatus.SUCCEEDED)
    charge.open_request = None
    work.change(
        intent,
        status=IntentStatus.REQUIRES_CAPTURE,
        processing_since=None,
        amount_capturable=charge.amount,
        capture_before=work.at + AUTHORIZED_FOR,
    )
    work.update(charge, "status", "open_request", "processor_reference", "network_details", "risk")
    work.emit("charge.succeeded", charge.tenant, resources.charge(charge))
    intent_events.emit("payment_intent.amount_capturable_updated", intent, work)


def _restore_authorization(work: UnitOfWork, charge: Charge) -> None:
    intent = charge.payment_intent
    work.change(intent, status=IntentStatus.REQUIRES_CAPTURE, processing_since=None)
    work.change(charge, open_request=None)
