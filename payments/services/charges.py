"""Asking the rail, and recording its answer. There is one place where a charge succeeds."""

from datetime import datetime
from typing import Any

from connect import routing
from connect.routing import Terms
from connect.services import transfers
from connect.services.movements import Movement
from connect.services.transfers import ChargedFunds
from core.changes import apply
from core.db import atomic, require_transaction
from core.errors import missing
from core.ids import new_id
from core.tenant import Tenant
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR
from ledger.services import calendars
from ledger.services.journal import Entry, Line, Part
from payments import fees, resources
from payments.models import Charge, PaymentIntent, PaymentMethod
from payments.states import ChargeStatus, IntentStatus
from processors import registry
from processors.base import ChargeRequest, FollowUp, Outcome, OutcomeStatus


class OutcomeDiffers(RuntimeError):
    """The rail says it moved another amount than we asked for: somebody must look."""


def open_for(
    intent: PaymentIntent, method: PaymentMethod, *, charge_id: str, at: datetime
) -> Charge:
    """Make the charge that an intent is about to try, not saved yet."""
    return Charge(
        id=charge_id,
        account_id=intent.account_id,
        livemode=intent.livemode,
        payment_intent=intent,
        payment_method=method,
        customer_id=intent.customer_id,
        amount=intent.amount,
        currency=intent.currency,
        processor=registry.choose(livemode=intent.livemode),
        open_request="charge",
        card=resources.card_of(method),
        billing_details=method.billing_details,
        description=intent.description,
        receipt_email=intent.receipt_email,
        shipping=intent.shipping,
        statement_descriptor=intent.statement_descriptor,
        statement_descriptor_suffix=intent.statement_descriptor_suffix,
        metadata=dict(intent.metadata),
        application_fee_amount=intent.application_fee_amount,
        on_behalf_of=intent.on_behalf_of,
        transfer_destination=intent.transfer_destination,
        transfer_amount=intent.transfer_amount,
        transfer_group=intent.transfer_group,
        created_at=at,
    )


def ask(charge: Charge, method: PaymentMethod, intent: PaymentIntent) -> Outcome:
    """Send the charge's open request to its rail. The same request may be sent again.

    Raises:
        ProcessorUnavailable: If no answer came; the request stays open.
    """
    rail = registry.get(charge.processor)
    if charge.open_request == "charge":
        return rail.charge(
            ChargeRequest(
                key=charge.id,
                amount=charge.amount,
                currency=charge.currency,
                instrument=method.instrument,
                is_captured=intent.capture_method != "manual",
            )
        )
    follow_up = FollowUp(
        key=request_key(charge),
        charge_key=charge.id,
        amount=charge.open_request_amount or 0,
        currency=charge.currency,
        instrument=method.instrument,
    )
    return rail.capture(follow_up) if charge.open_request == "capture" else rail.void(follow_up)


def request_key(charge: Charge) -> str:
    """Return the key under which the rail knows the charge's open request."""
    if charge.open_request == "charge":
        return charge.id
    return f"{charge.id}_{charge.open_request}"


def settle(charge_id: str, outcome: Outcome, *, at: datetime) -> Charge:
    """Record what the rail said of the open request. Safe to call again.

    Args:
        charge_id: `ch_...`.
        outcome: The rail's answer.
        at: The moment of the answer.

    Returns:
        The charge, with its intent, as they now are.

    Raises:
        OutcomeDiffers: If the rail moved another amount; nothing is recorded.
    """
    with atomic():
        charge = (
            Charge.objects.select_related("payment_intent", "account")
            .select_for_update(of=("payment_intent", "self"), no_key=True)
            .get(id=charge_id)
        )
        if charge.open_request is None:
            return charge
        _check_amount(charge, outcome)
        movement = Movement(charge.livemode, at)
        _RECORDERS[charge.open_request](movement, charge, outcome)
        movement.commit()
    return charge


def update(*, tenant: Tenant, charge_id: str, changes: dict[str, Any], at: datetime) -> Charge:
    """Change what the merchant says about a charge.

    Raises:
        Missing: If the merchant has no such charge.
    """
    with atomic():
        charge = locked(tenant, charge_id)
        before = resources.charge(charge)
        apply(charge, changes)
        if changes:
            after = resources.charge(charge)
            movement = Movement(tenant.livemode, at)
            movement.update(charge, *changes)
            movement.tell(
                "charge.updated",
                tenant,
                after,
                {name: before[name] for name in after if before.get(name) != after[name]},
            )
            movement.commit()
    return charge


def locked(tenant: Tenant, charge_id: str, *, param: str = "id") -> Charge:
    """Return a merchant's charge, locked until the transaction ends.

    Raises:
        Missing: If there is none.
    """
    require_transaction()
    charge = (
        Charge.objects.select_for_update(of=("self",), no_key=True)
        .filter(id=charge_id, account_id=tenant.account_id, livemode=tenant.livemode)
        .first()
    )
    if charge is None:
        raise missing("charge", charge_id, param=param)
    return charge


def _check_amount(charge: Charge, outcome: Outcome) -> None:
    asked = charge.amount if charge.open_request == "charge" else charge.open_request_amount
    if outcome.status is OutcomeStatus.DECLINED:
        return
    if (outcome.amount, outcome.currency) != (asked, charge.currency):
        raise OutcomeDiffers(
            f"{charge.id}: asked for {asked} {charge.currency}, the rail says {outcome.amount} "
            f"{outcome.currency}."
        )


def _record_charge(movement: Movement, charge: Charge, outcome: Outcome) -> None:
    charge.processor_reference = outcome.reference
    charge.network_details = dict(outcome.details)
    charge.risk = outcome.risk
    if outcome.status is OutcomeStatus.DECLINED:
        _fail(movement, charge, outcome)
    elif outcome.status is OutcomeStatus.AUTHORIZED:
        _authorize(movement, charge)
    else:
        charge.move_to(ChargeStatus.SUCCEEDED)
        _capture(movement, charge, charge.amount, is_available_at_once=outcome.is_available_at_once)


def _record_capture(movement: Movement, charge: Charge, outcome: Outcome) -> None:
    if outcome.status is OutcomeStatus.DECLINED:
        _back_to_authorized(movement, charge)
    else:
        _capture(
            movement, charge, outcome.amount, is_available_at_once=outcome.is_available_at_once
        )


def _record_void(movement: Movement, charge: Charge, outcome: Outcome) -> None:
    if outcome.status is OutcomeStatus.DECLINED:
        _back_to_authorized(movement, charge)
        return
    intent = charge.payment_intent
    charge.open_request = None
    charge.amount_refunded = 0
    intent.move_to(IntentStatus.CANCELED)
    intent.processing_since = None
    intent.canceled_at = movement.at
    intent.amount_capturable = 0
    movement.update(charge, "open_request")
    movement.update(intent, "status", "processing_since", "canceled_at", "amount_capturable")
    movement.tell("charge.expired", charge.tenant, resources.charge(charge))
    movement.tell("payment_intent.canceled", charge.tenant, resources.payment_intent(intent))


_RECORDERS = {"charge": _record_charge, "capture": _record_capture, "void": _record_void}


def _fail(movement: Movement, charge: Charge, outcome: Outcome) -> None:
    decline, intent = outcome.decline, charge.payment_intent
    assert decline is not None
    charge.move_to(ChargeStatus.FAILED)
    charge.open_request = None
    charge.failure = {
        "code": decline.code,
        "message": decline.message,
        "decline_code": decline.decline_code,
        "advice_code": decline.advice,
        "network_decline_code": decline.network_code,
    }
    method = charge.payment_method
    intent.move_to(IntentStatus.REQUIRES_PAYMENT_METHOD)
    intent.payment_method = None
    intent.processing_since = None
    intent.last_payment_error = error_of(charge) | {
        "payment_method": resources.payment_method(method),
        "type": "card_error",
    }
    movement.update(
        charge, "status", "open_request", "failure", "processor_reference", "network_details",
        "risk",
    )  # fmt: skip
    movement.update(intent, "status", "payment_method", "processing_since", "last_payment_error")
    movement.tell("charge.failed", charge.tenant, resources.charge(charge))
    movement.tell("payment_intent.payment_failed", charge.tenant, resources.payment_intent(intent))


def error_of(charge: Charge) -> dict[str, Any]:
    """Return the keys of the wire's error object for a charge that was declined."""
    failure = charge.failure or {}
    said = {name: value for name, value in failure.items() if value is not None}
    return said | {"charge": charge.id}


def _authorize(movement: Movement, charge: Charge) -> None:
    intent = charge.payment_intent
    charge.move_to(ChargeStatus.SUCCEEDED)
    charge.open_request = None
    intent.move_to(IntentStatus.REQUIRES_CAPTURE)
    intent.processing_since = None
    intent.amount_capturable = charge.amount
    movement.update(
        charge, "status", "open_request", "processor_reference", "network_details", "risk"
    )
    movement.update(intent, "status", "processing_since", "amount_capturable")
    movement.tell("charge.succeeded", charge.tenant, resources.charge(charge))
    movement.tell(
        "payment_intent.amount_capturable_updated",
        charge.tenant,
        resources.payment_intent(intent),
    )


def _back_to_authorized(movement: Movement, charge: Charge) -> None:
    intent = charge.payment_intent
    charge.open_request = None
    intent.move_to(IntentStatus.REQUIRES_CAPTURE)
    intent.processing_since = None
    movement.update(charge, "open_request")
    movement.update(intent, "status", "processing_since")


def _capture(
    movement: Movement, charge: Charge, amount: int, *, is_available_at_once: bool
) -> None:
    """Book a captured amount and share it out: charge, transfer, application fee, fee."""
    intent, account, at = charge.payment_intent, charge.account, movement.at
    was_authorized = charge.captured_at is None and charge.open_request == "capture"
    charge.open_request = None
    charge.is_captured = True
    charge.captured_at = at
    charge.amount_captured = amount
    charge.fee_amount = fees.processing_fee(
        amount=amount, bps=account.fee_bps, fixed_amount=account.fee_fixed_amount
    )
    if not is_available_at_once and account.settlement_delay_days:
        charge.available_on = calendars.available_on(
            at=at, country=account.country, delay_days=account.settlement_delay_days
        )
    charge.balance_transaction_id = new_id("txn")
    intent.move_to(IntentStatus.SUCCEEDED)
    intent.processing_since = None
    intent.amount_received = amount
    intent.amount_capturable = 0
    _share_out(movement, charge)
    movement.update(
        charge, "status", "open_request", "is_captured", "captured_at", "amount_captured",
        "fee_amount", "available_on", "balance_transaction_id", "transfer_id",
        "application_fee_id", "transfer_group", "processor_reference", "network_details", "risk",
    )  # fmt: skip
    movement.update(intent, "status", "processing_since", "amount_received", "amount_capturable")
    what = "charge.captured" if was_authorized else "charge.succeeded"
    movement.tell(what, charge.tenant, resources.charge(charge))
    movement.tell("payment_intent.succeeded", charge.tenant, resources.payment_intent(intent))


def _share_out(movement: Movement, charge: Charge) -> None:
    funds = ChargedFunds(
        tenant=charge.tenant,
        charge_id=charge.id,
        group=charge.payment_intent_id,
        currency=charge.currency,
        available_on=charge.available_on,
        transfer_group=charge.transfer_group,
        description=charge.description,
    )
    plan = routing.plan(
        captured=charge.amount_captured,
        terms=Terms(
            charge.transfer_destination, charge.application_fee_amount, charge.transfer_amount
        ),
    )
    movement.post(_charge_entry(charge, funds, movement.at))
    if charge.transfer_destination and plan.transfer_amount:
        transfer, fee = transfers.for_charge(
            movement, funds, destination=charge.transfer_destination, plan=plan
        )
        charge.transfer_id = transfer.id
        charge.transfer_group = transfer.transfer_group
        charge.application_fee_id = fee.id if fee else None
    if charge.fee_amount:
        left = charge.amount_captured - plan.transfer_amount + plan.application_fee_amount
        movement.post(_fee_entry(charge, funds, left))


def _charge_entry(charge: Charge, funds: ChargedFunds, at: datetime) -> Entry:
    fee_details: tuple[dict[str, object], ...] = (
        {
            "amount": charge.fee_amount,
            "application": None,
            "currency": charge.currency,
            "description": "Processing fees",
            "type": "stripe_fee",
        },
    )
    return Entry(
        rule=rules.CHARGE_CAPTURED,
        source=charge.id,
        group=funds.group,
        currency=charge.currency,
        debit_owner=charge.processor,
        credit_owner=charge.account_id,
        debits=(Part(PROCESSOR, charge.amount_captured),),
        credits=funds.bucket(charge.amount_captured),
        lines=(
            Line(
                id=str(charge.balance_transaction_id),
                owner=charge.account_id,
                type="charge",
                amount=charge.amount_captured,
                fee=charge.fee_amount,
                fee_details=fee_details if charge.fee_amount else (),
                source=charge.id,
                available_on=charge.available_on or at.date(),
                description=charge.description,
            ),
        ),
    )


def _fee_entry(charge: Charge, funds: ChargedFunds, left: int) -> Entry:
    """The processor's fee comes from what is left of the charge, then from what is available."""
    fee = charge.fee_amount
    from_charge = min(fee, left)
    parts = funds.bucket(from_charge) if from_charge else ()
    if fee > from_charge:
        parts = (*parts, Part(AVAILABLE, fee - from_charge))
    return Entry(
        rule=rules.PROCESSOR_FEE,
        source=charge.id,
        group=funds.group,
        currency=charge.currency,
        debit_owner=charge.account_id,
        credit_owner=charge.processor,
        debits=parts,
        credits=(Part(PROCESSOR, fee),),
    )
