"""Money: whole minor units and a currency, never a float."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from core import currencies
from core.errors import InvalidRequest


class CurrencyMismatch(AssertionError):
    """Two amounts of different currencies met: a bug of ours, never the caller's."""


class InexactAmount(ValueError):
    """A decimal has more places than its currency."""


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weights so that the parts add up to exactly it.

    Largest remainder; a tie goes to the lower index.

    Args:
        amount: Minor units, not negative.
        weights: Non-negative, at least one of them positive.

    Raises:
        ValueError: If the amount is negative or the weights are unusable.
    """
    total = sum(weights)
    if amount < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("Split a non-negative amount by non-negative weights.")
    parts = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def check_step(
    amount: int, currency: str, *, param: str, left: int | None = None, is_payout: bool = False
) -> None:
    """Refuse an amount that is finer than its currency is on the wire.

    Args:
        amount: Minor units.
        currency: Lower-case ISO code.
        param: What the request calls it.
        left: What is left of what it is a part of: all of that may be named, however fine.
        is_payout: True if a bank is to be sent it.

    Raises:
        InvalidRequest: If it is not a multiple of the currency's step, or there is no such
            currency.
    """
    if currency not in currencies.CODES:
        raise InvalidRequest(f"Invalid currency: {currency}.", param="currency")
    step = currencies.payout_step(currency) if is_payout else currencies.step(currency)
    if amount % step and amount != left:
        what = "Payouts" if is_payout else "Amounts"
        raise InvalidRequest(
            f"Invalid {param}: {Money(amount, currency)}. {what} in {currency.upper()} must be "
            f"multiples of {Money(step, currency)}.",
            code="parameter_invalid_integer",
            param=param,
        )


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency.

    Args:
        amount: Minor units: 1999 is 19.99 usd, and 1999 jpy.
        currency: Lower-case ISO 4217 code.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"An amount is a whole number of minor units, not {self.amount!r}.")
        if self.currency not in currencies.CODES:
            raise ValueError(f"Unknown currency {self.currency!r}.")

    def __add__(self, other: Self) -> Self:
        return self._with(self.amount + self._same(other))

    def __sub__(self, other: Self) -> Self:
        return self._with(self.amount - self._same(other))

    def __neg__(self) -> Self:
        return self._with(-self.amount)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._same(other)

    def share_bps_half_up(self, bps: int) -> Self:
        """Return `bps` ten-thousandths of a non-negative amount, halves rounded up."""
        if self.amount < 0:
            raise ValueError("Only a non-negative amount has a share.")
        return self._with((2 * self.amount * bps + 10_000) // 20_000)

    def split(self, weights: Sequence[int]) -> list[Self]:
        """Divide by weights so that the parts add up to exactly this amount.

        Largest remainder; a tie goes to the lower index.

        Args:
            weights: Non-negative, at least one of them positive.

        Raises:
            ValueError: If the amount is negative or the weights are unusable.
        """
        if self.amount < 0:
            raise ValueError("Only a non-negative amount can be split.")
        return [self._with(part) for part in split(self.amount, weights)]

    def to_decimal(self) -> Decimal:
        """Return major units, for showing only: `Decimal("19.99")` for 1999 usd."""
        return Decimal(self.amount).scaleb(-currencies.exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.to_decimal():,f} {self.currency.upper()}"

    def _with(self, amount: int) -> Self:
        return type(self)(amount, self.currency)

    def _same(self, other: Self) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} met {other.currency}.")
        return other.amount


def from_decimal(value: Decimal, currency: str) -> Money:
    """Convert a decimal amount in major units to minor units.

    Args:
        value: Major units, such as `Decimal("19.99")`; never a float.
        currency: Lower-case ISO 4217 code, such as `"usd"`.

    Returns:
        Minor units: 1999 for 19.99 usd, 20 for 20 jpy, 4500 for 4.5 kwd.

    Raises:
        KeyError: If the code is not in the table.
        InexactAmount: If `value` has more decimals than the currency.

    Source:
        ISO 4217, list one, minor units: usd 2, jpy 0, kwd 3.
    """
    scaled = value.scaleb(currencies.exponent(currency))
    if scaled != scaled.to_integral_value():
        raise InexactAmount(f"{value} has more decimals than {currency} allows.")
    return Money(int(scaled), currency)


def allocate(*, total: int, part: int, whole: int, done: int) -> int:
    """Give the share of `total` that belongs to the cumulative `part` of `whole`.

    Used for the n-th refund of a charge: `part` is what is refunded so far with
    this refund, `done` what earlier refunds were given. A full refund always
    ends with exactly `total`.

    Args:
        total: What is shared out, in minor units.
        part: Cumulative part, between 0 and `whole`.
        whole: What `part` is measured against; positive.
        done: Sum of the earlier allocations.

    Returns:
        round_half_up(total * part / whole) - done, never below zero.
    """
    if not (0 <= part <= whole and whole > 0 and total >= 0):
        raise ValueError("Allocate a part between nothing and the whole.")
    return max(0, (2 * total * part + whole) // (2 * whole) - done)


def spell(amount: int | None, currency: str) -> str:
    """Write an amount as people do; of a currency that there is none of, its minor units.

    Args:
        amount: Minor units; None for what somebody else has not told.
        currency: As somebody else may have named it.
    """
    if amount is None or currency not in currencies.CODES:
        return f"{amount} {currency}"
    return str(Money(amount, currency))
