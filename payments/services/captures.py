"""Booking what was captured, and sharing it out."""

from datetime import datetime

from connect import routing
from connect.routing import Terms
from connect.services import transfers
from connect.services.movements import Movement
from connect.services.transfers import ChargedFunds
from core.db import require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.services import calendars
from payments import methods, resources
from payments.models import Charge, PaymentIntent
from payments.services import announcements, receipts
from payments.services.prices import Pricing
from payments.states import IntentStatus
from processors.base import Outcome


def book(movement: Movement, charge: Charge, outcome: Outcome, pricing: Pricing) -> None:
    """Add a captured amount, and who gets what of it, to what is written.

    The order of the entries matters: charge, transfer, application fee, and the
    processor's fee last, which takes what is left.

    Args:
        movement: Where rows, entries and events are gathered.
        charge: With its intent. Rows are written in the order in which operations lock them:
            the intent, then the charge.
        outcome: What the rail took.
        pricing: What the operator charges for it.
    """
    require_transaction()
    intent, amount, at = charge.payment_intent, outcome.amount, movement.at
    was_authorized = charge.captured_at is None and charge.open_request == "capture"
    charge.open_request = None
    charge.is_captured = True
    charge.captured_at = at
    charge.amount_captured = amount
    pricing.apply(charge)
    delay_days = max(pricing.delay_days, methods.of(charge.method_type).settles_in_days)
    if not outcome.is_available_at_once and delay_days:
        charge.available_on = calendars.available_on(
            at=at, country=pricing.country, delay_days=delay_days
        )
    charge.balance_transaction_id = new_id("txn")
    intent.move_to(IntentStatus.SUCCEEDED)
    intent.processing_since = None
    intent.amount_received = amount
    intent.amount_capturable = 0
    columns = ["status", "processing_since", "amount_received", "amount_capturable"]
    if intent.capture_before:
        intent.capture_before = None
        columns.append("capture_before")
    _share_out(movement, charge)
    receipts.promise(movement, charge)
    movement.update(intent, *columns)
    movement.update(
        charge, "status", "open_request", "is_captured", "captured_at", "amount_captured",
        "fee_amount", "fee_returnable_amount", "fee_schedule_id", "available_on",
        "balance_transaction_id", "transfer_id",
        "application_fee_id", "transfer_group", "processor_reference", "network_details", "risk",
        "receipt_number", "ask_again_at",
    )  # fmt: skip
    what = "charge.captured" if was_authorized else "charge.succeeded"
    movement.tell(what, charge.tenant, resources.charge(charge))
    announcements.of_intent("payment_intent.succeeded", intent, movement)


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


def ask_for(charge: Charge, intent: PaymentIntent, amount: int | None) -> None:
    """Note in an authorised charge how much of it is to be taken; None for all.

    Raises:
        InvalidRequest: If more is asked for than was authorised.
    """
    wanted = intent.amount_capturable if amount is None else amount
    if wanted > intent.amount_capturable:
        raise InvalidRequest(
            f"The amount to capture ({wanted}) is greater than what can be captured "
            f"({intent.amount_capturable}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charge.open_request = "capture"
    charge.open_request_amount = wanted
