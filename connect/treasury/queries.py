"""Where the operator's money is: by the books, and as each place says itself."""

from dataclasses import dataclass

from ledger import queries as ledger_queries
from ledger.chart import BANK, PROCESSOR, SETTLEMENT_IN_TRANSIT
from ledger.reporting import holdings
from processors import balances, registry
from processors.balances import Reported
from processors.protocols.payouts import PaysOut


@dataclass(frozen=True, slots=True)
class Place:
    """What one holder has of a currency.

    Args:
        holder: A processor account, or the rail that pays from a bank.
        is_bank: True if it is a bank.
        currency: Lower-case ISO code.
        in_the_books: Minor units, by the ledger.
        on_its_way: Minor units that left it and have not come where they go.
        reported: What it says itself, and when; None if it says nothing.
        location: Where the books have it: the main location, or one of its own.
    """

    holder: str
    is_bank: bool
    currency: str
    in_the_books: int
    on_its_way: int
    reported: Reported | None
    location: str = ledger_queries.MAIN

    @property
    def difference(self) -> int | None:
        """Return how much more it says than the books; None if it says nothing."""
        return None if self.reported is None else self.reported.amount - self.in_the_books


def is_bank(holder: str) -> bool:
    """Tell whether a holder is a bank, from which payouts are paid."""
    try:
        rail = registry.find(holder)
    except KeyError:
        return False
    return isinstance(rail, PaysOut) and rail.capabilities.pays_from_bank


def holders(*, livemode: bool) -> set[str]:
    """Return the names of all places that money can be at in a mode."""
    held = {one.holder for one in holdings.holdings(livemode=livemode)}
    return held | {registry.BANK_RAIL} | set(registry.names(livemode=livemode))


def held_by(holder: str, *, currency: str, livemode: bool) -> int:
    """Return what a holder has by the books, in minor units."""
    code = BANK if is_bank(holder) else PROCESSOR
    return ledger_queries.account_balance(code, holder, currency, livemode=livemode)


def load(*, livemode: bool) -> list[Place]:
    """Return all places with money, or with something that they say; by currency and name."""
    held: dict[tuple[str, str], dict[str, int]] = {}
    locations: dict[str, str] = {}
    for one in holdings.holdings(livemode=livemode):
        held.setdefault((one.currency, one.holder), {})[one.code] = one.amount
        locations[one.holder] = one.location
    told = balances.reported(livemode=livemode)
    return [
        Place(
            holder=holder,
            is_bank=is_bank(holder),
            currency=currency,
            in_the_books=_there(held.get((currency, holder), {})),
            on_its_way=held.get((currency, holder), {}).get(SETTLEMENT_IN_TRANSIT, 0),
            reported=told.get((currency, holder)),
            location=locations.get(holder, ledger_queries.MAIN),
        )
        for currency, holder in sorted({*held, *told})
    ]


def _there(held: dict[str, int]) -> int:
    return held.get(PROCESSOR, 0) + held.get(BANK, 0)
