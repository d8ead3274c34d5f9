"""On which day a bank carries out a file."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

# What is made later than this waits for the next banking day: files must be at the bank in time.
CUT_OFF: Final = time(14, 0)
_HERE: Final = ZoneInfo("Europe/Brussels")


def execution_date(at: datetime) -> date:
    """Return the first banking day on which a bank can still carry out a file.

    Args:
        at: When it is made, with a time zone.

    Source:
        TARGET's closing days, as the `holidays` package has them.
    """
    here = at.astimezone(_HERE)
    day = here.date()
    if here.time() >= CUT_OFF:
        day += timedelta(days=1)
    while day.weekday() >= 5 or day in _holidays():
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=1)
def _holidays() -> holidays.HolidayBase:
    return holidays.financial_holidays("ECB")
