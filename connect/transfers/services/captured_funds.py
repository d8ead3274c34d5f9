"""The money of a charge that is being captured."""

from dataclasses import dataclass
from datetime import date

from core.tenant import Tenant
from ledger.chart import AVAILABLE, PENDING
from ledger.entries import Part


@dataclass(frozen=True, slots=True)
class ChargedFunds:
    """The money of a charge that is being captured.

    Args:
        tenant: The merchant, as a platform.
        charge_id: `ch_...`.
        group: The intent, `pi_...`.
        currency: Of the charge.
        available_on: The day of its pending lot; None if it is available at once.
        transfer_group: The platform's own name of the order.
        description: Of the charge.
        may_exchange: True if there are conversion rates at all.
    """

    tenant: Tenant
    charge_id: str
    group: str
    currency: str
    available_on: date | None
    transfer_group: str | None
    description: str | None
    may_exchange: bool = False

    def bucket(self, amount: int) -> tuple[Part, ...]:
        """Return the bucket of an amount of the charge's money."""
        if self.available_on is None:
            return (Part(AVAILABLE, amount),)
        return (Part(PENDING, amount, self.available_on, self.charge_id),)
