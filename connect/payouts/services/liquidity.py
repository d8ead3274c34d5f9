"""Liquidity: whether a location holds the cash of its owners' payouts."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from django.db import transaction
from django.db.models.functions import Now

from accounts.audit import trail
from connect.models import LocationCash
from core.database.transactions import require_transaction
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from ledger import queries as ledger_queries
from ledger.posting.journal import INSUFFICIENT, BalanceInsufficient
from ledger.reporting import location_cash
from ledger.reporting.location_cash import Place
from processors import registry

logger = logging.getLogger(__name__)

# Refunds and disputes take money without asking here: what was read is looked at again.
_READ_AGAIN_AFTER: Final = timedelta(seconds=60)
# Of a run that cannot pay thousands, each is not worth adding all of them up again.
_FORECASTS_AFTER: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Shortage:
    """The cash that a payout lacks at its location."""

    location: str
    missing: Money


class LocationShort(BalanceInsufficient):
    """The account has the money, but where it is held there is too little. Nothing was posted."""


def is_needed(processor: str) -> bool:
    """Tell whether payouts of a rail need cash at their location, as a bank's do."""
    return registry.get_for_payouts(processor).capabilities.pays_from_bank


def reserve(tenant: Tenant, *, amount: int, currency: str) -> None:
    """Reserve the cash that a payout needs at its location.

    Args:
        tenant: The account that is paid.
        amount: Minor units; their entry is posted in this transaction.
        currency: Of the amount.

    Raises:
        BalanceInsufficient: If the account does not have it.
        LocationShort: If the account has it, and its location does not.
    """
    cash = _lock(tenant, currency)
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


def shortage(tenant: Tenant, *, amount: int, currency: str) -> Shortage | None:
    """Return the cash that a payout would lack at its location; None if it lacks none.

    Args:
        tenant: The account that would be paid.
        amount: Minor units.
        currency: Of the amount.
    """
    cash = _lock(tenant, currency)
    if cash.is_older(_READ_AGAIN_AFTER) or (
        cash.missing(amount) and cash.is_older(_FORECASTS_AFTER)
    ):
        cash.read()
    if lacking := cash.missing(amount):
        return Shortage(cash.row.location, Money(lacking, currency))
    return None


class Allotment:
    """The cash of locations, given out to the forecasts of many accounts; nothing is written."""

    def __init__(self, owners: Sequence[str], *, livemode: bool) -> None:
        self._livemode = livemode
        self._owners = owners
        self._left: dict[tuple[str, str], int] = {}

    @cached_property
    def _locations(self) -> dict[str, str]:
        """Where the money of each account is, once a bank is to send some of it."""
        return ledger_queries.locations_of(self._owners, livemode=self._livemode)

    def take(self, owner: str, currency: str, amount: int) -> Shortage | None:
        """Give an account what it would be paid, or return what is missing of it."""
        place = (self._locations.get(owner, ledger_queries.MAIN), currency)
        if place not in self._left:
            self._left[place] = self._read(*place)
        lacking = max(amount - self._left[place], 0)
        if lacking:
            return Shortage(place[0], Money(lacking, currency))
        self._left[place] -= amount
        return None

    def _read(self, location: str, currency: str) -> int:
        place = Place(location, currency, self._livemode)
        rows = LocationCash.objects.filter(
            location=location, currency=currency, livemode=self._livemode
        )
        prefunded = rows.values_list("prefunded_amount", flat=True).first() or 0
        return location_cash.free_cash([place])[place] + prefunded


@dataclass(frozen=True, slots=True)
class LiquidityPosition:
    """The cash of a location in one currency, and its owners' available balances.

    Args:
        row: The location's row, with the operators' prefunding.
        in_the_books: Free cash in minor units; below zero if more has left than came.
        usable: The sum of its owners' available balances.
    """

    row: LocationCash
    in_the_books: int
    usable: int

    @property
    def payable_amount(self) -> int:
        """The amount that can be paid out."""
        return max(self.in_the_books + self.row.prefunded_amount, 0)

    @property
    def missing(self) -> int:
        """The amount that is missing if every owner is paid out."""
        return max(self.usable - self.payable_amount, 0)


def positions(rows: Sequence[LocationCash]) -> list[LiquidityPosition]:
    """Read the positions of locations, in two queries."""
    places = [_place(row) for row in rows]
    free, usable = location_cash.free_cash(places), location_cash.usable_by_all(places)
    return [
        LiquidityPosition(row, free[place], usable[place])
        for row, place in zip(rows, places, strict=True)
    ]


def short_positions() -> list[LiquidityPosition]:
    """Return the positions that cannot pay out all their owners. There are few rows."""
    rows = list(LocationCash.objects.order_by("-livemode", "pk"))
    return [one for one in positions(rows) if one.missing]


def _place(row: LocationCash) -> Place:
    return Place(row.location, row.currency, row.livemode)


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
        row, place = self.row, _place(self.row)
        row.free_amount = location_cash.free_cash([place])[place]
        row.read_at = self.now
        row.save(update_fields=["free_amount", "read_at"])


def _lock(tenant: Tenant, currency: str) -> _Cash:
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


def set_prefunding(
    *,
    location: str,
    currency: str,
    livemode: bool,
    prefunded_amount: int,
    note: str,
    at: datetime,
) -> LocationCash:
    """State how much of the operator's own money is at a location, in the caller's transaction.

    Args:
        location: Its name, such as `"main"`.
        currency: The currency of the money.
        livemode: In which mode.
        prefunded_amount: Minor units, from 0 up.
        note: Where it came from.
        at: The moment.

    Raises:
        InvalidRequest: If it is below zero.
    """
    if prefunded_amount < 0:
        raise InvalidRequest("Write zero, or an amount above it.", param="prefunded_amount")
    with transaction.atomic():
        rows = LocationCash.objects.select_for_update(no_key=True)
        place = {"location": location, "currency": currency, "livemode": livemode}
        row = rows.filter(**place).first()
        verb = "changed" if row else "created"
        row = row or LocationCash(**place)
        before = (row.prefunded_amount, row.note)
        row.prefunded_amount, row.note = prefunded_amount, note
        # Payouts write the other columns meanwhile.
        row.save(update_fields=None if row._state.adding else ["prefunded_amount", "note"])
        trail.record(
            f"location_cash.{verb}",
            row,
            changes={
                "prefunded_amount": (before[0], prefunded_amount),
                "note": (before[1], note),
            },
        )
    return row
