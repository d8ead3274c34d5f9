"""Unapplied payments that the owners of their charges are given after all."""

from datetime import datetime

from accounts.audit import trail
from core.ids import new_id
from ledger.posting import calendars
from operations.unit_of_work import UnitOfWork
from payments import method_types
from payments.charges.services import fee_schedules
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus
from payments.unapplied import resources
from payments.unapplied.services import unapplied_entries, unapplied_locks


def apply(*, unapplied_id: str, at: datetime) -> UnappliedPayment:
    """Give an unapplied payment to the owner of its charge.

    All of it is the owner's: no share, application fee or processing fee is taken of it. What the
    processor took for it is booked when its statement says how much, as of any charge.

    Args:
        unapplied_id: `unp_...`.
        at: The moment of the decision.

    Raises:
        Missing: If there is no such payment.
        InvalidRequest: If it is decided already.
    """
    with UnitOfWork(at=at) as work:
        # The intent is locked before the charge, as payments do.
        pricing = fee_schedules.lock_pricing(unapplied_locks.find(unapplied_id).charge_id, at)
        row = unapplied_locks.lock(unapplied_id)
        unapplied_locks.check_open(row)
        work.tenant = row.tenant
        settles_in = method_types.of(row.charge.method_type).settles_in_days
        day = calendars.available_on(
            at=row.created_at,
            country=pricing.country,
            delay_days=max(pricing.delay_days, settles_in),
        )
        before = resources.unapplied_payment(row)
        work.change(
            row,
            status=UnappliedStatus.APPLIED,
            decided_at=at,
            balance_transaction_id=new_id("txn"),
        )
        work.post(unapplied_entries.application(row, day, at))
        trail.record("unapplied_payment.applied", row, changes={"amount": (None, row.amount)})
        after = resources.unapplied_payment(row)
        work.emit("unapplied_payment.updated", row.tenant, after, before=before)
    return row
