"""How many payments succeed at an account: of the closest kind of which enough are known."""

from collections.abc import Mapping
from dataclasses import dataclass

from processors.routing.costs import WHOLE_BPS

# An account, and as much of method, brand and country as is told apart.
RateKey = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of attempts that ended.

    Args:
        succeeded: Those that took or held money.
        total: All of them.
    """

    succeeded: int
    total: int

    @property
    def bps(self) -> int:
        """Return how many of ten thousand succeed, rounded down."""
        return WHOLE_BPS * self.succeeded // self.total


@dataclass(frozen=True, slots=True)
class Rate:
    """A success rate, and what it was counted of.

    Args:
        bps: Of ten thousand.
        total: How many attempts.
        key: What they had in common.
    """

    bps: int
    total: int
    key: RateKey


def keys_of(account: str, method: str, brand: str, country: str) -> tuple[RateKey, ...]:
    """Return the keys under which a payment is counted, the closest first."""
    whole = (account, method, brand, country)
    return (whole, whole[:3], whole[:2], whole[:1])


def find(
    tallies: Mapping[RateKey, Tally],
    account: str,
    *,
    method: str,
    brand: str,
    country: str,
    at_least: int,
) -> Rate | None:
    """Return the success rate for such a payment.

    Args:
        tallies: What was counted.
        account: The processor account.
        method: As the wire names it.
        brand: Of a card.
        country: Of a card's issuer.
        at_least: So many attempts must be known; of fewer, a coarser kind is looked at.

    Returns:
        None if not even all of the account's payments are enough.
    """
    for key in keys_of(account, method, brand, country):
        tally = tallies.get(key)
        if tally is not None and tally.total >= max(1, at_least):
            return Rate(tally.bps, tally.total, key)
    return None
