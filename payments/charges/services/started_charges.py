"""Charges whose request has just been opened, and what the operator charges for them."""

from dataclasses import dataclass

from core.database.bulk_writes import Call
from operations.unit_of_work import UnitOfWork
from payments.charges.services import fee_schedules
from payments.charges.services.fee_schedules import Pricing
from payments.models import Charge


@dataclass(frozen=True, slots=True)
class StartedCharge:
    """A charge with a request just opened, and the transaction that opened it.

    Args:
        charge: The charge, with its intent.
        work: The unit of work, ended before the rest is read.
    """

    charge: Charge
    work: UnitOfWork

    @property
    def pricing(self) -> Pricing:
        """Return what the operator charged at that moment."""
        return Pricing(*self.work.answer[0][1:])

    @property
    def written_by(self) -> str:
        """Return the transaction, as PostgreSQL notes it in rows (`xmin`)."""
        return str(self.work.answer[0][0])


def begin(work: UnitOfWork, charge: Charge) -> StartedCharge:
    """Read a charge's pricing with the last statement of the transaction that opens its request.

    Raises:
        InvalidRequest: If the charge is a seller's own, and its charges are not enabled.
    """
    reading = Call(fee_schedules.FOR_NEW, fee_schedules.values_for_new(charge, work.at))
    work.read_with(reading)
    work.explain(fee_schedules.explaining())
    return StartedCharge(charge, work)
