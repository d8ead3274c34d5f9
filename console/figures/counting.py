"""Counting days: each closed day once, and again while the outcome of attempts may change.

A day is counted in one transaction, which replaces what was there: whatever cuts it off, the day is
counted as it was before or as it is now. What was not counted while nothing ran is counted later.
"""

import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Final

from django.db.models import Q

from accounts.models import Account
from console.models import ClearingAge, CountedDay, HourlyFigure
from core.database.transactions import atomic
from ledger.posting.clearing import clearing_ageing
from ledger.reporting import figures, history
from ledger.reporting.measures import Figure, Measure
from payments.charges import queries as charges

_WORKING_SECONDS: Final = 20
# A day whose attempts are not all decided is counted again every hour, for so long.
_AGAIN_AFTER: Final = timedelta(hours=1)
_AGAIN_FOR: Final = timedelta(days=90)
# Banks take back what slow methods had paid: the last days are counted again once a day.
_LATELY: Final = timedelta(days=14)
_LATELY_AGAIN_AFTER: Final = timedelta(days=1)
_CLEARING_READ_EVERY: Final = timedelta(minutes=30)


def begin(day: date) -> datetime:
    """Return the first moment of a UTC day."""
    return datetime.combine(day, clock(), UTC)


def figures_between(start: datetime, end: datetime) -> list[Figure]:
    """Return the figures of a span as the rows have them now, of all platforms."""
    return [*figures.figures(start=start, end=end), *charges.attempts(start=start, end=end)]


def count_day(day: date, *, at: datetime) -> None:
    """Count a UTC day, in place of what was counted of it before."""
    start, end = begin(day), begin(day + timedelta(days=1))
    with atomic():
        # Whoever counts the same day waits here.
        CountedDay.objects.get_or_create(day=day)
        counted = CountedDay.objects.select_for_update().get(day=day)
        found = figures_between(start, end)
        HourlyFigure.objects.filter(hour__gte=start, hour__lt=end).delete()
        HourlyFigure.objects.bulk_create(map(_row, found), batch_size=1_000)
        counted.counted_at = at
        counted.pending_count = sum(_count(found, Measure.PENDING))
        counted.save(update_fields=["counted_at", "pending_count"])


def count_due(*, at: datetime) -> int:
    """Count the days that are to be counted, the latest first, for a while.

    Returns:
        How many were counted.
    """
    stop, counted = time.monotonic() + _WORKING_SECONDS, 0
    for day in _due(at):
        count_day(day, at=at)
        counted += 1
        if time.monotonic() > stop:
            break
    return counted


def read_clearing(*, at: datetime) -> None:
    """Read how old the oldest object is that is on its way, some times an hour."""
    for livemode in (False, True):
        row = ClearingAge.objects.filter(livemode=livemode).first()
        if row and row.read_at > at - _CLEARING_READ_EVERY:
            continue
        oldest = clearing_ageing(most=1, livemode=livemode)
        ClearingAge.objects.update_or_create(
            livemode=livemode,
            defaults={"since": oldest[0].since if oldest else None, "read_at": at},
        )


def _due(at: datetime) -> list[date]:
    closed = history.closed_through()
    first = Account.objects.order_by("pk").values_list("created_at", flat=True).first()
    if closed is None or first is None:
        return []
    is_old = Q(counted_at=None) | Q(counted_at__lte=at - _AGAIN_AFTER, pending_count__gt=0)
    is_late = Q(counted_at__lte=at - _LATELY_AGAIN_AFTER, day__gte=(at - _LATELY).date())
    again = CountedDay.objects.filter(is_old | is_late, day__gte=(at - _AGAIN_FOR).date())
    days = set(again.values_list("day", flat=True))
    there = set(CountedDay.objects.values_list("day", flat=True))
    since = (closed - first.astimezone(UTC).date()).days
    missing = {closed - timedelta(days=back) for back in range(since + 1)} - there
    return sorted(days | missing, reverse=True)


def _row(figure: Figure) -> HourlyFigure:
    return HourlyFigure(
        account_id=figure.platform_id,
        livemode=figure.livemode,
        hour=figure.hour,
        currency=figure.currency,
        measure=figure.measure.value,
        reason=figure.reason,
        count=figure.count,
        amount=figure.amount,
    )


def _count(found: Iterable[Figure], measure: Measure) -> Iterable[int]:
    return (figure.count for figure in found if figure.measure is measure)
