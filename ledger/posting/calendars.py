"""Business days, for the day on which money becomes available."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

import holidays
from dateutil.easter import easter


def available_on(*, at: datetime, country: str, delay_days: int) -> date:
    """Return the day on which money captured at a moment becomes available.

    Args:
        at: The capture, in UTC.
        country: The owner's settlement country, ISO 3166 alpha-2.
        delay_days: Business days to wait.

    Source:
        The days on which the payment system of the country's currency rests, of the `holidays`
        package: TARGET's for the euro, the Federal Reserve's for the dollar, elsewhere the
        country's, with what its banks keep besides. A country without a calendar only has weekends.
    """
    day = at.date()
    for _ in range(delay_days):
        day = _next_business_day(day, country)
    return day


@lru_cache(maxsize=4096)
def _next_business_day(day: date, country: str) -> date:
    calendars = _calendars(country)
    day += timedelta(days=1)
    # What only a part of a country keeps is no rest of its payment system.
    while (
        day.weekday() in _weekend(country)
        or (calendars and all(day in one for one in calendars))
        or _is_closed(day, country)
    ):
        day += timedelta(days=1)
    return day


def describe(country: str) -> str:
    """Say for people when banks of a country rest, besides Saturday and Sunday.

    Args:
        country: ISO 3166 alpha-2.
    """
    system = _SYSTEM_OF.get(country, country)
    if system in _EURO:
        return "TARGET"
    if system in _US:
        return "Federal Reserve"
    kept = _calendars(country)
    words = [
        "Friday and Saturday instead" if country in _FRIDAYS else "",
        "" if system == country else f"as {system}",
        "public holidays" if kept else "no calendar is known",
        "days of its banks" if system in _FIXED or system in _AFTER_EASTER else "",
    ]
    return ", ".join(filter(None, words))


def _weekend(country: str) -> tuple[int, int]:
    return (4, 5) if country in _FRIDAYS else (5, 6)


def _is_closed(day: date, country: str) -> bool:
    """Return whether a country's banks rest on a day that the package does not know."""
    country = _SYSTEM_OF.get(country, country)
    if (day.month, day.day) in _FIXED.get(country, ()):
        return True
    return (day - easter(day.year)).days in _AFTER_EASTER.get(country, ())


# Where the euro is paid in, territories included. Source: European Central Bank.
_EURO: Final = frozenset(
    """
    AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK
    SM VA XK YT
    """.split()
)
_US: Final = frozenset("AS GU MP PR US VI".split())
# Who uses the payment system of a neighbour.
_SYSTEM_OF: Final = {"GG": "GB", "IM": "GB", "JE": "GB", "LI": "CH"}
# Where it rests on the days of its seat, or on those that all of these parts keep. Our choice: not
# compared with the lists that the payment systems of Australia and Switzerland publish.
_PARTS: Final = {"AU": ("NSW", "VIC", "WA"), "CH": ("ZH",), "GB": ("ENG",)}
# Which kinds of days besides public ones: `bank`, if the package knows them, and else these. Our
# choice: not compared with the lists that these payment systems publish.
_KINDS: Final = {
    "AU": ("public",),
    "CA": ("public", "government"),
    "SE": ("public", "de_facto"),
}


# Whose weekend is Friday and Saturday. Source: the `holidays` package.
_FRIDAYS: Final = frozenset("BD BH DZ EG IL IQ JO KW LY OM QA SA SD SY YE".split())
# Days of banks that the package does not know. Sources: the bank holidays of SIX Interbank Clearing
# (CH), the closing days of Finans Danmark (DK), the bank holidays of Febraban (BR).
_FIXED: Final = {"CH": ((1, 2),), "DK": ((6, 5), (12, 24), (12, 31))}
# The same in days from Easter Sunday: the Friday after Ascension (DK), Monday and Tuesday of
# carnival, and Corpus Christi (BR).
_AFTER_EASTER: Final = {"BR": (-48, -47, 60), "DK": (40,)}


@lru_cache(maxsize=64)
def _calendars(country: str) -> tuple[holidays.HolidayBase, ...]:
    country = _SYSTEM_OF.get(country, country)
    if country in _EURO:
        return (holidays.financial_holidays("ECB"),)
    if country in _US:
        return (holidays.financial_holidays("FED"),)
    try:
        kinds = _KINDS.get(country) or _kinds(country)
        return tuple(
            holidays.country_holidays(country, subdiv=part, categories=kinds)
            for part in _PARTS.get(country, (None,))
        )
    except NotImplementedError:
        return ()


def _kinds(country: str) -> tuple[str, ...]:
    known = holidays.country_holidays(country).supported_categories
    return ("public", "bank") if "bank" in known else ("public",)
