"""Locking rows until the transaction ends, in one way."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from core.database.lookups import one

_Row = TypeVar("_Row", bound=Model)


def lock_rows(rows: QuerySet[_Row], *, skip_locked: bool = False) -> QuerySet[_Row]:
    """Return rows that are locked as they are read; what they join is not.

    Other rows that refer to them can still be inserted: nobody changes an id.

    Args:
        rows: All to be locked.
        skip_locked: Whether to leave out the rows that somebody else has locked.
    """
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)


def lock_one(rows: QuerySet[_Row], id: str, *, kind: str, param: str = "id") -> _Row:
    """Return the row with an id, locked. See `core.database.lookups.one`.

    Args:
        rows: To choose from.
        id: The id of the row.
        kind: What the wire calls such a row, such as `"payment_intent"`.
        param: What the wire calls its id.

    Raises:
        Missing: If there is none.
    """
    return one(lock_rows(rows), id, kind=kind, param=param)
