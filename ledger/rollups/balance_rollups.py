"""Adding up open accounts in the background."""

from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.utils import Error as DatabaseError

from core.database.transactions import atomic
from ledger.posting.journal import NeedsRebase


def fold_once() -> int:
    """Fold what has surely committed since the last time.

    Reads never wait for this: a balance is always the fold plus the postings after it.

    Returns:
        How many postings were folded; 0 while another folder is at work.

    Raises:
        NeedsRebase: If the database was restored into another cluster.
    """
    with atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("SELECT ledger_fold()")
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", None) == "RL004":
                raise NeedsRebase(str(error).partition("\n")[0]) from error
            raise
        (count,) = cursor.fetchone()
        return int(count)


# A fold that is behind costs every read; half a minute of it is felt.
ALARM_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Lag:
    """The lag of folding.

    Args:
        seconds: Since the fold knew of everything that had committed.
        process: The database process that has written for longest and not ended; its
            transaction holds the horizon. None if there is none.
    """

    seconds: float
    process: int | None


_LAG = """
    SELECT extract(epoch FROM clock_timestamp() - h.folded_at)::float8,
        (SELECT a.pid FROM pg_stat_activity a
         WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()
         ORDER BY age(a.backend_xid) DESC LIMIT 1)
    FROM ledger_foldhorizon h
"""


def lag() -> Lag:
    """Return how far folding is behind. Reads stay exact meanwhile; they only cost more."""
    with connection.cursor() as cursor:
        cursor.execute(_LAG)
        seconds, process = cursor.fetchone()
    return Lag(max(seconds, 0.0), process)
