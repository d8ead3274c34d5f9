"""Payout days of schedules, and days of arrival at the bank."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from core.errors import InvalidRequest
from core.types import Fields, JsonObject
from ledger.posting import calendars

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# An anchor may be moved by at most this many days: the longest holidays and two weekends.
_LONGEST_REST: Final = 14


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days on which an account is paid automatically.

    Args:
        interval: `"manual"`, `"daily"`, `"weekly"` or `"monthly"`.
        weekly_days: Names of weekdays, of a weekly schedule.
        monthly_days: Days of the month, 1 to 31; a shorter month pays on its last.
    """

    interval: str
    weekly_days: tuple[str, ...] = ()
    monthly_days: tuple[int, ...] = ()


def parse_schedule(params: Fields) -> Schedule:
    """Parse the schedule of an account's settings, which is daily if they are empty.

    Args:
        params: `interval`, and `weekly_anchor` or `weekly_payout_days`, or `monthly_anchor` or
            `monthly_payout_days`.

    Raises:
        InvalidRequest: If the days of a weekly or monthly schedule are missing.
    """
    interval = str(params.get("interval") or "daily")
    days = {}
    for name in ("weekly", "monthly"):
        anchor = params.get(f"{name}_anchor")
        days[name] = tuple(params.get(f"{name}_payout_days") or ([anchor] if anchor else ()))
    if interval in days and not days[interval]:
        raise InvalidRequest(
            f"A {interval} schedule needs the days on which it pays: give {interval}_anchor or "
            f"{interval}_payout_days.",
            code="parameter_missing",
            param=f"settings[payouts][schedule][{interval}_anchor]",
        )
    return Schedule(
        interval,
        days["weekly"] if interval == "weekly" else (),
        days["monthly"] if interval == "monthly" else (),
    )


def normalize_schedule(params: Fields) -> JsonObject:
    """Complete a change of a schedule, so that no earlier value contradicts it.

    A day and a list of days are two spellings of the same: the one that is given sets the other.
    """
    days = dict(params)
    for name in ("weekly", "monthly"):
        if listed := days.get(f"{name}_payout_days"):
            days[f"{name}_anchor"] = listed[0]
        elif anchor := days.get(f"{name}_anchor"):
            days[f"{name}_payout_days"] = [anchor]
    return days


def check_delay(params: Fields, *, least: int, param: str) -> None:
    """Refuse a delay that is shorter than the account's payments take to settle.

    Args:
        params: Parameters of a schedule, with or without `delay_days`.
        least: Days until the account's charges settle.
        param: The parameter's name in the request.

    Raises:
        InvalidRequest: If fewer days are named.
    """
    days = params.get("delay_days")
    if days is not None and days < least:
        raise InvalidRequest(
            f"Invalid {param}: {days}. Payments of this account settle after {least} business "
            f"days, so the delay is {least} or more.",
            code="parameter_invalid_integer",
            param=param,
        )


def next_payout_day(*, schedule: Schedule, after: date, country: str) -> date | None:
    """Return the schedule's first payout day after a day; None if it has none.

    A day on which banks rest moves to the next business day.
    """
    if schedule.interval == "manual":
        return None
    # One that has passed may have been moved behind `after`.
    day = after - timedelta(days=_LONGEST_REST)
    while True:
        day += timedelta(days=1)
        if _is_payout_day(schedule, day):
            run = _next_business_day(day, country)
            if run > after:
                return run


def arrival_date(*, sent: date, country: str, bank_days: int) -> date:
    """Return the day money is expected at the bank, some business days after it is sent."""
    return calendars.available_on(at=_midnight(sent), country=country, delay_days=bank_days)


def _is_payout_day(schedule: Schedule, day: date) -> bool:
    if schedule.interval == "weekly":
        return WEEKDAYS[day.weekday()] in schedule.weekly_days
    if schedule.interval == "monthly":
        last = monthrange(day.year, day.month)[1]
        return any(day.day == min(wanted, last) for wanted in schedule.monthly_days)
    return True


def _next_business_day(day: date, country: str) -> date:
    eve = _midnight(day - timedelta(days=1))
    return calendars.available_on(at=eve, country=country, delay_days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
