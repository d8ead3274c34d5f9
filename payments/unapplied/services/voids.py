"""Unapplied payments that never came: the processor had said that it has them, and has not."""

from datetime import datetime

from accounts.audit import trail
from core.errors import InvalidRequest
from operations.unit_of_work import UnitOfWork
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus
from payments.unapplied import resources
from payments.unapplied.services import unapplied_entries, unapplied_locks
from processors import gateway
from processors.protocols.base import REFUSED, Action, Inquiry


def void(*, unapplied_id: str, at: datetime) -> UnappliedPayment:
    """Take an unapplied payment out of suspense that its processor says now never came.

    The processor is asked before: what it has is somebody's, whoever says otherwise.

    Args:
        unapplied_id: `unp_...`.
        at: The moment of the decision.

    Raises:
        Missing: If there is no such payment.
        InvalidRequest: If it is decided already, or the processor does not say so.
    """
    found = unapplied_locks.find(unapplied_id)
    unapplied_locks.check_open(found)
    _check_absent(found)
    with UnitOfWork(at=at) as work:
        row = unapplied_locks.lock(unapplied_id)
        unapplied_locks.check_open(row)
        work.tenant = row.tenant
        before = resources.unapplied_payment(row)
        work.change(row, status=UnappliedStatus.VOIDED, decided_at=at)
        work.post(unapplied_entries.withdrawal(row))
        trail.record("unapplied_payment.voided", row, changes={"amount": (row.amount, None)})
        after = resources.unapplied_payment(row)
        work.emit("unapplied_payment.updated", row.tenant, after, before=before)
    return row


def _check_absent(row: UnappliedPayment) -> None:
    charge = row.charge
    inquiry = Inquiry(Action.CHARGE, charge.id, charge.id, charge.processor_reference)
    outcome = gateway.find(charge.processor, inquiry)
    if outcome is None or outcome.status in REFUSED:
        return
    raise InvalidRequest(
        f"{charge.processor} does not say that {charge.id} never came: for it that payment is "
        f"{outcome.status.value}. Look there first, or decide whose the money is.",
        param="id",
    )
