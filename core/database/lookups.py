"""Looking rows up by the ids that requests name."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Count, F, Model, QuerySet, Window

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


@dataclass(frozen=True, slots=True)
class Bounded(Generic[_Row]):
    """The first rows of many.

    Args:
        rows: As many as are shown.
        total: How many there are.
    """

    rows: list[_Row]
    total: int

    @property
    def more(self) -> int:
        """Return how many are not among the rows."""
        return self.total - len(self.rows)


def bounded(rows: QuerySet[_Row], most: int) -> Bounded[_Row]:
    """Return the first rows and the number of all, in one query.

    Args:
        rows: Ordered, and few enough to be counted: what belongs to one object.
        most: How many are wanted.
    """
    found = list(rows.annotate(found_in_all=Window(Count(F("pk"))))[:most])
    return Bounded(found, int(vars(found[0])["found_in_all"]) if found else 0)


def count_up_to(rows: QuerySet[_Row], most: int) -> int:
    """Count rows, but no further than one above `most`: of more it is said that there are more."""
    return len(rows.order_by().values_list("pk", flat=True)[: most + 1])
