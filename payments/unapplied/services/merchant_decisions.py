"""What merchants decide of money that came too late for one of their charges."""

from datetime import datetime

from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from operations import recovery
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus
from payments.unapplied import queries
from payments.unapplied.services import applications, returns, unapplied_locks


def give_back(*, tenant: Tenant, unapplied_id: str, at: datetime) -> UnappliedPayment:
    """Give an unapplied payment back to its payer. See `returns.give_back`.

    Raises:
        Missing: If the merchant has no such payment.
        InvalidRequest: If it is decided already, cannot be given back, or is another amount than
            was asked for.
    """
    row = queries.unapplied_payment(tenant, unapplied_id)
    if _is_done(row):
        return row
    _check_undoubted(row)
    return returns.give_back(unapplied_id=row.id, at=at)


def apply(*, tenant: Tenant, unapplied_id: str, at: datetime) -> UnappliedPayment:
    """Put an unapplied payment into the merchant's balance. See `applications.apply`.

    Raises:
        Missing: If the merchant has no such payment.
        InvalidRequest: If it is decided already, or is another amount than was asked for.
    """
    row = queries.unapplied_payment(tenant, unapplied_id)
    if _is_done(row):
        return row
    _check_undoubted(row)
    return applications.apply(unapplied_id=row.id, at=at)


def _is_done(row: UnappliedPayment) -> bool:
    """Tell whether an earlier run of this request, which was cut off, has decided."""
    return recovery.is_under_way() and row.status != UnappliedStatus.OPEN


def _check_undoubted(row: UnappliedPayment) -> None:
    """Leave to operators what has to be looked at where the processor shows it.

    Raises:
        InvalidRequest: If it is decided already, or is another amount than was asked for.
    """
    unapplied_locks.check_open(row)
    asked = Money(row.charge.amount, row.charge.currency)
    came = Money(row.amount, row.currency)
    if asked != came:
        raise InvalidRequest(
            f"{asked} was asked for, and {came} came: whoever runs Rialto looks at it and decides. "
            "Tell them which order it was for.",
            param="id",
        )
