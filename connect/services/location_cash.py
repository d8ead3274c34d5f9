"""Whether the money of a payout is there: what a location holds, and what has been promised."""

from datetime import datetime, timedelta
from typing import Final

from connect.models import LocationCash
from core.db import require_transaction
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger.services.journal import BalanceInsufficient
from processors import registry

# Refunds and disputes take money without asking here: what was read is looked at again.
_READ_AGAIN_AFTER: Final = timedelta(seconds=60)
# Of a run that cannot pay thousands, each is not worth adding all of them up again.
_FORECASTS_AFTER: Final = timedelta(seconds=1)
# How every reason begins that a forecast gives for this.
SHORT: Final = "Where the money is held there is too little"


class LocationShort(BalanceInsufficient):
    """The account has the money, but where it is held there is too little. Nothing was posted."""


def is_needed(processor: str) -> bool:
    """Say whether payouts of a rail need money that is really there: those of a bank do."""
    return registry.get(processor).capabilities.pays_from_bank


def take(tenant: Tenant, *, amount: int, currency: str, at: datetime) -> None:
    """Promise what a payout needs, so that no other one counts on it.

    Args:
        tenant: Who is to be paid.
        amount: Minor units; their entry is posted in this transaction.
        currency: Of the amount.
        at: The moment.

    Raises:
        LocationShort: If it is not there.
    """
    row = _locked(tenant, currency)
    # What came since it was read would be missed: nobody is refused before it is read again.
    if _is_older(row, _READ_AGAIN_AFTER, at) or _missing(row, amount):
        _read(row, at)
    if lacking := _missing(row, amount):
        raise LocationShort(
            f"This payout cannot be made yet: where the account's money is held, "
            f"{Money(lacking, currency)} of it are missing. The operator of this platform can "
            "move money there; try again later, or pay out less.",
            param="amount",
        )
    row.free_amount -= amount
    row.save(update_fields=["free_amount"])


def why_not(tenant: Tenant, *, amount: int, currency: str, at: datetime) -> str:
    """Say to operators what a payout would lack where its money is held; empty if nothing.

    Args:
        tenant: Who would be paid.
        amount: Minor units.
        currency: Of the amount.
        at: The moment.
    """
    row = _locked(tenant, currency)
    if _is_older(row, _READ_AGAIN_AFTER, at) or (
        _missing(row, amount) and _is_older(row, _FORECASTS_AFTER, at)
    ):
        _read(row, at)
    lacking = _missing(row, amount)
    return f"{SHORT} ({row.location}): {Money(lacking, currency)} are missing." if lacking else ""


def _missing(row: LocationCash, amount: int) -> int:
    return max(amount - row.free_amount - row.prefunded_amount, 0)


def _is_older(row: LocationCash, age: timedelta, at: datetime) -> bool:
    return row.read_at is None or at - row.read_at > age


def _read(row: LocationCash, at: datetime) -> None:
    row.free_amount = ledger_queries.free_cash(
        location=row.location, currency=row.currency, livemode=row.livemode
    )
    row.read_at = at
    row.save(update_fields=["free_amount", "read_at"])


def _locked(tenant: Tenant, currency: str) -> LocationCash:
    require_transaction()
    place = {
        "location": ledger_queries.location_of(owner=tenant.account_id, livemode=tenant.livemode),
        "currency": currency,
        "livemode": tenant.livemode,
    }
    rows = LocationCash.objects.select_for_update(no_key=True)
    found = rows.filter(**place).first()
    if found is None:
        # Two may do this at once; only one row comes of it.
        LocationCash.objects.bulk_create([LocationCash(**place)], ignore_conflicts=True)
        found = rows.get(**place)
    return found
