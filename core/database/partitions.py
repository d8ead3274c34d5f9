"""Tables in partitions by time: made ahead, and dropped whole once they are old.

The functions behind it belong to the tables' owner: the application makes and drops no tables.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import OperationalError, connection
from django.utils import timezone
from psycopg.errors import LockNotAvailable

logger = logging.getLogger(__name__)

# Long enough for somebody to notice that no more are made.
_AHEAD: Final = timedelta(days=21)
_MAKE: Final = "SELECT core_make_partitions(%s, %s)"
_DROP: Final = "SELECT core_drop_partitions(%s, %s)"
_NAMES: Final = "SELECT table_name FROM core_partitioned() ORDER BY 1"
_LOOK: Final = """
    SELECT max(p.ends COLLATE "C") > core_partition_bound(max(t.prefix), %s),
        min(p.ends COLLATE "C") <= core_partition_bound(max(t.prefix), %s), core_stray_rows(%s)
    FROM core_partitioned() t, core_partitions(t.table_name) p
    WHERE t.table_name = %s AND NOT p.is_rest
"""


@dataclass(frozen=True, slots=True)
class State:
    """How a partitioned table stands.

    Args:
        table: Its name.
        is_ahead: Whether what comes in the next days has partitions.
        has_old: Whether something is there that should have been dropped by now.
        stray: Rows, up to a thousand, that no partition of a time is for.
    """

    table: str
    is_ahead: bool
    has_old: bool
    stray: int


def tables() -> list[str]:
    """Return the names of the partitioned tables."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES)
        return [name for (name,) in cursor.fetchall()]


def keep(table: str, age: timedelta, *, at: datetime | None = None) -> int:
    """Make the next partitions of a table, and drop those that are older than an age.

    Whoever finds the table in use for long leaves it as it is: the next run does it.

    Args:
        table: One of `tables`.
        age: Of a partition's youngest row.
        at: The moment; now if not said.

    Returns:
        How many were dropped.
    """
    now = at or timezone.now()
    _call(_MAKE, table, now + _AHEAD)
    return _call(_DROP, table, now - age)


def make_ahead() -> None:
    """Make the next partitions of all tables."""
    for table in tables():
        _call(_MAKE, table, timezone.now() + _AHEAD)


def look(table: str, age: timedelta, *, at: datetime | None = None) -> State:
    """Look at how a table stands.

    Args:
        table: One of `tables`.
        age: As given to `keep`.
        at: The moment; now if not said.
    """
    now = at or timezone.now()
    day = timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, (now + 7 * day, now - age - 2 * day, table, table))
        is_ahead, has_old, stray = cursor.fetchone()
    return State(table, bool(is_ahead), bool(has_old), stray)


def _call(function: str, table: str, moment: datetime) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(function, (table, moment))
            return int(cursor.fetchone()[0])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        logger.warning("Partitions of %s wait: the table is in use.", table)
        return 0
