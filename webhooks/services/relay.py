"""Fan out: events that have surely committed become deliveries."""

from datetime import datetime

from django.db import connection

from core.database.locking import lock_rows
from core.database.transactions import atomic
from webhooks.models import Event, FanOut, RelayCursor
from webhooks.services import audience, hints
from webhooks.services.audience import Settled

BATCH = 500


class NeedsRebase(RuntimeError):
    """The database was restored into another cluster, where transaction numbers start anew."""


def run_once(*, at: datetime) -> int:
    """Fan out one batch of events below the commit horizon.

    The cursor moves in the transaction that makes the deliveries; a crash anywhere
    means that the batch is done again, and the unique key of deliveries absorbs it.

    Args:
        at: The moment, in UTC; the first attempts are due now.

    Returns:
        How many events were fanned out; 0 while another relay is at work.

    Raises:
        NeedsRebase: If the cursor was set in another cluster.
    """
    with atomic():
        cursor = lock_rows(RelayCursor.objects.filter(id=1), skip_locked=True).first()
        if cursor is None:
            return 0
        events = _settled_after(cursor)
        if not events:
            return 0
        deliveries = audience.deliveries(events, at=at)
        if deliveries:
            audience.insert(deliveries)
            hints.publish_after_commit(hints.DELIVERIES)
        _move(cursor, events[-1], len(events), len(deliveries), at=at)
    return len(events)


def _settled_after(cursor: RelayCursor) -> list[Settled]:
    """Return the next events in (transaction, id) order that nobody can slip in before."""
    with connection.cursor() as db:
        db.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, "
            "system_identifier::text FROM pg_control_system()"
        )
        horizon, cluster = db.fetchone()
    if cluster != cursor.system_identifier:
        raise NeedsRebase(
            "This database was restored into another cluster: run `rialto ledger rebase`, or "
            "SELECT webhooks_relay_rebase() as the owner of the tables."
        )
    rows = (
        Event.objects.extra(where=["(xid, id) > (%s, %s)"], params=[cursor.xid, cursor.event_id])
        .filter(xid__lt=horizon)
        .order_by("xid", "id")
        .values_list("xid", "id", "account_id", "livemode", "type", "object_id")
    )
    return [Settled(*row) for row in rows[:BATCH]]


def _move(
    cursor: RelayCursor, last: Settled, event_count: int, delivery_count: int, *, at: datetime
) -> None:
    FanOut.objects.create(
        after_xid=cursor.xid,
        after_event_id=cursor.event_id,
        until_xid=last.xid,
        until_event_id=last.id,
        event_count=event_count,
        delivery_count=delivery_count,
        created_at=at,
    )
    cursor.xid, cursor.event_id = last.xid, last.id
    cursor.save(update_fields=["xid", "event_id"])
