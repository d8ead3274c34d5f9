"""Fan out: events that have surely committed become deliveries."""

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from core.database.locking import lock_rows
from core.database.transactions import atomic
from webhooks.models import Event, FanOut, RelayCursor
from webhooks.services import audience, hints
from webhooks.services.audience import Settled

BATCH = 500

_Head = tuple[int, str, str, bool, str, str]


class NeedsRebase(RuntimeError):
    """The database was restored into another cluster, where transaction numbers start anew."""


def run_once(*, at: datetime, batch: int = BATCH) -> int:
    """Fan out one batch of events below the commit horizon.

    The cursor moves in the transaction that makes the deliveries; a crash anywhere
    means that the batch is done again, and the unique key of deliveries absorbs it.

    Args:
        at: The moment, in UTC; the first attempts are due now.
        batch: How many events are taken; more, where the order of an object asks for it.

    Returns:
        How many events were fanned out; 0 while another relay is at work.

    Raises:
        NeedsRebase: If the cursor was set in another cluster.
    """
    with atomic():
        cursor = lock_rows(RelayCursor.objects.filter(id=1), skip_locked=True).first()
        if cursor is None:
            return 0
        events = _settled_after(cursor, batch)
        if not events:
            return 0
        made = audience.deliveries(events, at=at)
        if made.deliveries:
            audience.insert(made)
            hints.publish_after_commit(hints.DELIVERIES)
        _move(cursor, events[-1], len(events), len(made.deliveries), at=at)
    return len(events)


def _settled_after(cursor: RelayCursor, batch: int) -> list[Settled]:
    """Return the next events in (transaction, id) order that nobody can slip in before.

    An object's events happened in the order of their ids. A transaction that began early and
    waited for the object wrote its event after one that began later: where the batch would be cut
    between the two it goes on, so that endpoints which keep the order have both to choose from.

    Nothing is known of what was written last, so PostgreSQL takes it for little and would sort all
    that waits for each batch. It reads along the indexes of the partitions where it may not sort.
    """
    with connection.cursor() as db:
        db.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, "
            "system_identifier::text, set_config('enable_sort', 'off', true) "
            "FROM pg_control_system()"
        )
        horizon, cluster, _ = db.fetchone()
    if cluster != cursor.system_identifier:
        raise NeedsRebase(
            "This database was restored into another cluster: run `rialto ledger rebase`, or "
            "SELECT webhooks_relay_rebase() as the owner of the tables."
        )
    found = _following(cursor.xid, cursor.event_id, horizon)[:batch]
    events = [Settled(*row) for row in found]
    while len(events) >= batch and (last := _last_overtaken(events, horizon)):
        beyond = _following(events[-1].xid, events[-1].id, horizon)
        up_to = beyond.extra(where=["(xid, id) <= (%s, %s)"], params=[*last])
        events += [Settled(*row) for row in up_to]
    return events


def _following(xid: int, event_id: str, horizon: int) -> "QuerySet[Event, _Head]":
    """Return the heads of the settled events after a position, in (transaction, id) order."""
    return (
        Event.objects.extra(where=["(xid, id) > (%s, %s)"], params=[xid, event_id])
        .filter(xid__lt=horizon)
        .order_by("xid", "id")
        .values_list("xid", "id", "account_id", "livemode", "type", "object_id")
    )


def _last_overtaken(events: list[Settled], horizon: int) -> tuple[int, str] | None:
    """Return the last event beyond a batch that happened before one of its object within."""
    newest: dict[str, str] = {}
    for event in events:
        newest[event.object_id] = max(newest.get(event.object_id, ""), event.id)
    beyond = _following(events[-1].xid, events[-1].id, horizon).filter(
        object_id__in=newest, id__lt=max(newest.values())
    )
    positions = beyond.values_list("xid", "id", "object_id")
    overtaken = [(xid, id) for xid, id, about in positions if id < newest[about]]
    return max(overtaken, default=None)


def _move(
    cursor: RelayCursor, last: Settled, event_count: int, delivery_count: int, *, at: datetime
) -> None:
    batch = FanOut(
        after_xid=cursor.xid,
        after_event_id=cursor.event_id,
        until_xid=last.xid,
        until_event_id=last.id,
        event_count=event_count,
        delivery_count=delivery_count,
        created_at=at,
    )
    # A cursor that somebody has put back comes by the same place again, and is not held up.
    FanOut.objects.bulk_create(
        [batch],
        update_conflicts=True,
        unique_fields=["until_xid", "until_event_id"],
        update_fields=[
            "after_xid",
            "after_event_id",
            "event_count",
            "delivery_count",
            "created_at",
        ],
    )
    cursor.xid, cursor.event_id = last.xid, last.id
    cursor.save(update_fields=["xid", "event_id"])
