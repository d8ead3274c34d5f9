"""What rails report of a dispute, written down: its stages, the money, the events."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from core.database.locking import lock_rows
from core.ids import new_id
from core.money import spell
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.services import refund_entries
from payments.disputes.services import dispute_entries, dispute_letters, fraud_warnings
from payments.models import Charge, Dispute, EarlyFraudWarning
from payments.states import DisputeStatus
from processors.protocols.disputes import DisputeReport, DisputeStage, FraudReport

logger = logging.getLogger(__name__)

_S = DisputeStatus
_INQUIRY: Final = frozenset({_S.WARNING_NEEDS_RESPONSE, _S.WARNING_UNDER_REVIEW, _S.WARNING_CLOSED})
_ENDED: Final = frozenset({_S.WON, _S.LOST})


class DisputeDiffers(RuntimeError):
    """A rail's report contradicts what is booked of a dispute: an operator must look."""


def warn(work: UnitOfWork, charge: Charge, report: FraudReport, processor: str) -> None:
    """Record a rail's warning of fraud, once."""
    if EarlyFraudWarning.objects.filter(
        processor=processor, processor_reference=report.reference
    ).exists():
        return
    row = EarlyFraudWarning(
        id=new_id("issfr"),
        account_id=charge.account_id,
        livemode=charge.livemode,
        charge=charge,
        payment_intent_id=None if charge.is_standalone else charge.payment_intent_id,
        fraud_type=report.fraud_type,
        processor=processor,
        processor_reference=report.reference,
        created_at=work.at,
    )
    work.insert(row)
    wire = resources.early_fraud_warning(row)
    work.emit("radar.early_fraud_warning.created", charge.tenant, wire)


def record(work: UnitOfWork, charge: Charge, report: DisputeReport, processor: str) -> None:
    """Record a rail's report of a dispute of a locked charge.

    Raises:
        DisputeDiffers: If another amount was taken than is booked.
    """
    rows = Dispute.objects.filter(processor=processor, processor_reference=report.reference)
    row = lock_rows(rows).first()
    is_new = row is None
    if row is None:
        row = _open(charge, report, processor, at=work.at)
        was_actionable = resources.is_actionable(charge)
        charge.is_disputed = True
        fraud_warnings.tell_if_changed(work, charge, was_actionable=was_actionable)
        work.insert(row)
        work.update(charge, "is_disputed", "amount_disputed")
    row.charge = charge
    before = resources.dispute(row, at=work.at)
    events = ["charge.dispute.created"] if is_new else []
    # A report may come without those that should have come before it.
    for step in _STEPS[report.stage]:
        events += step(work, row, report)
    if events and not is_new:
        work.update(row, *_COLUMNS)
        work.update(charge, "is_disputed", "amount_disputed")
    if is_new:
        dispute_letters.write_opened(work, row)
    for type in dict.fromkeys(events):
        is_change = type.endswith(".updated")
        after = resources.dispute(row, at=work.at)
        work.emit(type, row.tenant, after, before=before if is_change else None)


_COLUMNS: Final = (
    "status", "amount", "withdrawn_amount", "reinstated_amount", "fee_amount", "lines", "due_at",
    "submitting_since", "submission_count",
    "excess_amount",
)  # fmt: skip


def _open(charge: Charge, report: DisputeReport, processor: str, *, at: datetime) -> Dispute:
    asks = report.stage in (DisputeStage.INQUIRY, DisputeStage.INQUIRY_CLOSED)
    return Dispute(
        id=new_id("du"),
        account_id=charge.account_id,
        livemode=charge.livemode,
        charge=charge,
        payment_intent_id=None if charge.is_standalone else charge.payment_intent_id,
        status=_S.WARNING_NEEDS_RESPONSE if asks else _S.NEEDS_RESPONSE,
        amount=report.amount,
        currency=report.currency,
        reason=report.reason,
        network_reason_code=report.network_code,
        processor=processor,
        processor_reference=report.reference,
        due_at=report.due_at,
        created_at=at,
    )


def _withdraw(work: UnitOfWork, row: Dispute, report: DisputeReport) -> list[str]:
    """Book a dispute's withdrawal, once."""
    if row.status in _ENDED:
        return []
    events = []
    if row.status in _INQUIRY:
        row.move_to(_S.NEEDS_RESPONSE)
        row.due_at = report.due_at
        events.append("charge.dispute.updated")
    if row.withdrawn_amount:
        if (report.amount, report.currency) != (row.withdrawn_amount, row.currency):
            raise DisputeDiffers(
                f"{row.id}: {spell(row.withdrawn_amount, row.currency)} is booked, the rail says "
                f"{spell(report.amount, report.currency)}."
            )
        return events
    charge = row.charge
    left = charge.amount_captured - charge.amount_refunded - charge.amount_disputed
    row.amount = row.withdrawn_amount = report.amount
    row.excess_amount = max(0, report.amount - max(0, left))
    row.fee_amount = report.fee_amount
    charge.amount_disputed += report.amount
    if row.excess_amount:
        logger.warning(
            "%s took %d %s more than was left of %s: look at what the rail says.",
            row.id,
            row.excess_amount,
            row.currency,
            charge.id,
        )
    lot = refund_entries.lot_of(charge)
    work.post(*dispute_entries.withdrawal(charge, row, lot, work.at))
    return [*events, "charge.dispute.funds_withdrawn"]


def _review(work: UnitOfWork, row: Dispute, report: DisputeReport) -> list[str]:
    if row.status != _S.NEEDS_RESPONSE:
        return []
    row.move_to(_S.UNDER_REVIEW)
    row.submitting_since = None
    row.submission_count = max(row.submission_count, 1)
    return ["charge.dispute.updated"]


def _win(work: UnitOfWork, row: Dispute, report: DisputeReport) -> list[str]:
    if row.status in _ENDED:
        return []
    row.move_to(_S.WON)
    row.submitting_since = None
    return [*_reinstate(work, row, report), "charge.dispute.closed"]


def _lose(work: UnitOfWork, row: Dispute, report: DisputeReport) -> list[str]:
    if row.status in _ENDED:
        return []
    row.move_to(_S.LOST)
    row.submitting_since = None
    # A part may come back all the same.
    return [*_reinstate(work, row, report), "charge.dispute.closed"]


def _reinstate(work: UnitOfWork, row: Dispute, report: DisputeReport) -> list[str]:
    back = report.returned_amount
    if not back:
        return []
    if back > row.withdrawn_amount:
        raise DisputeDiffers(
            f"{row.id}: {spell(row.withdrawn_amount, row.currency)} was taken, the rail says "
            f"{spell(back, row.currency)} came back."
        )
    row.reinstated_amount = back
    row.excess_amount = max(0, row.excess_amount - back)
    row.charge.amount_disputed -= back
    work.post(dispute_entries.reinstatement(row.charge, row, work.at))
    return ["charge.dispute.funds_reinstated"]


def _close_inquiry(work: UnitOfWork, row: Dispute, report: DisputeReport) -> list[str]:
    if row.status not in (_S.WARNING_NEEDS_RESPONSE, _S.WARNING_UNDER_REVIEW):
        return []
    row.move_to(_S.WARNING_CLOSED)
    row.submitting_since = None
    return ["charge.dispute.closed"]


def _inquire(work: UnitOfWork, row: Dispute, report: DisputeReport) -> list[str]:
    return []


_Step = Callable[[UnitOfWork, Dispute, DisputeReport], list[str]]
# Stage → what has happened by then.
_STEPS: Final[dict[DisputeStage, tuple[_Step, ...]]] = {
    DisputeStage.INQUIRY: (_inquire,),
    DisputeStage.INQUIRY_CLOSED: (_close_inquiry,),
    DisputeStage.OPEN: (_withdraw,),
    DisputeStage.UNDER_REVIEW: (_withdraw, _review),
    DisputeStage.WON: (_withdraw, _win),
    DisputeStage.LOST: (_withdraw, _lose),
}
