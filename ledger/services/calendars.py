"""Business days, for the day on which money becomes available."""

from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays


def available_on(*, at: datetime, country: str, delay_days: int) -> date:
    """Return the day on which money captured at a moment becomes available.

    Args:
        at: The capture, in UTC.
        country: The owner's settlement country, ISO 3166 alpha-2.
        delay_days: Business days to wait.

    Source:
        Bank holidays of the `holidays` package: the ECB's for euro countries, the
        country's own elsewhere. A country without a calendar only has weekends.
    """
    day = at.date()
    for _ in range(delay_days):
        day = _next_business_day(day, country)
    return day


@lru_cache(maxsize=4096)
def _next_business_day(day: date, country: str) -> date:
    free = _calendar(country)
    day += timedelta(days=1)
    while day.weekday() >= 5 or (free is not None and day in free):
        day += timedelta(days=1)
    return day


_EURO = frozenset("AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK".split())


@lru_cache(maxsize=64)
def _calendar(country: str) -> holidays.HolidayBase | None:
    try:
        if country in _EURO:
            return holidays.financial_holidays("ECB")
        return holidays.country_holidays(country)
    except NotImplementedError:
        return None
