"""Adding up open accounts in the background."""

from django.db import connection
from django.db.utils import Error as DatabaseError

from core.db import atomic
from ledger.services.journal import NeedsRebase


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
