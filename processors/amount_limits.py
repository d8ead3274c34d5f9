"""Between which amounts an account at a processor takes payments, in each currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core import currencies
from core.money import Money
from core.types import JsonObject

# What a line is kept with; an amount that is missing is no limit.
_FIELDS: Final = frozenset({"currency", "least_amount", "most_amount"})
_MOST: Final = 10**12


class NoAmountLimits(ValueError):
    """What was written is no list of limits. The words say what to write."""


@dataclass(frozen=True, slots=True)
class AmountLimits:
    """The smallest and largest payments, in minor units by lower-case ISO code.

    Args:
        least: What is missing has no smallest amount.
        most: What is missing has no largest amount.
    """

    least: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)


NO_LIMITS: Final = AmountLimits()


def read(lines: object) -> AmountLimits:
    """Read limits as they are kept: a list of lines, one for each currency.

    Raises:
        NoAmountLimits: If it is none.
    """
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        raise NoAmountLimits("Write a list of lines.")
    least: dict[str, int] = {}
    most: dict[str, int] = {}
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        where = f"Line {number}"
        if not isinstance(line, Mapping) or set(line) - _FIELDS:
            raise NoAmountLimits(f"{where}: a line has {', '.join(sorted(_FIELDS))}.")
        code = _code(where, line, seen)
        for name, limits in (("least_amount", least), ("most_amount", most)):
            if (amount := _amount(where, line, name, code)) is not None:
                limits[code] = amount
        if least.get(code, 0) > most.get(code, _MOST):
            raise NoAmountLimits(f"{where}: the smallest amount is above the largest.")
    return AmountLimits(least, most)


def lines(least: Mapping[str, int], most: Mapping[str, int]) -> list[JsonObject]:
    """Return limits as they are kept, by currency."""
    return [
        {"currency": code}
        | ({"least_amount": least[code]} if code in least else {})
        | ({"most_amount": most[code]} if code in most else {})
        for code in sorted({*least, *most})
    ]


def _code(where: str, line: Mapping[str, object], seen: set[str]) -> str:
    code = str(line.get("currency", ""))
    if code not in currencies.CODES:
        raise NoAmountLimits(f"{where}: say of which currency, such as eur.")
    if code in seen:
        raise NoAmountLimits(f"{where}: there is a line of {code.upper()} already.")
    seen.add(code)
    return code


def _amount(where: str, line: Mapping[str, object], name: str, currency: str) -> int | None:
    value = line.get(name)
    if value is None:
        return None
    if type(value) is not int:
        example = Money(12_50, currency)
        raise NoAmountLimits(f"{where}: {name} is a whole number, such as 1250 for {example}.")
    if not 0 < value <= _MOST:
        most = Money(_MOST, currency)
        raise NoAmountLimits(f"{where}: {name} is above zero, and {most} at most.")
    return value
