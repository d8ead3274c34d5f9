"""Record what rails report of disputes."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from core.database.locking import lock_one, lock_rows
from core.ids import new_id
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.services import refund_entries
from payments.disputes.services import dispute_entries
from payments.models import Charge, Dispute, EarlyFraudWarning
from payments.states import DisputeStatus
from processors import registry
from processors.protocols.base import ProcessorUnavailable
from processors.protocols.disputes import DisputeReport, DisputeStage, FraudReport, HasDisputes

logger = logging.getLogger(__name__)

_S = DisputeStatus
_INQUIRY: Final = frozenset({_S.WARNING_NEEDS_RESPONSE, _S.WARNING_UNDER_REVIEW, _S.WARNING_CLOSED})
_ENDED: Final = frozenset({_S.WON, _S.LOST})


class DisputeDiffers(RuntimeError):
    """A rail's report contradicts what is booked of a dispute: an operator must look."""


def fetch(*, at: datetime) -> int:
    """Fetch the rails' reports of disputes, and record them.

    Returns:
        How many reports were recorded.
    """
    recorded = 0
    for name, rail in registry.rails():
        if not isinstance(rail, HasDisputes):
            continue
        try:
            reports = rail.reports()
        except ProcessorUnavailable:
            continue
        for report in reports:
            try:
                record(report, processor=name, at=at)
            except Exception:
                # One that somebody must look at does not keep the others waiting.
                logger.exception("%s could not be recorded; it stays as it is.", report.reference)
                continue
            rail.acknowledge(report)
            recorded += 1
    return recorded


def fetch_for(charge: Charge, *, at: datetime) -> None:
    """Fetch and record a rail's reports of one charge at once.

    What cannot be heard or recorded now is left to `fetch`.

    Args:
        charge: The charge, settled, outside a transaction.
        at: The moment of the request.
    """
    rail = registry.get(charge.processor)
    if not isinstance(rail, HasDisputes):
        return
    try:
        for report in rail.reports(charge_key=charge.id):
            record(report, processor=charge.processor, at=at)
            rail.acknowledge(report)
    except Exception:
        # The payment is made, whatever has become of it since.
        logger.exception("What was said of %s at once is left for later.", charge.id)


def record(report: DisputeReport | FraudReport, *, processor: str, at: datetime) -> None:
    """Record a rail's report of a dispute; safe to call again, late and out of order.

    Args:
        report: The report of one of our charges.
        processor: The rail's name.
        at: The moment of the report.

    Raises:
        Missing: If there is no such charge.
        DisputeDiffers: If another amount was taken than is booked; nothing is recorded.
    """
    with UnitOfWork(at=at) as work:
        rows = Charge.objects.filter(processor=processor)
        charge = lock_one(rows, report.charge_key, kind="charge")
        work.tenant = charge.tenant
        if isinstance(report, FraudReport):
            _warn(work, charge, report, processor)
        else:
            _record(work, charge, report, processor)


def _warn(work: UnitOfWork, charge: Charge, report: FraudReport, processor: str) -> None:
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


def _record(work: UnitOfWork, charge: Charge, report: DisputeReport, processor: str) -> None:
    rows = Dispute.objects.filter(processor=processor, processor_reference=report.reference)
    row = lock_rows(rows).first()
    is_new = row is None
    if row is None:
        row = _open(charge, report, processor, at=work.at)
        charge.is_disputed = True
        work.insert(row)
        work.update(charge, "is_disputed", "amount_disputed")
    row.charge = charge
    events = ["charge.dispute.created"] if is_new else []
    # A report may come without those that should have come before it.
    for step in _STEPS[report.stage]:
        events += step(work, row, report)
    if events and not is_new:
        work.update(row, *_COLUMNS)
        work.update(charge, "is_disputed", "amount_disputed")
    for type in dict.fromkeys(events):
        work.emit(type, row.tenant, resources.dispute(row, at=work.at))


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
                f"{row.id}: {row.withdrawn_amount} {row.currency} is booked, the rail says "
                f"{report.amount} {report.currency}."
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
            f"{row.id}: {row.withdrawn_amount} was taken, the rail says {back} came back."
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
