"""How business goes: today and the last seven days against the time before, in one currency."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import dateformat
from django.utils.translation import gettext

from console.figures.counting import begin
from console.figures.reading import Figures, Sums
from console.home.charts import Chart, Pair, pairs
from console.words import code
from core.money import Money
from ledger.reporting.measures import Measure

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_WEEK: Final = timedelta(days=7)
_MOST_REASONS: Final = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what, and its cells with the names of their columns."""

    title: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Business:
    """What the first page tells of one currency.

    Args:
        currency: Lower-case ISO code.
        others: The other currencies that there are.
        columns: Of the table.
        lines: Of the table.
        declines: Why attempts failed in the last seven days: reason, how often, and before.
        charts: The volume by day, and by hour.
        uncounted: How many days are not counted yet.
    """

    currency: str
    others: list[str]
    columns: list[str]
    lines: list[Line]
    declines: list[tuple[str, int, int]]
    charts: list[Chart]
    uncounted: int


def describe(
    figures: Figures, *, at: datetime, wanted: str = "", with_fees: bool = True
) -> Business | None:
    """Describe how business goes; None if nothing happened in two weeks.

    Args:
        figures: Of the two weeks.
        at: Now.
        wanted: The currency that somebody chose; that of the most payments otherwise.
        with_fees: Whether fees are shown.
    """
    currencies = figures.currencies()
    if not currencies:
        return None
    currency = wanted if wanted in currencies else currencies[0]
    spans = _spans(at)
    columns = [
        gettext("Today"),
        gettext("Yesterday to %(hour)s") % {"hour": f"{spans[1][1]:%H:%M}"},
        gettext("Last 7 days"),
        gettext("7 days before"),
    ]
    rows: list[tuple[str, Callable[[datetime, datetime], str]]] = [
        (gettext("Volume"), _amount(figures, Measure.VOLUME, currency)),
        (gettext("Payments that succeeded"), _success(figures, currency)),
        (gettext("Refunds"), _counted(figures, Measure.REFUNDS, currency)),
        (gettext("Disputes"), _counted(figures, Measure.DISPUTES, currency)),
    ]
    if with_fees:
        rows += [
            (gettext("Processing fees"), _amount(figures, Measure.PROCESSING_FEES, currency)),
            (gettext("Application fees"), _amount(figures, Measure.APPLICATION_FEES, currency)),
        ]
    return Business(
        currency,
        [other for other in currencies if other != currency],
        columns,
        [
            Line(title, [(name, tell(*span)) for name, span in zip(columns, spans, strict=True)])
            for title, tell in rows
        ],
        _declines(figures, currency, spans[2], spans[3]),
        [
            Chart(
                "by-day",
                gettext("Volume by day"),
                gettext("Day"),
                columns[2],
                columns[3],
                _week(figures, currency, at),
            ),
            Chart(
                "by-hour",
                gettext("Volume by hour"),
                gettext("Hour"),
                gettext("Today"),
                gettext("Yesterday"),
                _today(figures, currency, at),
            ),
        ],
        figures.uncounted,
    )


def _spans(at: datetime) -> list[tuple[datetime, datetime]]:
    """Return today, yesterday to the end of this hour, the last seven days, and those before."""
    today = begin(at.astimezone(UTC).date())
    hours = at - today
    hour = today + _HOUR * (int(hours.total_seconds()) // 3_600 + 1)
    week = today - 6 * _DAY
    return [(today, hour), (today - _DAY, hour - _DAY), (week, hour), (week - _WEEK, hour - _WEEK)]


def _amount(figures: Figures, measure: Measure, currency: str) -> Callable[..., str]:
    def tell(start: datetime, end: datetime) -> str:
        return str(Money(figures.sums(measure, currency, start, end).amount, currency))

    return tell


def _counted(figures: Figures, measure: Measure, currency: str) -> Callable[..., str]:
    def tell(start: datetime, end: datetime) -> str:
        found = figures.sums(measure, currency, start, end)
        if found == Sums(0, 0):
            return gettext("none")
        return f"{Money(found.amount, currency)} ({found.count})"

    return tell


def _success(figures: Figures, currency: str) -> Callable[..., str]:
    def tell(start: datetime, end: datetime) -> str:
        good = figures.sums(Measure.SUCCEEDED, currency, start, end).count
        decided = good + figures.sums(Measure.FAILED, currency, start, end).count
        if not decided:
            return gettext("none tried")
        thousandth = good * 1_000 // decided
        rate = f"{thousandth // 10}.{thousandth % 10} %"
        words = {"good": good, "decided": decided, "rate": rate}
        return gettext("%(good)s of %(decided)s (%(rate)s)") % words

    return tell


def _declines(
    figures: Figures,
    currency: str,
    now: tuple[datetime, datetime],
    before: tuple[datetime, datetime],
) -> list[tuple[str, int, int]]:
    found, earlier = figures.reasons(currency, *now), figures.reasons(currency, *before)
    ordered = sorted(found, key=lambda reason: (-found[reason], reason))[:_MOST_REASONS]
    return [(_reason(reason), found[reason], earlier.get(reason, 0)) for reason in ordered]


def _reason(reason: str) -> str:
    return gettext(code(reason)) if reason else gettext("No reason was given")


def _week(figures: Figures, currency: str, at: datetime) -> list[Pair]:
    today = begin(at.astimezone(UTC).date())
    days = [today - n * _DAY for n in range(6, -1, -1)]

    def volume(day: datetime) -> int:
        return figures.sums(Measure.VOLUME, currency, day, day + _DAY).amount

    return pairs(
        currency,
        [
            (
                dateformat.format(day, "D j"),
                dateformat.format(day, "D j M"),
                volume(day),
                volume(day - _WEEK),
            )
            for day in days
        ],
    )


def _today(figures: Figures, currency: str, at: datetime) -> list[Pair]:
    today = begin(at.astimezone(UTC).date())
    hours = [today + n * _HOUR for n in range(24)]

    def volume(hour: datetime) -> int:
        return figures.sums(Measure.VOLUME, currency, hour, hour + _HOUR).amount

    found: Sequence[tuple[str, str, int, int]] = [
        (
            f"{hour:%H}" if hour.hour % 6 == 0 else "",
            f"{hour:%H:%M}",
            volume(hour),
            volume(hour - _DAY),
        )
        for hour in hours
    ]
    return pairs(currency, found, is_over=[hour <= at for hour in hours])
