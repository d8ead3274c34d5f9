"""The days on which a schedule pays out, and the day its money reaches the bank."""

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
    """When an account is paid without asking.

    Args:
        interval: `"manual"`, `"daily"`, `"weekly"` or `"monthly"`.
        weekly_days: Names of weekdays, of a weekly schedule.
        monthly_days: Days of the month, 1 to 31; a shorter month pays on its last.
    """

    interval: str
    weekly_days: tuple[str, ...] = ()
    monthly_days: tuple[int, ...] = ()


def of_settings(said: Fields) -> Schedule:
    """Read the schedule in an account's settings, as the wire spells it.

    Args:
        said: `interval`, and `weekly_anchor` or `weekly_payout_days`, or `monthly_anchor` or
            `monthly_payout_days`; daily if it says nothing.

    Raises:
        InvalidRequest: If the days of a weekly or monthly schedule are missing.
    """
    interval = str(said.get("interval") or "daily")
    days = {}
    for name in ("weekly", "monthly"):
        anchor = said.get(f"{name}_anchor")
        days[name] = tuple(said.get(f"{name}_payout_days") or ([anchor] if anchor else ()))
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


def said_once(said: Fields) -> JsonObject:
    """Complete a change of a schedule, so that nothing said earlier contradicts it.

    A day and a list of days are two ways of saying the same: the one that is given says the other.
    """
    days = dict(said)
    for name in ("weekly", "monthly"):
        if listed := days.get(f"{name}_payout_days"):
            days[f"{name}_anchor"] = listed[0]
        elif anchor := days.get(f"{name}_anchor"):
            days[f"{name}_payout_days"] = [anchor]
    return days


def check_delay(said: Fields, *, least: int, param: str) -> None:
    """Refuse to pay out what an account earned before it settles.

    Args:
        said: A schedule as the wire spells it, with or without `delay_days`.
        least: Days until the account's charges settle.
        param: What the request calls it.

    Raises:
        InvalidRequest: If fewer days are named.
    """
    days = said.get("delay_days")
    if days is not None and days < least:
        raise InvalidRequest(
            f"Invalid {param}: {days}. Payments of this account settle after {least} business "
            f"days, so the delay is {least} or more.",
            code="parameter_invalid_integer",
            param=param,
        )


def next_run(*, schedule: Schedule, after: date, country: str) -> date | None:
    """Return the first day after a day on which the schedule pays, or None if it never does.

    A day on which banks rest moves to the next business day.
    """
    if schedule.interval == "manual":
        return None
    # One that has passed may have been moved behind `after`.
    day = after - timedelta(days=_LONGEST_REST)
    while True:
        day += timedelta(days=1)
        if _pays(schedule, day):
            run = _on_or_after(day, country)
            if run > after:
                return run


def arrives_on(*, sent: date, country: str, bank_days: int) -> date:
    """Return the day money sent on a day is expected at the bank, some business days later."""
    return calendars.available_on(at=_midnight(sent), country=country, delay_days=bank_days)


def _pays(schedule: Schedule, day: date) -> bool:
    if schedule.interval == "weekly":
        return WEEKDAYS[day.weekday()] in schedule.weekly_days
    if schedule.interval == "monthly":
        last = monthrange(day.year, day.month)[1]
        return any(day.day == min(wanted, last) for wanted in schedule.monthly_days)
    return True


def _on_or_after(day: date, country: str) -> date:
    eve = _midnight(day - timedelta(days=1))
    return calendars.available_on(at=eve, country=country, delay_days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
