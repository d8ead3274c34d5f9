"""How an endpoint answered, hour by hour: drawn without a script, and the same as a table."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

from core.ids import earlier, new_id
from webhooks.operator_pages.figures import RATED_OF_ONE

HOURS: Final = 24
# Units of a drawing.
HEIGHT: Final = 60

# What was tried of the newest deliveries of a week: older ones are tried rarely.
_HOURS: Final = """
    SELECT date_trunc('hour', a.created_at, 'UTC'),
        count(*) FILTER (WHERE a.status_code BETWEEN 200 AND 299), count(*),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY a.latency_ms),
        percentile_disc(0.95) WITHIN GROUP (ORDER BY a.latency_ms)
    FROM (
        SELECT d.id FROM webhooks_delivery d
        WHERE d.endpoint_id = %s AND d.id >= %s ORDER BY d.id DESC LIMIT %s
    ) newest
    JOIN webhooks_attempt a ON a.delivery_id = newest.id
    WHERE a.created_at >= %s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Hour:
    """The tries of an hour.

    Args:
        begins_at: Its beginning.
        accepted: How many were accepted.
        tries: How many there were.
        median_ms: Half of them took no longer.
        most_ms: 95 of 100 took no longer.
        bar: The height of all, drawn beside other hours.
        good: The height of those that were accepted.
        slow: The height of how long 95 of 100 took.
    """

    begins_at: datetime
    accepted: int = 0
    tries: int = 0
    median_ms: int = 0
    most_ms: int = 0
    bar: int = 0
    good: int = 0
    slow: int = 0

    @property
    def top(self) -> int:
        """Return where its bar begins, from above."""
        return HEIGHT - self.bar

    @property
    def good_top(self) -> int:
        """Return where what was accepted begins, from above."""
        return HEIGHT - self.good

    @property
    def slow_top(self) -> int:
        """Return where its time begins, from above."""
        return HEIGHT - self.slow

    @property
    def percent(self) -> str:
        """Return the rate; what is not quite all never reads as all."""
        if self.accepted == self.tries:
            return "100"
        return f"{self.accepted * 1_000 // self.tries / 10:.1f}"


def hours(endpoint_id: str, *, at: datetime) -> list[Hour]:
    """Return the last hours of an endpoint, the oldest first, in one query; empty if none tried.

    Args:
        endpoint_id: `we_...`.
        at: The moment, in UTC.
    """
    last = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS - 1)
    oldest = earlier(new_id("dlv"), timedelta(days=7))
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, (endpoint_id, oldest, RATED_OF_ONE, first))
        found = {row[0].astimezone(UTC): tuple(map(int, row[1:])) for row in cursor.fetchall()}
    if not found:
        return []
    most = max(tries for _, tries, _, _ in found.values())
    longest = max(most_ms for _, _, _, most_ms in found.values())
    return [
        _draw(one, *found.get(one, (0, 0, 0, 0)), most=most, longest=longest)
        for one in (first + timedelta(hours=number) for number in range(HOURS))
    ]


def _draw(
    begins_at: datetime,
    accepted: int,
    tries: int,
    median_ms: int,
    most_ms: int,
    *,
    most: int,
    longest: int,
) -> Hour:
    return Hour(
        begins_at,
        accepted,
        tries,
        median_ms,
        most_ms,
        bar=_height(tries, most),
        good=_height(tries, most) * accepted // tries if tries else 0,
        slow=_height(most_ms, longest),
    )


def _height(amount: int, most: int) -> int:
    # What is there is seen.
    return max(amount * HEIGHT // most, 1) if amount and most else 0
