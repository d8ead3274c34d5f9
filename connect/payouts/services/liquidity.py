"""Whether the money of a payout is there: what a location holds, and what has been promised."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models.functions import Now

from connect.models import LocationCash
from core.database.transactions import require_transaction
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger.posting.journal import INSUFFICIENT, BalanceInsufficient
from processors import registry

logger = logging.getLogger(__name__)

# Refunds and disputes take money without asking here: what was read is looked at again.
_READ_AGAIN_AFTER: Final = timedelta(seconds=60)
# Of a run that cannot pay thousands, each is not worth adding all of them up again.
_FORECASTS_AFTER: Final = timedelta(seconds=1)

# What a forecast of several accounts has given away: (location, currency) → minor units.
Promised = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a payout lacks where its money is held."""

    location: str
    missing: Money


class LocationShort(BalanceInsufficient):
    """The account has the money, but where it is held there is too little. Nothing was posted."""


def is_needed(processor: str) -> bool:
    """Say whether payouts of a rail need money that is really there: those of a bank do."""
    return registry.get_for_payouts(processor).capabilities.pays_from_bank


def reserve(tenant: Tenant, *, amount: int, currency: str) -> None:
    """Reserve the cash that a payout needs at its location.

    Args:
        tenant: Who is to be paid.
        amount: Minor units; their entry is posted in this transaction.
        currency: Of the amount.

    Raises:
        BalanceInsufficient: If the account does not have it.
        LocationShort: If the account has it, and it is not there.
    """
    cash = _locked(tenant, currency)
    if cash.is_older(_READ_AGAIN_AFTER):
        cash.read()
    if cash.missing(amount):
        # Whoever asks for what it does not have learns nothing of what others have.
        mine = ledger_queries.balance(owner=tenant.account_id, livemode=tenant.livemode)
        if mine.available.get(currency, 0) < amount:
            raise BalanceInsufficient(INSUFFICIENT)
        # What came since it was read would be missed: nobody is refused before it is read again.
        cash.read()
    if lacking := cash.missing(amount):
        logger.warning(
            "A payout of %s was refused: at %s %s of it are missing.",
            tenant.account_id,
            cash.row.location,
            Money(lacking, currency),
        )
        raise LocationShort(
            "This payout cannot be made yet: its money is not yet where payouts are paid from. "
            "Nothing is wrong with the account. Try again later; the operator of this platform "
            "can see what is missing.",
            param="amount",
        )
    cash.row.free_amount -= amount
    cash.row.save(update_fields=["free_amount"])


def shortage(
    tenant: Tenant, *, amount: int, currency: str, promised: Promised | None = None
) -> Shortage | None:
    """Return what a payout would lack where its money is held; None if nothing.

    Args:
        tenant: Who would be paid.
        amount: Minor units.
        currency: Of the amount.
        promised: What others would be paid before; this payout is added.
    """
    cash = _locked(tenant, currency)
    place = (cash.row.location, currency)
    wanted = amount + (promised[place] if promised else 0)
    if cash.is_older(_READ_AGAIN_AFTER) or (
        cash.missing(wanted) and cash.is_older(_FORECASTS_AFTER)
    ):
        cash.read()
    if lacking := cash.missing(wanted):
        return Shortage(cash.row.location, Money(lacking, currency))
    if promised is not None:
        promised[place] += amount
    return None


@dataclass(frozen=True, slots=True)
class LiquidityPosition:
    """What a location can pay out in one currency, and what its owners may ask for.

    Args:
        row: With what operators have put there.
        in_the_books: What has come and is not on its way out, in minor units; below zero if more
            has left than came.
        usable: What all owners may use.
    """

    row: LocationCash
    in_the_books: int
    usable: int

    @property
    def left(self) -> int:
        """What can be paid out."""
        return max(self.in_the_books + self.row.prefunded_amount, 0)

    @property
    def missing(self) -> int:
        """What is missing if everybody is paid all that they may use."""
        return max(self.usable - self.left, 0)


def standing(row: LocationCash) -> LiquidityPosition:
    """Read a location's position in one currency."""
    place, currency, livemode = row.location, row.currency, row.livemode
    return LiquidityPosition(
        row,
        ledger_queries.free_cash(location=place, currency=currency, livemode=livemode),
        ledger_queries.usable_by_all(location=place, currency=currency, livemode=livemode),
    )


def short() -> list[LiquidityPosition]:
    """Return where not everybody can be paid what they may use. There are few rows."""
    found = [standing(row) for row in LocationCash.objects.order_by("-livemode", "pk")]
    return [one for one in found if one.missing]


@dataclass(frozen=True, slots=True)
class _Cash:
    """A locked row, and the database's clock: workers' own may differ."""

    row: LocationCash
    now: datetime

    def missing(self, amount: int) -> int:
        return max(amount - self.row.free_amount - self.row.prefunded_amount, 0)

    def is_older(self, age: timedelta) -> bool:
        return self.row.read_at is None or self.now - self.row.read_at > age

    def read(self) -> None:
        row = self.row
        row.free_amount = ledger_queries.free_cash(
            location=row.location, currency=row.currency, livemode=row.livemode
        )
        row.read_at = self.now
        row.save(update_fields=["free_amount", "read_at"])


def _locked(tenant: Tenant, currency: str) -> _Cash:
    require_transaction()
    place = {
        "location": ledger_queries.location_of(owner=tenant.account_id, livemode=tenant.livemode),
        "currency": currency,
        "livemode": tenant.livemode,
    }
    rows = LocationCash.objects.select_for_update(no_key=True).annotate(now=Now())
    found = rows.filter(**place).first()
    if found is None:
        # Two may do this at once; only one row comes of it.
        LocationCash.objects.bulk_create([LocationCash(**place)], ignore_conflicts=True)
        found = rows.get(**place)
    return _Cash(found, found.now)
