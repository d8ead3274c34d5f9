"""Reading the figures of two weeks: from the rollups, and from the rows where those end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import QuerySet, Sum

from accounts.models import Account
from console.figures.counting import begin, figures_between
from console.models import CountedDay, HourlyFigure
from ledger.reporting.measures import Measure

DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Sums:
    """What was added up of some hours: the number, and the amount in minor units."""

    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class _Row:
    hour: datetime
    currency: str
    measure: str
    reason: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the last two weeks.

    Args:
        rows: Of each currency and measure.
        uncounted: How many days of them nobody has counted yet.
    """

    rows: Mapping[tuple[str, str], list[_Row]]
    uncounted: int

    def currencies(self) -> list[str]:
        """Return the currencies of payments, that of the most attempts first."""
        numbers: dict[str, int] = {}
        for (currency, _), rows in self.rows.items():
            number = sum(abs(row.count) for row in rows)
            numbers[currency] = numbers.get(currency, 0) + number
        return sorted(numbers, key=lambda currency: (-numbers[currency], currency))

    def sums(self, measure: Measure, currency: str, start: datetime, end: datetime) -> Sums:
        """Add up a measure over the hours that begin in a span."""
        found = list(self._within(measure, currency, start, end))
        return Sums(sum(row.count for row in found), sum(row.amount for row in found))

    def reasons(self, currency: str, start: datetime, end: datetime) -> dict[str, int]:
        """Return why attempts failed and how often."""
        numbers: dict[str, int] = {}
        for row in self._within(Measure.FAILED, currency, start, end):
            numbers[row.reason] = numbers.get(row.reason, 0) + row.count
        return numbers

    def _within(
        self, measure: Measure, currency: str, start: datetime, end: datetime
    ) -> Iterator[_Row]:
        for row in self.rows.get((currency, measure.value), []):
            if start <= row.hour < end:
                yield row


def read(*, livemode: bool, at: datetime, platform_id: str = "") -> Figures:
    """Return the figures of the last two weeks, today among them.

    Args:
        livemode: Which of the two worlds.
        at: Now.
        platform_id: Only this platform and its sellers; empty for all.
    """
    today = at.astimezone(UTC).date()
    since = today - timedelta(days=DAYS - 1)
    days = CountedDay.objects.filter(day__gte=since, counted_at__isnull=False)
    counted = set(days.values_list("day", flat=True))
    rows = [_Row(*row) for row in _counted_rows(begin(since), platform_id, livemode=livemode)]
    open_from = _open_from(today, counted)
    if open_from:
        rows += [
            _Row(of.hour, of.currency, of.measure.value, of.reason, of.count, of.amount)
            for of in figures_between(begin(open_from), at)
            if of.livemode == livemode and platform_id in ("", of.platform_id)
        ]
    grouped: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        grouped.setdefault((row.currency, row.measure), []).append(row)
    return Figures(grouped, _uncounted(since, today, counted))


def _counted_rows(
    since: datetime, platform_id: str, *, livemode: bool
) -> "QuerySet[HourlyFigure, tuple[datetime, str, str, str, int, int]]":
    rows = HourlyFigure.objects.filter(livemode=livemode, hour__gte=since)
    if platform_id:
        rows = rows.filter(account_id=platform_id)
    return (
        rows.order_by()
        .values_list("hour", "currency", "measure", "reason")
        .annotate(Sum("count"), Sum("amount"))
    )


def _open_from(today: date, counted: set[date]) -> date | None:
    """Return the day from which on the rows are read; None if today is counted."""
    if today in counted:
        return None
    yesterday = today - timedelta(days=1)
    return today if yesterday in counted else yesterday


def _uncounted(since: date, today: date, counted: set[date]) -> int:
    """Return how many days are neither counted nor read from the rows."""
    first = Account.objects.order_by("pk").values_list("created_at", flat=True).first()
    if first is None:
        return 0
    begun = max(since, first.astimezone(UTC).date())
    days = ((today - timedelta(days=2)) - begun).days + 1
    older = {begun + timedelta(days=n) for n in range(max(days, 0))}
    return len(older - counted)
