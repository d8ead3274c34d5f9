"""Transactions that are visible in the text."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg.pq import TransactionStatus

from core.types import DbRow, SqlValues


def atomic() -> AbstractContextManager[None]:
    """Open a transaction that ends, committed, with the block.

    It refuses to nest: what looks committed in the text is committed.
    """
    return transaction.atomic(durable=True)


def require_transaction() -> None:
    """Fail if no transaction is open: this step is a part of somebody's operation."""
    if not connection.in_atomic_block:
        raise RuntimeError("This step must run inside a transaction.")


def execute(sql: str, values: SqlValues) -> list[DbRow]:
    """Execute a statement of the open transaction, which goes on, and return its rows.

    Raises:
        django.db.Error: If the database refuses it.
    """
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def execute_last(sql: str, values: SqlValues) -> list[DbRow]:
    """Execute the last statement of the open transaction, and return its rows.

    Nothing may come after it in the transaction. If nothing came before it either, it is the
    transaction: PostgreSQL runs it as one without being asked to begin and to commit, which
    saves two of three round trips.

    Raises:
        django.db.Error: If the database refuses it.
    """
    require_transaction()
    with connection.cursor() as cursor:
        link = connection.connection
        if link.pgconn.transaction_status != TransactionStatus.IDLE:
            cursor.execute(sql, values)
            return list(cursor.fetchall())
        link.autocommit = True
        try:
            cursor.execute(sql, values)
            return list(cursor.fetchall())
        finally:
            if not link.closed:
                link.autocommit = False


def forbid_transaction() -> None:
    """Fail if a transaction is open: remote calls must not hold row locks."""
    if _open_blocks():
        raise RuntimeError("A remote call must not run inside a transaction.")


_T = TypeVar("_T")
_TRIES: Final = 3
# Serialization failure, deadlock, and a lock that did not come in time.
_PASSING: Final = frozenset({"40001", "40P01", "55P03"})


def with_retries(work: Callable[[], _T]) -> _T:
    """Do a piece of background work with a transaction of its own, up to three times.

    What somebody else's lock prevented once may go well the next time; what fails for another
    reason fails at once.

    Args:
        work: Opens and ends its own transaction, and may be done again.
    """
    forbid_transaction()
    for _ in range(_TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _PASSING:
                raise
    return work()


def _open_blocks() -> list[object]:
    # Django marks the blocks that a TestCase wraps around each test. They are
    # not the code's own transactions, so they do not count.
    return [b for b in connection.atomic_blocks if not getattr(b, "_from_testcase", False)]
