"""Looking rows up by the ids that requests name."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from core.errors import missing

_Row = TypeVar("_Row", bound=Model)


def one(rows: QuerySet[_Row], id: str, *, kind: str, param: str = "id") -> _Row:
    """Return the row with an id.

    Args:
        rows: All that the caller may name.
        id: The id of the row.
        kind: What the wire calls such a row, such as `"payment_intent"`.
        param: What the wire calls its id.

    Raises:
        Missing: If there is none.
    """
    row = rows.filter(pk=id).first()
    if row is None:
        raise missing(kind, id, param=param)
    return row
