"""What a payment costs at a processor, to the minor unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WHOLE_BPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a processor charges for some payments.

    Args:
        bps: Ten-thousandths of the amount, halves rounded up.
        fixed_amount: Minor units of the payment's currency on top.
        declined_amount: Minor units for an attempt that is refused.
        method: Of which payments; empty for all.
        country: The card's; empty for all.
        currency: The payment's; empty for all. An amount on top needs one to be right.
    """

    bps: int
    fixed_amount: int = 0
    declined_amount: int = 0
    method: str = ""
    country: str = ""
    currency: str = ""

    def fits(self, method: str, country: str, currency: str) -> bool:
        """Tell whether it is the price of such a payment."""
        return (
            self.method in ("", method)
            and self.country in ("", country)
            and self.currency in ("", currency)
        )

    def fee(self, amount: int) -> int:
        """Return what a payment of this amount costs, in minor units."""
        return (2 * amount * self.bps + WHOLE_BPS) // (2 * WHOLE_BPS) + self.fixed_amount


def best_fit(prices: Sequence[Price], *, method: str, country: str, currency: str) -> Price | None:
    """Return the price that says most of a payment: currency, then method, then country."""
    fitting = [price for price in prices if price.fits(method, country, currency)]
    if not fitting:
        return None
    return max(fitting, key=lambda one: (one.currency != "", one.method != "", one.country != ""))


def expected(fee: int, declined_amount: int, success_bps: int | None, next_fee: int | None) -> int:
    """Return what trying an account first can be expected to cost, in minor units.

    That is its fee, and for the share of attempts that it refuses what the refusal costs, and the
    fee of the cheapest of the others, where it is tried next; halves rounded up.

    Args:
        fee: What the account takes of the payment.
        declined_amount: What it takes for an attempt that it refuses.
        success_bps: How many of ten thousand attempts succeed there; None if nobody knows: then
            no refusal is expected.
        next_fee: The fee of the cheapest of the others; None if there is none.
    """
    if success_bps is None:
        return fee
    again = declined_amount + (next_fee or 0)
    return fee + (2 * (WHOLE_BPS - success_bps) * again + WHOLE_BPS) // (2 * WHOLE_BPS)
