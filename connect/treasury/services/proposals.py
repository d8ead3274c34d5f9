"""Which moves would let payouts go out that lack money where they are paid from. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from connect.treasury.queries import Place


class Proposal(NamedTuple):
    """A move that would help.

    Args:
        source: The holder that has money.
        target: The bank that lacks it.
        amount: Minor units.
        currency: Lower-case ISO code.
    """

    source: str
    target: str
    amount: int
    currency: str


def propose(
    missing: Iterable[tuple[str, int]], places: Sequence[Place], *, bank: str
) -> list[Proposal]:
    """Propose moves to the bank from whoever has most of a currency, until nothing is missing.

    Args:
        missing: Currency and minor units that payouts lack, besides what is on its way.
        places: All places.
        bank: The holder from which payouts are paid.
    """
    found: list[Proposal] = []
    for currency, lacking in missing:
        here = [place for place in places if place.currency == currency]
        for place in sorted(here, key=lambda one: one.in_the_books, reverse=True):
            amount = min(lacking, place.in_the_books)
            if place.is_bank or amount <= 0:
                continue
            found.append(Proposal(place.holder, bank, amount, currency))
            lacking -= amount
    return found
