"""Outcomes of slow methods, days after the processor accepted the charge."""

from datetime import datetime, timedelta
from typing import Final

from connect.transfers.services import application_fees, transfers
from connect.transfers.services.refunds import split_refunds
from connect.transfers.services.shared_lots import SharedLots
from connect.transfers.services.transfer_lots import TransferLots
from core.database.transactions import require_transaction
from core.ids import new_id
from core.types import Fields, JsonObject
from ledger import rules
from ledger.chart import PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.posting import lots
from ledger.posting.lots import Lot
from operations.unit_of_work import UnitOfWork
from payments import method_types, resources
from payments.charges.services import intent_events, refund_entries
from payments.models import Charge
from payments.states import ChargeStatus, IntentStatus
from processors.protocols.base import REFUSED, Outcome, OutcomeStatus

_SOONEST: Final = timedelta(seconds=3)
_LATEST: Final = timedelta(hours=1)
_FOR_OPERATORS: Final = frozenset(
    {"advice", "is_error", "for_operator", "retried_as", "blocked_as"}
)


def next_poll_at(charge: Charge, *, at: datetime) -> datetime:
    """Return when to ask about a charge next: the older it is, the later."""
    return at + min(_LATEST, max(_SOONEST, (at - charge.created_at) / 4))


def accept(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    """Record that the processor accepted a charge; nothing is booked until it succeeds.

    Args:
        work: The unit of work.
        charge: The charge, with its intent, which stays processing.
        outcome: The rail's outcome; a repeated one only moves the next poll.
    """
    require_transaction()
    intent = charge.payment_intent
    # Whose payer has agreed, and has not come back.
    waited = intent.status == IntentStatus.REQUIRES_ACTION
    is_news = waited or charge.next_poll_at is None
    charge.next_poll_at = next_poll_at(charge, at=work.at)
    if not is_news:
        work.update(charge, "next_poll_at")
        return
    goes_on: JsonObject = {"status": IntentStatus.PROCESSING, "next_action": None} if waited else {}
    # Its answer came: nobody need repair it.
    work.change(intent, processing_since=None, **goes_on)
    work.update(
        charge, "next_poll_at", "processor_reference", "network_details", "risk", "statement_text"
    )
    work.emit("charge.pending", charge.tenant, resources.charge(charge))
    intent_events.emit("payment_intent.processing", intent, work)


def record(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    """Record an outcome of a charge that has ended already.

    Args:
        work: The unit of work.
        charge: The charge, locked, with its intent, without an open request.
        outcome: The rail's outcome, which may be late, and may come again.
    """
    require_transaction()
    if charge.status == ChargeStatus.FAILED and outcome.status is OutcomeStatus.SUCCEEDED:
        # It may have been said before the charge ended: asked now, the rail says which it is.
        work.change(charge, next_poll_at=work.at)
        return
    if charge.status != ChargeStatus.SUCCEEDED or not method_types.of(charge.method_type).is_slow:
        return
    if outcome.status in REFUSED:
        _take_back(work, charge, outcome)
    elif charge.next_poll_at is not None:
        due = None if outcome.is_final else next_poll_at(charge, at=work.at)
        work.change(charge, next_poll_at=due)


def is_taken_on(charge: Charge, outcome: Outcome) -> bool:
    """Tell whether the processor accepted a slow method's charge: that is an answer."""
    rules = method_types.of(charge.method_type)
    return (
        charge.open_request == "charge"
        and outcome.status is OutcomeStatus.PENDING
        and (rules.is_slow or rules.answers_later)
    )


def failure(outcome: Outcome) -> JsonObject:
    """Return a charge's stored failure."""
    decline = outcome.decline
    assert decline is not None
    return {
        "code": decline.code,
        "message": decline.message,
        "decline_code": decline.decline_code,
        "advice_code": decline.advice,
        "network_decline_code": decline.network_code,
        "advice": decline.next_step.value,
        "is_error": outcome.status is OutcomeStatus.ERRORED,
        "for_operator": decline.for_operator,
    } | ({"blocked_as": decline.blocked_as} if decline.blocked_as else {})


def render_failure(failure: Fields) -> JsonObject:
    """Render a failure for merchants."""
    return {
        name: value
        for name, value in failure.items()
        if value is not None and name not in _FOR_OPERATORS
    }


def _take_back(work: UnitOfWork, charge: Charge, outcome: Outcome) -> None:
    """Book that the payer's bank took the money back, and reverse the shares (rule 9)."""
    intent = charge.payment_intent
    charge.move_to(ChargeStatus.FAILED)
    charge.failure = failure(outcome)
    charge.next_poll_at = None
    charge.failure_balance_transaction_id = new_id("txn")
    lot = _undo_shares(work, charge)
    work.post(_entry(charge, lot, work.at))
    work.change(
        intent,
        status=IntentStatus.REQUIRES_PAYMENT_METHOD,
        payment_method=None,
        amount_received=0,
        last_payment_error=render_failure(charge.failure)
        | {
            "charge": charge.id,
            "payment_method": resources.payment_method(charge.payment_method),
            "type": "card_error",
        },
    )
    work.update(charge, "status", "failure", "next_poll_at", "failure_balance_transaction_id")
    work.emit("charge.failed", charge.tenant, resources.charge(charge))
    intent_events.emit("payment_intent.payment_failed", intent, work)


def _undo_shares(work: UnitOfWork, charge: Charge) -> Lot:
    """Reverse the rest of a charge's transfer and application fee; return the platform's lot."""
    if charge.split:
        split_refunds.reverse_all(work, tenant=charge.tenant, charge_id=charge.id)
        return work.projected_lot(refund_entries.lot_of(charge), charge.account_id)
    if charge.transfer_id is None:
        return _undo_cut(work, charge)
    taking = TransferLots.of(transfers.lock(charge.tenant, charge.transfer_id), work)
    transfer = taking.transfer
    left = transfer.amount - transfer.amount_reversed
    if left and taking.seller_share(left):
        taking.reverse(work, left, rule=rules.REFUND_TRANSFER_REVERSAL)
    if charge.application_fee_id:
        fee = application_fees.lock(charge.tenant, charge.application_fee_id)
        cut = fee.amount - fee.amount_refunded
        if cut and application_fees.seller_share(fee, cut):
            application_fees.refund_locked(
                work, fee, cut, rule=rules.APPLICATION_FEE_REFUND, shared_lots=taking
            )
            taking.platform = taking.platform.after_debit(cut)
    return taking.platform


def _undo_cut(work: UnitOfWork, charge: Charge) -> Lot:
    """Return the application fee of a seller's own charge; return the seller's lot."""
    lot = refund_entries.lot_of(charge)
    if charge.application_fee_id is None:
        return lot
    fee = application_fees.lock(charge.platform, charge.application_fee_id)
    cut = fee.amount - fee.amount_refunded
    if not cut:
        return lot
    sides = SharedLots.of_fee(fee, work)
    application_fees.refund_locked(
        work, fee, cut, rule=rules.APPLICATION_FEE_REFUND, shared_lots=sides
    )
    # It goes to the lot if that is still there.
    return lot.after_credit(cut)


def _entry(charge: Charge, lot: Lot, at: datetime) -> Entry:
    return Entry(
        rule=rules.PAYMENT_FAILED,
        source=charge.id,
        group=charge.payment_intent_id,
        currency=charge.currency,
        debit_owner=charge.account_id,
        credit_owner=charge.processor,
        debits=lots.debit_parts(lot, charge.amount_captured),
        credits=(Part(PROCESSOR, charge.amount_captured),),
        lines=(
            Line(
                id=str(charge.failure_balance_transaction_id),
                owner=charge.account_id,
                type="payment_failure_refund",
                amount=-charge.amount_captured,
                source=charge.id,
                available_on=lot.available_on or at.date(),
                description=f"Payment failed: {(charge.failure or {}).get('message')}",
            ),
        ),
    )
