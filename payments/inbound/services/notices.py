"""Apply the notices of processors.

A notice only says where to look: the processor is asked how things stand now. So it does no
harm if one is late, comes twice, or comes after one that was sent later.
"""

import logging
from datetime import datetime

from payments import method_types
from payments.charges.services import charges
from payments.disputes.services import disputes
from payments.inbound.services import outside_changes
from payments.models import Charge
from payments.refunds.services import outside_refunds, refunds
from payments.states import ChargeStatus
from payments.unapplied.services import late_payments, returns
from processors import gateway, inbox
from processors.protocols.base import Action, Inquiry
from processors.protocols.notices import Fact, FactKind

logger = logging.getLogger(__name__)


def apply(*, notice_id: str, at: datetime) -> bool:
    """Apply a stored notice, unless it has been applied.

    Args:
        notice_id: `inn_...`.
        at: The moment.

    Returns:
        True if it is applied now; False if it was, or is to be tried again.
    """
    row = inbox.find_unapplied(notice_id)
    if row is None:
        return False
    try:
        fact = inbox.translate(row)
        if fact:
            _apply_fact(row.processor, fact, at=at)
    except Exception as error:
        # Kept and tried again: what a processor said is never thrown away.
        logger.exception("Notice %s of %s could not be applied.", row.id, row.processor)
        inbox.postpone(row, f"{type(error).__name__}: {error}", at=at)
        return False
    inbox.mark_applied(row, at=at)
    return True


def sweep(*, at: datetime, most: int = 100) -> int:
    """Apply the notices that are due: hints may be lost, and some could not be applied at first.

    Returns:
        How many were applied.
    """
    return sum(apply(notice_id=id, at=at) for id in inbox.due(at=at, most=most))


def _apply_fact(processor: str, fact: Fact, *, at: datetime) -> None:
    match fact.kind:
        case FactKind.CHARGE:
            charge = (
                Charge.objects.select_related("payment_intent", "payment_method")
                .filter(id=fact.key, processor=processor)
                .first()
            )
            if charge:
                _look(charge, at=at)
        case FactKind.REFUND:
            _ = refunds.refresh(fact.key, at=at) or returns.refresh(fact.key, at=at)
        case FactKind.OUTSIDE_REFUND:
            _record_outside_refund(processor, fact, at=at)
        case FactKind.DISPUTE:
            if fact.report and Charge.objects.filter(id=fact.key, processor=processor).exists():
                disputes.record(fact.report, processor=processor, at=at)


def _look(charge: Charge, *, at: datetime) -> None:
    if charge.status == ChargeStatus.FAILED:
        late_payments.look(charge, at=at)
    elif charge.open_request is None and method_types.of(charge.method_type).is_slow:
        # The payer's bank may have taken back what it had paid.
        inquiry = Inquiry(Action.CHARGE, charge.id, charge.id, charge.processor_reference)
        if outcome := gateway.find(charge.processor, inquiry):
            charges.settle(charge.id, outcome, at=at)
    else:
        outside_changes.look(charges.poll(charge, at=at), at=at)


def _record_outside_refund(processor: str, fact: Fact, *, at: datetime) -> None:
    is_ours = Charge.objects.filter(id=fact.key, processor=processor).exists()
    if not is_ours or fact.outcome is None:
        return
    if not returns.record_outside(charge_id=fact.key, outcome=fact.outcome, at=at):
        outside_refunds.record(charge_id=fact.key, outcome=fact.outcome, at=at)
