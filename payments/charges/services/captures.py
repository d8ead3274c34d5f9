"""Book captured amounts, and share them out."""

from collections.abc import Sequence
from typing import Final

from connect.transfers import routing
from connect.transfers.routing import Plan, Terms
from connect.transfers.services import application_fees, splits, transfers
from connect.transfers.services.application_fees import FeeTerms
from connect.transfers.services.captured_funds import ChargedFunds
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money, check_step
from core.types import JsonObject
from ledger.posting import calendars
from operations.unit_of_work import UnitOfWork
from payments import method_types, resources
from payments.charges.services import charge_entries, intent_events, receipts
from payments.charges.services.fee_schedules import Pricing
from payments.models import Charge, PaymentIntent
from payments.states import IntentStatus
from processors.protocols.base import Outcome

# The columns of a charge that booking a capture changes.
_BOOKED: Final = (
    "status", "open_request", "is_captured", "captured_at", "amount_captured", "fee_amount",
    "fee_returnable_amount", "fee_schedule_id", "fee_payer_id", "available_on",
    "balance_transaction_id", "transfer_id", "application_fee_id", "transfer_group",
    "processor_reference", "network_details", "risk", "receipt_number", "next_poll_at",
    "statement_text",
)  # fmt: skip


def book(
    work: UnitOfWork,
    charge: Charge,
    outcome: Outcome,
    pricing: Pricing,
    *,
    also: Sequence[str] = (),
) -> None:
    """Add a captured amount and its shares to a unit of work.

    The order of the entries matters: charge, transfer, application fee, and the
    processor's fee last, which takes what is left.

    Args:
        work: The unit of work.
        charge: With its intent. Rows are written in the order in which operations lock them:
            the intent, then the charge.
        outcome: The rail's outcome.
        pricing: The operator's prices for it.
        also: What else of the charge has changed and is written on the way.
    """
    require_transaction()
    intent, amount, at = charge.payment_intent, outcome.amount, work.at
    was_authorized = charge.captured_at is None and charge.open_request == "capture"
    charge.open_request = None
    charge.is_captured = True
    charge.captured_at = at
    charge.amount_captured = amount
    pricing.apply(charge)
    if outcome.fee is not None:
        # What the processor says it took counts, and not what was expected.
        charge.fee_amount = outcome.fee
        charge.fee_returnable_amount = min(charge.fee_returnable_amount, outcome.fee)
    delay_days = max(pricing.delay_days, method_types.of(charge.method_type).settles_in_days)
    if not outcome.is_available_at_once and delay_days:
        charge.available_on = calendars.available_on(
            at=at, country=pricing.country, delay_days=delay_days
        )
    charge.balance_transaction_id = new_id("txn")
    expiry: JsonObject = {"capture_before": None} if intent.capture_before else {}
    _share_out(work, charge, may_exchange=pricing.has_rates)
    receipts.schedule(work, charge)
    work.change(
        intent,
        status=IntentStatus.SUCCEEDED,
        processing_since=None,
        amount_received=amount,
        amount_capturable=0,
        next_action=None,
        **expiry,
    )
    work.update(charge, *_BOOKED, *also)
    what = "charge.captured" if was_authorized else "charge.succeeded"
    work.emit(what, charge.tenant, resources.charge(charge))
    intent_events.emit("payment_intent.succeeded", intent, work)


def _share_out(work: UnitOfWork, charge: Charge, *, may_exchange: bool) -> None:
    funds = ChargedFunds(
        tenant=charge.tenant,
        charge_id=charge.id,
        group=charge.payment_intent_id,
        currency=charge.currency,
        available_on=charge.available_on,
        transfer_group=charge.transfer_group,
        description=charge.description,
        may_exchange=may_exchange,
    )
    plan = routing.plan(
        captured=charge.amount_captured,
        terms=Terms(
            charge.transfer_destination, charge.application_fee_amount, charge.transfer_amount
        ),
    )
    cut = None if charge.transfer_destination else _fee_terms(charge, plan)
    work.post(charge_entries.capture(charge, funds, cut, work.at))
    if cut:
        charge.application_fee_id = application_fees.charge_fee(work, funds, cut).id
    if charge.transfer_destination and plan.transfer_amount:
        transfer, fee = transfers.for_charge(
            work, funds, destination=charge.transfer_destination, plan=plan
        )
        charge.transfer_id = transfer.id
        charge.transfer_group = transfer.transfer_group
        charge.application_fee_id = fee.id if fee else None
    shared = 0
    if charge.split:
        shared = splits.transfer_shares(work, funds, charge.split, captured=charge.amount_captured)
        charge.transfer_group = funds.transfer_group or f"group_{funds.group}"
    if charge.fee_amount:
        left = charge.amount_captured - plan.transfer_amount + plan.application_fee_amount - shared
        if cut:
            # Here the fee is what the owner gave.
            left = charge.amount_captured - cut.amount
        if charge.fee_payer_id:
            left = cut.amount if cut else 0
        work.post(charge_entries.processing_fee(charge, funds, left, work.at))


def _fee_terms(charge: Charge, plan: Plan) -> FeeTerms | None:
    """Return what the platform takes of a seller's own charge."""
    if charge.platform_id is None or not plan.application_fee_amount:
        return None
    return FeeTerms(
        platform_id=charge.platform_id,
        seller_id=charge.account_id,
        amount=plan.application_fee_amount,
        charge_id=charge.id,
    )


def request_capture(charge: Charge, intent: PaymentIntent, amount: int | None) -> None:
    """Open a capture request on an authorised charge; None captures all of it.

    Raises:
        InvalidRequest: If more is asked for than was authorised, or what is finer than the
            currency.
    """
    requested = intent.amount_capturable if amount is None else amount
    if requested > intent.amount_capturable:
        raise InvalidRequest(
            f"The amount to capture ({Money(requested, charge.currency)}) is greater than what can "
            f"be captured ({Money(intent.amount_capturable, charge.currency)}).",
            code="amount_too_large",
            param="amount_to_capture",
        )
    check_step(requested, charge.currency, param="amount_to_capture", left=intent.amount_capturable)
    charge.open_request = "capture"
    charge.open_request_amount = requested
