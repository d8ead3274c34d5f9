"""Amounts as people write them: read without guessing, and written the same way everywhere."""

import re
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext

from core import currencies
from core.money import Money

# More than any bank moves; what is longer is a mistake.
_MOST_DIGITS: Final = 15
_GAPS: Final = re.compile("[\u00a0\u2009\u202f'\u2019]")
_SHAPE: Final = re.compile(
    r"(?:(?P<before>[A-Za-z]{3}) ?)?(?P<number>[-\u2212]?[0-9][0-9., ]*?)"
    r"(?: ?(?P<after>[A-Za-z]{3}))?"
)
_MINOR: Final = re.compile(r"([0-9]{1,15}) minor units?")
# Each way to read a number: what parts the thousands, and what the decimals.
_READINGS: Final = tuple(
    (re.compile(rf"(?P<whole>[0-9]+|[0-9]{{1,3}}(?:{gap}[0-9]{{3}})+){decimals}"), gap[-1])
    for gap, decimals in (
        (",", r"(?:\.(?P<decimals>[0-9]+))?"),
        (r"\.", r"(?:,(?P<decimals>[0-9]+))?"),
        (" ", r"(?:[.,](?P<decimals>[0-9]+))?"),
    )
)


class UnclearAmount(ValueError):
    """A text that is no amount, or may be several: the message says how to write it."""


def write(amount: int | None, currency: str) -> str:
    """Write an amount as people do, such as `12.50 USD`.

    Args:
        amount: Minor units; None is written as nothing.
        currency: Lower-case ISO code; empty where each payment has its own.
    """
    if amount is None:
        return ""
    if currency:
        return str(Money(amount, currency))
    # It is read again as it is written here, whatever the language.
    return f"{amount} minor unit{'' if amount == 1 else 's'}" if amount else "0"


def read(text: str, currency: str) -> int:
    """Read an amount that somebody has typed, and return minor units.

    Both `1,250.50` and `1.250,50` are read. What may be two amounts, such as `1,250`, is refused.

    Args:
        text: What was typed, with or without the currency's code.
        currency: Lower-case ISO code; empty where each payment has its own.

    Raises:
        UnclearAmount: If it is no amount of the currency, or may be two.
    """
    text = _GAPS.sub(" ", text.strip())
    if not currency:
        return _read_without(text)
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise UnclearAmount(
            gettext("“%(text)s” is no amount. %(example)s")
            % {"text": text[:30], "example": _example(currency)}
        )
    for code in (found["before"], found["after"]):
        if code and code.lower() != currency:
            raise UnclearAmount(
                gettext("It says %(upper)s, and the currency is %(upper2)s.")
                % {"upper": code.upper(), "upper2": currency.upper()}
            )
    number = found["number"]
    if number.startswith(("-", "\u2212")):
        raise UnclearAmount(gettext("Write an amount that is not below zero."))
    if sum(letter.isdigit() for letter in number) > _MOST_DIGITS:
        raise UnclearAmount(gettext("That is more than any amount can be."))
    return _to_minor(_value(number, currency), currency)


def _read_without(text: str) -> int:
    if found := _MINOR.fullmatch(text):
        return int(found[1])
    if re.fullmatch(r"0+([.,]0+)?", text):
        return 0
    raise UnclearAmount(
        gettext(
            "Each payment has its own currency, so it is not known what that is. Name the "
            "currency, or write minor units, such as 30 minor units: 0.30 USD, or 30 JPY."
        )
    )


def _value(number: str, currency: str) -> Decimal:
    """Return the one value that a number has."""
    values = {
        Decimal(found["whole"].replace(gap, "") + "." + (found["decimals"] or "0"))
        for pattern, gap in _READINGS
        if (found := pattern.fullmatch(number))
    }
    ours = {value for value in values if f"{value:,.{currencies.exponent(currency)}f}" == number}
    if len(values) == 1 or ours:
        return (ours or values).pop()
    if not values:
        raise UnclearAmount(
            gettext("“%(number)s” is no amount. %(example)s")
            % {"number": number[:30], "example": _example(currency)}
        )
    less, more = sorted(values)
    either = f"{less.normalize():f} or {more:.{currencies.exponent(currency)}f}"
    raise UnclearAmount(
        gettext(
            "“%(number)s” may be %(either)s. Write it without a sign between thousands, "
            "and with a point before decimals."
        )
        % {"number": number, "either": either}
    )


def _to_minor(value: Decimal, currency: str) -> int:
    scaled = value.scaleb(currencies.exponent(currency))
    if scaled != scaled.to_integral_value():
        count = currencies.exponent(currency)
        what = gettext("no decimals")
        if count:
            what = gettext("%(count)s decimals") % {"count": count}
        raise UnclearAmount(
            gettext("%(currency)s has %(what)s. %(example)s")
            % {"currency": currency.upper(), "what": what, "example": _example(currency)}
        )
    return int(scaled)


def _example(currency: str) -> str:
    exponent = currencies.exponent(currency)
    return gettext("Write it like %(example)s.") % {
        "example": Decimal(1250).scaleb(-exponent) if exponent else 1250
    }
