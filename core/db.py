"""Transactions that are visible in the text."""

from contextlib import AbstractContextManager

from django.db import connection, transaction


def atomic() -> AbstractContextManager[None]:
    """Open a transaction that ends, committed, with the block.

    It refuses to nest: what looks committed in the text is committed.
    """
    return transaction.atomic(durable=True)


def require_transaction() -> None:
    """Fail if no transaction is open: this step is a part of somebody's operation."""
    if not connection.in_atomic_block:
        raise RuntimeError("This step must run inside a transaction.")


def forbid_transaction() -> None:
    """Fail if a transaction is open: remote calls must not hold row locks."""
    if _open_blocks():
        raise RuntimeError("A remote call must not run inside a transaction.")


def _open_blocks() -> list[object]:
    # Django marks the blocks that a TestCase wraps around each test. They are
    # not the code's own transactions, so they do not count.
    return [b for b in connection.atomic_blocks if not getattr(b, "_from_testcase", False)]
