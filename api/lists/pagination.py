"""Lists, newest first, by cursors that are ids. A count only for who asks for it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from api.lists import totals
from core.errors import InvalidRequest
from core.types import Fields, JsonObject

Row = TypeVar("Row", bound=Model)
_Item = TypeVar("_Item")

TIME_AND_ID: Final = attrgetter("created_at", "pk")


@lru_cache(maxsize=256)
def order_of(model: type[Model], key: str = "pk") -> tuple[str, ...]:
    """Return the columns that lists of a model are sorted by: those of its index for lists.

    Args:
        model: What is listed.
        key: The column of the ids that are shown.
    """
    by_time = ["account", "livemode", "-created_at"]
    return ("created_at", key) if _begins(model, by_time) else (key,)


def _begins(model: type[Model], columns: list[str]) -> bool:
    return any(list(index.fields[: len(columns)]) == columns for index in model._meta.indexes)


def after_cursor(
    rows: QuerySet[Row], order: Sequence[str], place: Sequence[object], *, is_older: bool
) -> QuerySet[Row]:
    """Keep what stands beyond a place in a list.

    Args:
        rows: What is listed.
        order: Made by `order_of`.
        place: Values of these columns.
        is_older: Whether what is older is wanted, or what is newer.
    """
    how = "lt" if is_older else "gt"
    *time, id = place
    if not time:
        return rows.filter(**{f"{order[0]}__{how}": id})
    [at], key = time, order[1]
    # The first condition is all that an index can use.
    return rows.filter(
        Q(**{f"created_at__{how}": at}) | Q(created_at=at, **{f"{key}__{how}": id}),
        **{f"created_at__{how}e": at},
    )


def page(
    rows: QuerySet[Row], params: Fields, *, kind: str, key: str = "pk"
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
        TooManyRequests: If the total is asked for while the account counts or searches too much.
    """
    if total := params.get(totals.TOTAL):
        total.take([rows])
    limit, order = params["limit"], order_of(rows.model, key)
    name, cursor = _cursor(params)
    is_back = name == "ending_before"
    if cursor:
        place = rows.filter(**{key: cursor}).values_list(*order).first()
        if place is None:
            raise _no_such(kind, cursor, name)
        rows = after_cursor(rows, order, place, is_older=not is_back)
    found = list(rows.order_by(*_sorting(order, is_back=is_back))[: limit + 1])
    return _cut(found, limit, is_back=is_back)


def page_of_several(
    kinds: Mapping[str, QuerySet[Row]], params: Fields, *, kind: str
) -> tuple[list[Row], bool]:
    """Cut a page out of rows of several tables that the wire calls by one word.

    All of them are sorted by time. Ids of one moment differ only in what follows their prefix.

    Args:
        kinds: Prefix of the ids → all of these that the list may show, of one tenant.
        params: `limit`, `starting_after`, `ending_before`.
        kind: The wire's word for what is listed.

    Returns:
        At most `limit` rows, newest first, and whether there are more.

    Raises:
        InvalidRequest: If a cursor is not the id of one of the tenant's objects.
        TooManyRequests: If the total is asked for while the account counts or searches too much.
    """
    if total := params.get(totals.TOTAL):
        total.take(kinds.values())
    limit, order, at = params["limit"], ("created_at", "pk"), None
    name, cursor = _cursor(params)
    is_back = name == "ending_before"
    if cursor:
        mine = kinds.get(cursor.partition("_")[0])
        if mine is not None:
            at = mine.filter(pk=cursor).values_list("created_at", flat=True).first()
        if at is None:
            raise _no_such(kind, cursor, name)
    found: list[Row] = []
    for prefix, rows in kinds.items():
        if cursor:
            place = at, f"{prefix}_{_suffix(cursor)}"
            rows = after_cursor(rows, order, place, is_older=not is_back)
        found += rows.order_by(*_sorting(order, is_back=is_back))[: limit + 1]
    found.sort(key=_place, reverse=not is_back)
    return _cut(found, limit, is_back=is_back)


def _cursor(params: Fields) -> tuple[str, str | None]:
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise InvalidRequest(
            "You may only specify one of these parameters: starting_after, ending_before.",
            code="parameters_exclusive",
            param="ending_before",
        )
    return ("ending_before", before) if before else ("starting_after", after)


def _sorting(order: Sequence[str], *, is_back: bool) -> list[str]:
    return [column if is_back else f"-{column}" for column in order]


def _cut(found: list[_Item], limit: int, *, is_back: bool) -> tuple[list[_Item], bool]:
    shown = found[:limit]
    return shown[::-1] if is_back else shown, len(found) > limit


def _no_such(kind: str, cursor: str, name: str) -> InvalidRequest:
    return InvalidRequest(f"No such {kind}: '{cursor}'", code="resource_missing", param=name)


def _place(row: Model) -> tuple[datetime, str]:
    at, id = TIME_AND_ID(row)
    return at, _suffix(id)


def _suffix(id: str) -> str:
    """Return what of an id is not its prefix."""
    return id.partition("_")[2]


def cut(items: Sequence[JsonObject], params: Fields, *, kind: str) -> tuple[list[JsonObject], bool]:
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
    rows: Sequence[_Item], render: Callable[[_Item], object], *, has_more: bool, url: str
) -> JsonObject:
    """Render a page as the wire's list object."""
    return {
        "object": "list",
        "data": [render(row) for row in rows],
        "has_more": has_more,
        "url": url,
    }


def list_page(
    rows: QuerySet[Row],
    params: Fields,
    render: Callable[[Row], object],
    *,
    kind: str,
    url: str,
    key: str = "pk",
    prepare: Callable[[list[Row]], list[Row]] = list,
) -> JsonObject:
    """Cut a page and render it.

    Args:
        rows: All that may be listed.
        params: As `ListParams` reads them.
        render: Row to wire.
        kind: What the wire calls a row.
        url: The URL of the endpoint.
        key: The column that orders them.
        prepare: What is done to the page's rows together first.
    """
    found, has_more = page(rows, params, kind=kind, key=key)
    return wire_list(prepare(found), render, has_more=has_more, url=url)


def created_within(rows: QuerySet[Row], bounds: Fields | None) -> QuerySet[Row]:
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
