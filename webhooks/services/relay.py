"""Fan out: events that have surely committed become deliveries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from accounts.models import Connection
from core.db import atomic
from core.ids import new_id
from core.jobs import enqueue
from webhooks import queries, resources
from webhooks.models import Delivery, Endpoint, Event, RelayCursor

BATCH = 200


def run_once(*, at: datetime) -> int:
    """Fan out one batch of events below the commit horizon.

    The cursor moves in the transaction that makes the deliveries; a crash anywhere
    means that the batch is done again, and the unique key of deliveries absorbs it.

    Args:
        at: The moment, in UTC; the first attempts are due now.

    Returns:
        How many events were fanned out; 0 while another relay is at work.
    """
    with atomic():
        cursor = RelayCursor.objects.select_for_update(skip_locked=True).filter(id=1).first()
        if cursor is None:
            return 0
        events = _settled_after(cursor)
        if not events:
            return 0
        deliveries = _deliveries(events, at=at)
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        cursor.xid, cursor.event_id = events[-1].xid, events[-1].id
        cursor.save(update_fields=["xid", "event_id"])
        for delivery in deliveries:
            enqueue("webhooks.deliver", delivery_id=delivery.id)
    return len(events)


def _settled_after(cursor: RelayCursor) -> list[Event]:
    """Return the next events in (transaction, id) order that nobody can slip in before."""
    with connection.cursor() as db:
        db.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (horizon,) = db.fetchone()
    return list(
        Event.objects.extra(where=["(xid, id) > (%s, %s)"], params=[cursor.xid, cursor.event_id])
        .filter(xid__lt=horizon)
        .order_by("xid", "id")[:BATCH]
    )


def _deliveries(events: list[Event], *, at: datetime) -> list[Delivery]:
    platforms = _platforms_of(events)
    accounts = {e.account_id for e in events} | {p for some in platforms.values() for p in some}
    endpoints = queries.listening(accounts)
    made = []
    for event in events:
        interested = _interested(event, endpoints, platforms)
        bodies = {
            is_connect: body_of(event, is_connect=is_connect, pending=len(interested))
            for is_connect in {endpoint.is_connect for endpoint in interested}
        }
        made += [
            Delivery(
                id=new_id("dlv"),
                account_id=endpoint.account_id,
                livemode=event.livemode,
                event=event,
                endpoint=endpoint,
                body=bodies[endpoint.is_connect],
                next_attempt_at=at,
                created_at=at,
            )
            for endpoint in interested
        ]
    return made


def _platforms_of(events: list[Event]) -> Mapping[tuple[str, bool], list[str]]:
    """Return who may hear of each account: (account, mode) → platforms."""
    found: dict[tuple[str, bool], list[str]] = {}
    rows = Connection.objects.filter(
        account_id__in={event.account_id for event in events}, ended_at=None
    ).values_list("account_id", "livemode", "platform_id")
    for account_id, livemode, platform_id in rows:
        found.setdefault((account_id, livemode), []).append(platform_id)
    return found


def _interested(
    event: Event,
    endpoints: Mapping[tuple[str, bool], list[Endpoint]],
    platforms: Mapping[tuple[str, bool], list[str]],
) -> list[Endpoint]:
    own = endpoints.get((event.account_id, event.livemode), [])
    listening = [e for e in own if not e.is_connect]
    for platform in platforms.get((event.account_id, event.livemode), []):
        listening += [e for e in endpoints.get((platform, event.livemode), []) if e.is_connect]
    return [e for e in listening if "*" in e.enabled_events or event.type in e.enabled_events]


def body_of(event: Event, *, is_connect: bool, pending: int) -> str:
    """Render the bytes that every try of a delivery sends."""
    rendered: dict[str, Any] = resources.event(event, pending=pending, is_connect=is_connect)
    return orjson.dumps(rendered, option=orjson.OPT_INDENT_2).decode()
