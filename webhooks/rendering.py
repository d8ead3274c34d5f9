"""Events in the version that their reader speaks: as what happened, in the words of its time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

import orjson

from api.answers import expand
from api.older import versions
from api.older.versions import Inside
from core.tenant import Tenant
from core.types import JsonObject
from webhooks import resources
from webhooks.models import Event

Wire = JsonObject


def events(
    rows: Sequence[Event],
    *,
    pending: Mapping[str, int],
    is_connect: bool = False,
    version: str,
    at: datetime,
) -> list[Wire]:
    """Render events in a version.

    Args:
        rows: The events.
        pending: How many deliveries of each have not succeeded yet.
        is_connect: True for a platform that hears of its connected account.
        version: In which they are read.
        at: The moment, in UTC.
    """
    rendered = [
        resources.event(row, pending=pending.get(row.id, 0), is_connect=is_connect) for row in rows
    ]
    for wire in rendered:
        wire["api_version"] = version
    if not versions.is_older(version):
        return rendered
    pairs = list(zip(rows, rendered, strict=True))
    for one in versions.inside(version):
        _put_inside(pairs, one, at)
    for wire in rendered:
        versions.downgrade_event(wire, version)
    return rendered


def _put_inside(pairs: Sequence[tuple[Event, Wire]], one: Inside, at: datetime) -> None:
    """Put a list into all objects that had it, with what was true when the event happened."""
    of_owners: dict[Tenant, list[Wire]] = {}
    for event, wire in pairs:
        owner = Tenant(event.account_id, event.livemode)
        of_owners.setdefault(owner, []).append(wire["data"]["object"])
    for owner, objects in of_owners.items():
        expand.embed_list(objects, one.kind, one.field, owner, at, _see_all)
    lists = [
        (event, node[one.field])
        for event, wire in pairs
        for node in expand.of_kind(wire["data"]["object"], one.kind)
        if one.field in node
    ]
    tellings = _tellings(item["id"] for _, found in lists for item in found["data"])
    for event, found in lists:
        found["data"] = [
            was
            for item in found["data"]
            if (was := _as_of(event, item, tellings.get(item["id"], [])))
        ]
        if "total_count" in found:
            found["total_count"] = len(found["data"])


class _Telling(NamedTuple):
    """An object as an event told it."""

    object_id: str
    id: str
    xid: int
    data: str


def _tellings(ids: Iterable[str]) -> dict[str, list[_Telling]]:
    """Return what events told of objects, oldest first, in one query."""
    object_ids = set(ids)
    found: dict[str, list[_Telling]] = {}
    if object_ids:
        rows = Event.objects.filter(object_id__in=object_ids).order_by("id")
        for row in rows.values_list("object_id", "id", "xid", "data"):
            found.setdefault(row[0], []).append(_Telling(*row))
    return found


def _as_of(event: Event, item: Wire, tellings: Sequence[_Telling]) -> Wire | None:
    """Return an object as it was when an event happened; None if it was not there yet."""
    if not tellings:
        return item if item.get("created", 0) <= event.created_at.timestamp() else None
    # What the same transaction wrote was true together, in whatever order it wrote.
    known = [one.data for one in tellings if one.id < event.id or one.xid == event.xid]
    return cast(Wire, orjson.loads(known[-1])["object"]) if known else None


def _see_all(resource: str) -> None:
    """Show all that an event tells to whoever may read it."""
