"""Amounts as Adyen counts them: in a few currencies its minor unit is another one than ours.

Source: Adyen's page of currency codes and minor units, which marks where it leaves ISO 4217.
"""

from typing import Final

from core import currencies
from core.types import Fields, JsonObject

_NO_DECIMALS: Final = frozenset(
    "cve djf gnf idr jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf".split()
)
_THREE_DECIMALS: Final = frozenset("bhd iqd jod kwd lyd omr tnd".split())
# Not on that page.
_UNKNOWN_THERE: Final = frozenset("bif clf mga".split())

CURRENCIES: Final = currencies.CODES - _UNKNOWN_THERE


class TooFine(ValueError):
    """An amount has decimals that Adyen does not know of its currency."""


def to_adyen(amount: int, currency: str) -> JsonObject:
    """Return an amount as Adyen is sent it.

    Args:
        amount: Our minor units.
        currency: Lower-case ISO code.

    Raises:
        TooFine: If Adyen cannot say it.
    """
    more = _decimals(currency) - currencies.exponent(currency)
    value, rest = (amount * 10**more, 0) if more >= 0 else divmod(amount, 10**-more)
    if rest:
        raise TooFine(f"Amounts in {currency} have no decimals at Adyen.")
    return {"value": value, "currency": currency.upper()}


def from_adyen(amount: Fields) -> tuple[int, str]:
    """Return an amount that Adyen said, in our minor units, and its currency.

    Raises:
        TooFine: If we cannot say it.
        KeyError: If it is in no currency that we know.
    """
    currency = str(amount["currency"]).lower()
    more = currencies.exponent(currency) - _decimals(currency)
    value = int(amount["value"])
    ours, rest = (value * 10**more, 0) if more >= 0 else divmod(value, 10**-more)
    if rest:
        raise TooFine(f"{value} {currency} of Adyen's is no amount of ours.")
    return ours, currency


def from_text(text: str, currency: str) -> int:
    """Return an amount of a report, such as `"12.34"`, in our minor units; 0 for no text."""
    from decimal import Decimal

    scaled = Decimal(text or "0").scaleb(currencies.exponent(currency.lower()))
    if scaled != scaled.to_integral_value():
        raise TooFine(f"{text} {currency} is no amount of ours.")
    return int(scaled)


def _decimals(currency: str) -> int:
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2
