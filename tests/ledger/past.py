"""How tests let time pass: the ledger takes the time of an entry from the database's clock."""

import time
from datetime import date, datetime
from typing import Any

import psycopg

from tests.databases import address_in_use
from tests.factories import moment

# All that tests date back lies before this moment, and what was just posted after it.
THE_PAST_ENDS = moment("2026-01-01")


def as_superuser(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(address_in_use(), autocommit=True) as link:
        link.execute("SET session_replication_role = replica")  # no trigger refuses it
        cursor = link.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def it_was(at: datetime) -> None:
    """What was posted since the last time was posted at a moment, and shortly after it."""
    as_superuser(
        """
        UPDATE ledger_journalentry e
        SET posted_at = %s::timestamptz + (e.posted_at - fresh.since)
        FROM (SELECT min(posted_at) AS since FROM ledger_journalentry WHERE posted_at > %s) fresh
        WHERE e.posted_at > %s
        """,
        at,
        THE_PAST_ENDS,
        THE_PAST_ENDS,
    )


def close_days(now: datetime) -> date | None:
    """Ask once to close the days that are over at a moment."""
    return as_superuser("SELECT ledger_close_days(%s)", now)[0][0]


def close_days_until(day: date, *, now: datetime) -> None:
    """Close days up to one. Open transactions of other tests on this server can delay it."""
    deadline = time.monotonic() + 20
    while (closed := close_days(now)) is None or closed < day:
        assert time.monotonic() < deadline, closed
        time.sleep(0.05)
    assert closed == day
