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

from core.types import SqlValues

logger = logging.getLogger(__name__)

# Three at a time: long enough for somebody to notice that no more are made.
_MAKE: Final = """
    SELECT core_make_partitions(table_name, %s + 3 * width * interval '24 hours')
    FROM core_partitioned() WHERE table_name = %s
"""
_DROP: Final = "SELECT core_drop_partitions(%s, %s)"
# Whether there is one after that of now, and one that should have gone two days ago.
_LOOK: Final = """
    SELECT max(p.ends COLLATE "C") > core_partition_bound(
            max(t.prefix), %s + max(t.width) * interval '24 hours'),
        min(p.ends COLLATE "C") <= core_partition_bound(max(t.prefix), %s), core_stray_rows(%s)
    FROM core_partitioned() t, core_partitions(t.table_name) p
    WHERE t.table_name = %s AND NOT p.is_rest
"""


@dataclass(frozen=True, slots=True)
class State:
    """How a partitioned table stands.

    Args:
        table: Its name.
        is_ahead: Whether there is a partition after the present one.
        has_old: Whether something is there that should have been dropped by now.
        stray: Rows, up to a thousand, that no partition of a time is for.
    """

    table: str
    is_ahead: bool
    has_old: bool
    stray: int


def keep(table: str, age: timedelta, *, at: datetime | None = None) -> int:
    """Make the next partitions of a table, and drop those that are older than an age.

    Whoever finds the table in use for long leaves it as it is: the next run does it.

    Args:
        table: Its name.
        age: Of a partition's youngest row.
        at: The moment; now if not said.

    Returns:
        How many were dropped.
    """
    now = at or timezone.now()
    _call(table, _MAKE, (now, table))
    return _call(table, _DROP, (table, now - age))


def look(table: str, age: timedelta, *, at: datetime | None = None) -> State:
    """Look at how a table stands.

    Args:
        table: Its name.
        age: As given to `keep`.
        at: The moment; now if not said.
    """
    now = at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, (now, now - age - timedelta(days=2), table, table))
        is_ahead, has_old, stray = cursor.fetchone()
    return State(table, bool(is_ahead), bool(has_old), stray)


def _call(table: str, sql: str, values: SqlValues) -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.fetchone()[0])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        logger.warning("Partitions of %s wait: the table is in use.", table)
        return 0
