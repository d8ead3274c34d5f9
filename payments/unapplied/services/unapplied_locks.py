"""Locks of unapplied payments: the charge first, as every operation does."""

from core.database.locking import lock_one, lock_rows
from core.errors import InvalidRequest, missing
from payments.models import Charge, UnappliedPayment
from payments.states import UnappliedStatus


def find(unapplied_id: str) -> UnappliedPayment:
    """Return an unapplied payment with its charge, not locked.

    Raises:
        Missing: If there is none.
    """
    row = UnappliedPayment.objects.select_related("charge").filter(id=unapplied_id).first()
    if row is None:
        raise missing("unapplied_payment", unapplied_id)
    return row


def lock(unapplied_id: str) -> UnappliedPayment:
    """Return an unapplied payment, locked, with its charge, locked too.

    Raises:
        Missing: If there is none.
    """
    rows = Charge.objects.select_related("payment_intent", "payment_method")
    charge = lock_rows(rows).get(id=find(unapplied_id).charge_id)
    row = lock_one(UnappliedPayment.objects.all(), unapplied_id, kind="unapplied_payment")
    row.charge = charge
    return row


def check_open(row: UnappliedPayment) -> None:
    """Refuse to decide twice.

    Raises:
        InvalidRequest: If it is decided already.
    """
    if row.status != UnappliedStatus.OPEN:
        raise InvalidRequest(
            f"{row.id} is {row.status}: what becomes of it is decided already.", param="id"
        )
