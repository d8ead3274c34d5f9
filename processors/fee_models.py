"""What a processor takes for itself of a payment, as far as is agreed with it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from core import currencies
from core.money import Money
from processors.routing import costs
from processors.routing.costs import Price

# What a line is kept with. `scheme_bps` is what the bank and the network take, if that is passed
# through and comes on top: an estimate.
_FIELDS: Final = {
    "method", "card_country", "currency", "bps", "fixed_amount", "declined_amount", "scheme_bps",
}  # fmt: skip

# Of basis points, and of minor units.
_MOST: Final = 10_000


class NoFeeModel(ValueError):
    """What was written is no fee model. The words say what to write."""


def read(lines: object) -> tuple[Price, ...]:
    """Read a fee model as it is kept, and as people write it: a list of lines.

    Raises:
        NoFeeModel: If it is none.
    """
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        raise NoFeeModel("Write a list of lines.")
    return tuple(_line(number, line) for number, line in enumerate(lines, 1))


def estimate(
    prices: Sequence[Price],
    amount: int,
    currency: str,
    *,
    method: str = "card",
    card_country: str = "",
) -> int | None:
    """Return what the processor will take; None if nothing is agreed for such a payment.

    Args:
        prices: As `read` returns them.
        amount: Minor units.
        currency: Lower-case ISO code.
        method: As the wire names it.
        card_country: Of the card's bank, ISO 3166 alpha-2; empty if it is not known.
    """
    found = costs.best_fit(prices, method=method, country=card_country, currency=currency)
    return None if found is None else found.fee(amount)


def _line(number: int, line: object) -> Price:
    where = f"Line {number}"
    if not isinstance(line, Mapping) or set(line) - _FIELDS:
        raise NoFeeModel(f"{where}: a line has {', '.join(sorted(_FIELDS))} and nothing else.")
    country, currency = str(line.get("card_country", "")), str(line.get("currency", ""))
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise NoFeeModel(f"{where}: card_country is two capital letters, such as DE.")
    if currency and not re.fullmatch("[a-z]{3}", currency):
        raise NoFeeModel(f"{where}: currency is three small letters, such as eur.")
    if currency and currency not in currencies.CODES:
        raise NoFeeModel(f"{where}: there is no currency {currency}.")
    names = ("fixed_amount", "declined_amount")
    fixed, declined = (_amount(where, line, name, currency) for name in names)
    return Price(
        bps=_rate(where, line, "bps") + _rate(where, line, "scheme_bps"),
        fixed_amount=fixed,
        declined_amount=declined,
        method=str(line.get("method", "")),
        country=country,
        currency=currency,
    )


def _rate(where: str, line: Mapping[str, object], name: str) -> int:
    value = line.get(name, 0)
    if type(value) is not int or not 0 <= value <= _MOST:
        raise NoFeeModel(
            f"{where}: {name} is a whole number of basis points, 140 for 1.40 %, up to {_MOST:,}."
        )
    return value


def _amount(where: str, line: Mapping[str, object], name: str, currency: str) -> int:
    value = line.get(name, 0)
    if type(value) is not int:
        raise NoFeeModel(f"{where}: {name} is a whole number, such as 25 for 0.25 EUR.")
    if value and not currency:
        raise NoFeeModel(f"{where}: a fixed amount needs a currency.")
    if value and not 0 <= value <= _MOST:
        raise NoFeeModel(
            f"{where}: {name} is not below zero, and {Money(_MOST, currency)} at most."
        )
    return value
