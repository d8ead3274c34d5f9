"""Lines of processors' statements, by their kind: what they mean, and what we have booked of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from core.money import Money
from core.tenant import Tenant
from ledger import rules
from ledger.chart import PROCESSOR, SETTLEMENT_IN_TRANSIT
from ledger.entries import OPERATOR, Entry, Part
from operations.unit_of_work import UnitOfWork
from payments.charges.services import charges, fee_true_ups
from payments.inbound.services import outside_changes
from payments.models import Charge, Dispute, Refund, UnappliedPayment
from payments.refunds.services import outside_refunds, refunds
from payments.states import ChargeStatus, RefundStatus, UnappliedStatus
from payments.unapplied.services import late_payments, returns
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.settlements import LineKind
from processors.settlements import Line


class LineDiffers(Exception):
    """What a processor says moved is not what we have booked, or nothing of ours."""


def apply(line: Line, *, at: datetime) -> None:
    """Hold a line against the books, and book what it says besides: fees, and what was unknown.

    Raises:
        LineDiffers: If they do not agree. It may be that we have not heard of it yet.
    """
    _BY_KIND[LineKind(line.kind)](line, at)


def _charge(line: Line, at: datetime) -> None:
    charge = _find_charge(line)
    if charge is None:
        raise LineDiffers("It is about no charge of ours.")
    if not charge.is_captured:
        outside_changes.look(charges.poll(charge, at=at), at=at)
        charge.refresh_from_db()
    has_failed = charge.status == ChargeStatus.FAILED and not charge.is_captured
    if late := late_payments.look(charge, at=at) if has_failed else None:
        _compare("paid too late", line.amount, late.amount, line, late.currency)
    else:
        _compare("captured", line.amount, charge.amount_captured, line, charge.currency)
    if line.fee_amount != charge.fee_amount:
        fee_true_ups.true_up(
            charge_id=charge.id, actual_amount=line.fee_amount, reference=line.reference, at=at
        )


def _charge_failed(line: Line, at: datetime) -> None:
    charge = _find_charge(line)
    if charge is None:
        raise LineDiffers("It is about no charge of ours.")
    taken_back = charge.amount_captured if charge.failure else 0
    _compare("taken back", -line.amount, taken_back, line, charge.currency)
    _compare("of fee", line.fee_amount, 0, line, charge.currency)


def _refund(line: Line, at: datetime) -> None:
    if late := _find_late(line, at):
        has_gone = late.status == UnappliedStatus.RETURNED or late.return_key != line.key
        _compare("given back", -line.amount, late.amount * has_gone, line, late.currency)
        return
    refund = _find_refund(line)
    if refund is None and line.charge_key:
        told = Outcome(OutcomeStatus.SUCCEEDED, line.about, -line.amount, line.currency)
        is_ours = Charge.objects.filter(id=line.charge_key, processor=line.processor).exists()
        refund = (
            outside_refunds.record(charge_id=line.charge_key, outcome=told, at=at)
            if is_ours
            else None
        )
    if refund is None:
        raise LineDiffers("It is about no refund of ours.")
    if refund.status == RefundStatus.PENDING:
        refund = refunds.refresh(refund.id, at=at) or refund
    is_done = refund.status in (RefundStatus.SUCCEEDED, RefundStatus.FAILED)
    _compare("refunded", -line.amount, refund.amount if is_done else 0, line, refund.currency)
    returned = -refund.fee_returned_amount
    _compare("of fee", line.fee_amount, returned, line, refund.currency)


def _find_late(line: Line, at: datetime) -> UnappliedPayment | None:
    """Return the late payment that a line gives back, once it is heard; None if it is another."""
    if line.key:
        returns.refresh(line.key, at=at)
        return returns.find(line.key)
    told = Outcome(OutcomeStatus.SUCCEEDED, line.about, -line.amount, line.currency)
    is_ours = Charge.objects.filter(id=line.charge_key, processor=line.processor).exists()
    return (
        returns.record_outside(charge_id=line.charge_key, outcome=told, at=at) if is_ours else None
    )


def _refund_failed(line: Line, at: datetime) -> None:
    if line.key:
        returns.refresh(line.key, at=at)
        if late := returns.find(line.key):
            came_back = late.amount if late.failed_returns else 0
            _compare("come back", line.amount, came_back, line, late.currency)
            return
    refund = _find_refund(line)
    if refund is None:
        raise LineDiffers("It is about no refund of ours.")
    if refund.status != RefundStatus.FAILED:
        refund = refunds.refresh(refund.id, at=at) or refund
    came_back = refund.amount if refund.status == RefundStatus.FAILED else 0
    _compare("come back", line.amount, came_back, line, refund.currency)


def _dispute(line: Line, at: datetime) -> None:
    row = Dispute.objects.filter(processor=line.processor, processor_reference=line.about).first()
    if row is None:
        raise LineDiffers("It is about no dispute of ours.")
    if line.amount < 0:
        _compare("withdrawn", -line.amount, row.withdrawn_amount, line, row.currency)
        _compare("of fee", line.fee_amount, row.fee_amount, line, row.currency)
    else:
        _compare("reinstated", line.amount, row.reinstated_amount, line, row.currency)
        _compare("of fee", line.fee_amount, 0, line, row.currency)


def _settlement(line: Line, at: datetime) -> None:
    """Book that money left for our bank, or has come back from it (72)."""
    _compare("of fee", line.fee_amount, 0, line, line.currency)
    amount, is_sent = abs(line.amount), line.amount < 0
    on_its_way, there = (Part(SETTLEMENT_IN_TRANSIT, amount),), (Part(PROCESSOR, amount),)
    entry = Entry(
        rule=rules.SETTLEMENT_SENT if is_sent else rules.TREASURY_MOVE_RECEIVED,
        source=line.id,
        group=line.about or line.id,
        currency=line.currency,
        debit_owner=line.processor,
        credit_owner=line.processor,
        debits=on_its_way if is_sent else there,
        credits=there if is_sent else on_its_way,
    )
    with UnitOfWork(Tenant(OPERATOR, line.livemode), at=at) as work:
        work.post(entry)


def _other(line: Line, at: datetime) -> None:
    raise LineDiffers("No payment of ours is the reason: say who bears or has it.")


_BY_KIND: Final[dict[LineKind, Callable[[Line, datetime], None]]] = {
    LineKind.CHARGE: _charge,
    LineKind.CHARGE_FAILED: _charge_failed,
    LineKind.REFUND: _refund,
    LineKind.REFUND_FAILED: _refund_failed,
    LineKind.DISPUTE: _dispute,
    LineKind.SETTLEMENT: _settlement,
    LineKind.OTHER: _other,
}


def _find_charge(line: Line) -> Charge | None:
    rows = Charge.objects.select_related("payment_intent", "payment_method")
    return rows.filter(id=line.key, processor=line.processor).first() if line.key else None


def _find_refund(line: Line) -> Refund | None:
    rows = Refund.objects.select_related("charge").filter(charge__processor=line.processor)
    if line.key:
        return rows.filter(id=line.key).first()
    return rows.filter(charge_id=line.charge_key, processor_reference=line.about).first()


def _compare(what: str, told: int, booked: int, line: Line, currency: str) -> None:
    if (told, line.currency) != (booked, currency):
        raise LineDiffers(
            f"It says {Money(told, line.currency)} {what}; booked is {Money(booked, currency)}."
        )
