"""How endpoints take their deliveries: rates, what waits, and the last error, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils.translation import gettext

from core.ids import earlier, new_id
from core.types import DbRow, JsonObject
from webhooks.operator_pages import words
from webhooks.services.resending import RESENT_FOR

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
# The newest deliveries of each endpoint that rates are made of, on a list and on the page of one:
# those of fifty endpoints lie in as many places.
RATED_ON_LISTS: Final = 1_000
RATED_OF_ONE: Final = 20_000
MOST_COUNTED: Final = 10_000

_FIGURES: Final = """
    SELECT e.id, rated.*, waiting.*, failed.count, last.*
    FROM unnest(%(ids)s::text[]) AS e (id)
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE status = 'delivered' AND id >= %(day)s),
            count(*) FILTER (WHERE status IN ('failing', 'exhausted') AND id >= %(day)s),
            count(*) FILTER (WHERE status = 'delivered'),
            count(*) FILTER (WHERE status IN ('failing', 'exhausted')),
            count(*) = %(rated)s
        FROM (
            SELECT d.id, d.status FROM webhooks_delivery d
            WHERE d.endpoint_id = e.id AND d.id >= %(week)s ORDER BY d.id DESC LIMIT %(rated)s
        ) newest
    ) rated
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE status = 'pending'),
            count(*) FILTER (WHERE status = 'failing')
        FROM (
            SELECT d.status FROM webhooks_delivery d
            WHERE d.endpoint_id = e.id AND d.next_attempt_at IS NOT NULL LIMIT %(counted)s
        ) due
    ) waiting
    CROSS JOIN LATERAL (
        SELECT count(*) AS count FROM (
            SELECT FROM webhooks_delivery d
            WHERE d.endpoint_id = e.id AND d.status IN ('failing', 'exhausted', 'canceled')
                AND d.id >= %(month)s LIMIT %(counted)s
        ) failed
    ) failed
    LEFT JOIN LATERAL (
        SELECT a.status_code, a.error, a.created_at
        FROM webhooks_delivery d CROSS JOIN LATERAL (
            SELECT * FROM webhooks_attempt a
            WHERE a.delivery_id = d.id ORDER BY a.number DESC LIMIT 1
        ) a
        WHERE d.endpoint_id = e.id AND d.status IN ('failing', 'exhausted')
            AND d.id >= %(month)s
        ORDER BY d.id DESC LIMIT 1
    ) last ON true
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the deliveries with an outcome were accepted."""

    accepted: int
    failed: int
    is_sample: bool = False

    def __str__(self) -> str:
        """Write it as people do, such as `98.3 % of 1,200`."""
        total = self.accepted + self.failed
        if not total:
            return gettext("nothing sent")
        # What is not quite all never reads as all.
        tenths = self.accepted * 1_000 // total
        percent = "100" if self.accepted == total else f"{tenths / 10:.1f}"
        told = {"percent": percent, "total": f"{total:,}"}
        if self.is_sample:
            return gettext("%(percent)s %% of the newest %(total)s") % told
        return gettext("%(percent)s %% of %(total)s") % told


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of one endpoint.

    Args:
        day: The rate of the last 24 hours.
        week: That of the last seven days.
        pending: How many wait for their first try.
        failing: How many wait for another try.
        unaccepted: How many of thirty days failed so far, were given up or canceled.
        error: What went wrong last of what is not accepted, in words; empty if nothing.
        error_at: When.
    """

    day: Rate
    week: Rate
    pending: int
    failing: int
    unaccepted: int
    error: str
    error_at: datetime | None


def figures(endpoint_ids: Iterable[str], *, most_rated: int) -> dict[str, Figures]:
    """Return the figures of some endpoints, in one query.

    Args:
        endpoint_ids: `we_...`.
        most_rated: How many of the newest deliveries of each its rates are made of.
    """
    ids, now = list(endpoint_ids), new_id("dlv")
    if not ids:
        return {}
    values: JsonObject = {
        "ids": ids,
        "day": earlier(now, DAY),
        "week": earlier(now, WEEK),
        "month": earlier(now, RESENT_FOR),
        "rated": most_rated,
        "counted": MOST_COUNTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        rows = cursor.fetchall()
    return {row[0]: _read(row[1:]) for row in rows}


def _read(row: DbRow) -> Figures:
    good_day, bad_day, good_week, bad_week, full, pending, failing, unaccepted, code, why, at = row
    return Figures(
        Rate(good_day, bad_day, full),
        Rate(good_week, bad_week, full),
        pending,
        failing,
        unaccepted,
        words.failure(code, why) if at else "",
        at,
    )


def count(number: int) -> str:
    """Write a number that is counted up to a bound."""
    return (
        gettext("%(number)s or more") % {"number": f"{number:,}"}
        if number >= MOST_COUNTED
        else f"{number:,}"
    )
