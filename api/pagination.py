"""Lists, newest first, by cursors that are ids. A count only for who asks for it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet

from api.params import ListParams, Params
from core.errors import InvalidRequest

Row = TypeVar("Row", bound=Model)
_Any = TypeVar("_Any")

# Where a request that asks how many there are keeps the place for the answer.
TOTAL: Final = "include"


class Total:
    """How many objects a list has on all of its pages; None until it was counted."""

    count: int | None = None

    def add_to(self, listed: dict[str, Any]) -> None:
        """Tell it, if it was counted."""
        if self.count is not None:
            listed["total_count"] = self.count


def total_of(takes: type[Params], said: dict[str, Any], paths: list[str]) -> dict[str, Total]:
    """Read, and take away, the two ways in which a list is asked for its `total_count`.

    Args:
        takes: What the request takes: only lists have a total.
        said: What the request says.
        paths: What it wants expanded.

    Returns:
        The parameter where the count will be kept, if it was asked for.

    Raises:
        InvalidRequest: If it wants something else included.
    """
    if not issubclass(takes, ListParams) or ("include" not in said and "total_count" not in paths):
        return {}
    wanted = said.pop("include", None) or []
    if isinstance(wanted, dict):
        wanted = list(wanted.values())
    if any(one != "total_count" for one in (wanted if isinstance(wanted, list) else [wanted])):
        raise InvalidRequest("Only total_count can be included in a list.", param="include")
    if "total_count" in paths:
        paths.remove("total_count")
    return {TOTAL: Total()}


def page(
    rows: QuerySet[Row], params: Mapping[str, Any], *, kind: str, key: str = "pk"
) -> tuple[list[Row], bool]:
    """Cut a page out of a tenant's rows.

    Args:
        rows: All that the list may show, of one tenant, without an order.
        params: `limit`, `starting_after`, `ending_before`.
        kind: The wire's word for what is listed.
        key: The column of the ids that are shown.

    Returns:
        At most `limit` rows, newest first, and whether there are more.

    Raises:
        InvalidRequest: If a cursor is not the id of one of the tenant's objects.
    """
    if total := params.get(TOTAL):
        total.count = rows.count()
    limit = params["limit"]
    after, before = _cursors(params)
    for cursor, name in ((after, "starting_after"), (before, "ending_before")):
        if cursor and not rows.filter(**{key: cursor}).exists():
            raise InvalidRequest(f"No such {kind}: '{cursor}'", code="resource_missing", param=name)
    if after:
        rows = rows.filter(**{f"{key}__lt": after})
    if before:
        found = list(rows.filter(**{f"{key}__gt": before}).order_by(key)[: limit + 1])
        return found[:limit][::-1], len(found) > limit
    found = list(rows.order_by(f"-{key}")[: limit + 1])
    return found[:limit], len(found) > limit


def page_of_several(
    kinds: Mapping[str, QuerySet[Any]], params: Mapping[str, Any], *, kind: str
) -> tuple[list[Any], bool]:
    """Cut a page out of rows of several tables that the wire calls by one word.

    Their ids differ only in their prefix: what follows it is the order of all of them.

    Args:
        kinds: Prefix of the ids → all of these that the list may show, of one tenant.
        params: `limit`, `starting_after`, `ending_before`.
        kind: The wire's word for what is listed.

    Returns:
        At most `limit` rows, newest first, and whether there are more.

    Raises:
        InvalidRequest: If a cursor is not the id of one of the tenant's objects.
    """
    if total := params.get(TOTAL):
        total.count = sum(rows.count() for rows in kinds.values())
    limit = params["limit"]
    after, before = _cursors(params)
    for cursor, name in ((after, "starting_after"), (before, "ending_before")):
        mine = kinds.get(cursor.partition("_")[0]) if cursor else None
        if cursor and (mine is None or not mine.filter(pk=cursor).exists()):
            raise InvalidRequest(f"No such {kind}: '{cursor}'", code="resource_missing", param=name)
    found: list[Any] = []
    for prefix, rows in kinds.items():
        if after:
            rows = rows.filter(pk__lt=f"{prefix}_{_moment(after)}")
        if before:
            rows = rows.filter(pk__gt=f"{prefix}_{_moment(before)}")
        found += rows.order_by("pk" if before else "-pk")[: limit + 1]
    found.sort(key=lambda row: _moment(row.pk), reverse=not before)
    shown = found[:limit]
    return shown[::-1] if before else shown, len(found) > limit


def _cursors(params: Mapping[str, Any]) -> tuple[str | None, str | None]:
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise InvalidRequest(
            "You may only specify one of these parameters: starting_after, ending_before.",
            code="parameters_exclusive",
            param="ending_before",
        )
    return after, before


def _moment(id: str) -> str:
    """Return what of an id says when it was made."""
    return id.partition("_")[2]


def cut(
    items: Sequence[dict[str, Any]], params: Mapping[str, Any], *, kind: str
) -> tuple[list[dict[str, Any]], bool]:
    """Cut a page out of the parts of one object, in their own order. See `page`."""
    ids, first, end = [str(item["id"]) for item in items], 0, len(items)
    for name in ("starting_after", "ending_before"):
        if (cursor := params.get(name)) and cursor not in ids:
            raise InvalidRequest(f"No such {kind}: '{cursor}'", code="resource_missing", param=name)
    if after := params.get("starting_after"):
        first = ids.index(after) + 1
    if before := params.get("ending_before"):
        end = ids.index(before)
        first = max(first, end - params["limit"])
        return list(items[first:end]), first > 0
    return list(items[first : first + params["limit"]]), first + params["limit"] < end


def wire_list(
    rows: Sequence[_Any], render: Callable[[_Any], Any], *, has_more: bool, url: str
) -> dict[str, Any]:
    """Render a page as the wire's list object."""
    return {
        "object": "list",
        "data": [render(row) for row in rows],
        "has_more": has_more,
        "url": url,
    }


def listed(
    rows: QuerySet[Row],
    params: Mapping[str, Any],
    render: Callable[[Row], Any],
    *,
    kind: str,
    url: str,
) -> dict[str, Any]:
    """Cut a page and render it."""
    found, has_more = page(rows, params, kind=kind)
    return wire_list(found, render, has_more=has_more, url=url)


def within(rows: QuerySet[Row], bounds: Mapping[str, Any] | None) -> QuerySet[Row]:
    """Keep what was created within the bounds of a `Range` parameter, in whole seconds."""
    second = timedelta(seconds=1)
    for lookup, moment in (bounds or {}).items():
        if lookup == "exact":
            rows = rows.filter(created_at__gte=moment, created_at__lt=moment + second)
        elif lookup in ("gt", "lte"):
            # The wire shows whole seconds: 12:00:00.7 is not after 12:00:00.
            rows = rows.filter(
                **{f"created_at__{'gte' if lookup == 'gt' else 'lt'}": moment + second}
            )
        else:
            rows = rows.filter(**{f"created_at__{lookup}": moment})
    return rows
