"""Totals of lists, for who asks how many there are."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Model, QuerySet

from api.lists import bounds
from api.wire.params import ListParams, Params
from core.errors import InvalidRequest
from core.tenant import Tenant
from core.types import JsonObject

# Where a request that asks how many there are keeps the place for the answer.
TOTAL: Final = "include"


class Total:
    """How many objects a list has on all of its pages; None until it was counted.

    To count them is to look at all of them, so it is done as seldom at once as searches are.
    """

    count: int | None = None

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def take(self, kinds: Iterable[QuerySet[Model]]) -> None:
        """Count the rows of all tables of a list.

        Raises:
            TooManyRequests: If as many counts and searches of the account are running already.
        """
        self.count = sum(
            bounds.in_turn(self._tenant, rows, lambda found: found.count()) for rows in kinds
        )

    def add_to(self, listed: JsonObject) -> None:
        """Add the count to a rendered list, if it was asked for."""
        if self.count is not None:
            listed["total_count"] = self.count


def total_of(
    takes: type[Params], payload: JsonObject, paths: list[str], tenant: Tenant
) -> dict[str, Total]:
    """Read, and take away, the two ways in which a list is asked for its `total_count`.

    Args:
        takes: What the request takes: only lists have a total.
        payload: The request, before its parameters are read.
        paths: What it wants expanded.
        tenant: Whose the list is.

    Returns:
        The parameter where the count will be kept, if it was asked for.

    Raises:
        InvalidRequest: If it wants something else included.
    """
    if not issubclass(takes, ListParams) or (
        "include" not in payload and "total_count" not in paths
    ):
        return {}
    included = payload.pop("include", None) or []
    if isinstance(included, dict):
        included = list(included.values())
    if any(
        one != "total_count" for one in (included if isinstance(included, list) else [included])
    ):
        raise InvalidRequest("Only total_count can be included in a list.", param="include")
    if "total_count" in paths:
        paths.remove("total_count")
    return {TOTAL: Total(tenant)}
