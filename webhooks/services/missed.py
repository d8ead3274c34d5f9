"""Sending an endpoint what happened while it was disabled."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Connection
from core.database.transactions import require_transaction
from core.ids import application_id, earlier, new_id
from webhooks import queries
from webhooks.models import Endpoint, Event
from webhooks.services import audience, hints
from webhooks.services.audience import Settled

_BATCH: Final = 500
# What happened so long before it was disabled may not have been fanned out yet. What it had it
# does not get again.
_LONGEST_LAG: Final = timedelta(minutes=10)

# The stretches of events that the relay took are answered for: what is added to one is counted.
# They follow one another, so that of an event is the first one which ends at it or later.
_COUNT: Final = """
    UPDATE webhooks_fanout f SET delivery_count = f.delivery_count + added.count
    FROM (
        SELECT s.until_xid, s.until_event_id, count(*) AS count FROM webhooks_event e
        CROSS JOIN LATERAL (
            SELECT * FROM webhooks_fanout f
            WHERE (f.until_xid, f.until_event_id) >= (e.xid, e.id)
            ORDER BY f.until_xid, f.until_event_id LIMIT 1
        ) s
        WHERE e.id = ANY(%s) AND (e.xid, e.id) > (s.after_xid, s.after_event_id) GROUP BY 1, 2
    ) added
    WHERE f.until_xid = added.until_xid AND f.until_event_id = added.until_event_id
"""


def begin(endpoint: Endpoint) -> None:
    """Note, on an endpoint that is being disabled, from where on it misses events."""
    endpoint.missed_until = ""
    if not endpoint.missed_after:
        lag = earlier(new_id("evt"), _LONGEST_LAG)
        made = "evt_" + endpoint.id.removeprefix("we_")
        endpoint.missed_after = max(lag, made)


def end(endpoint: Endpoint) -> None:
    """Note, on an endpoint that is being enabled, that it misses nothing from now on."""
    if endpoint.missed_after:
        endpoint.missed_until = new_id("evt")


def count(endpoint: Endpoint) -> int:
    """Return how many events an endpoint has missed."""
    return _events(endpoint).count() if endpoint.missed_after else 0


def send_batch(endpoint: Endpoint, *, at: datetime) -> int:
    """Make deliveries of the next events that an endpoint missed, the oldest first. A step.

    Args:
        endpoint: The endpoint, locked; once it has missed nothing more, its mark is empty.
        at: The moment.

    Returns:
        How many will be sent.
    """
    require_transaction()
    rows = _events(endpoint).values_list("xid", "id", "account_id", "livemode", "type", "object_id")
    events = [Settled(*row) for row in rows[:_BATCH]]
    count = add(events, endpoint.id, at=at) if events else 0
    endpoint.missed_after = events[-1].id if len(events) == _BATCH else ""
    endpoint.save(update_fields=["missed_after"])
    return count


def add(events: list[Settled], endpoint_id: str, *, at: datetime) -> int:
    """Make deliveries of events that went out before an endpoint heard. A step.

    Args:
        events: Those that it wants and has are not sent to it again.
        endpoint_id: `we_...`.
        at: The moment.

    Returns:
        How many will be sent.
    """
    require_transaction()
    added = audience.insert(audience.deliveries(events, at=at, only=endpoint_id))
    if added:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [added])
        hints.publish_after_commit(hints.DELIVERIES)
    return len(added)


def _events(endpoint: Endpoint) -> QuerySet[Event]:
    rows = Event.objects.filter(
        id__gt=endpoint.missed_after, id__lte=endpoint.missed_until, livemode=endpoint.livemode
    ).order_by("id")
    if "*" not in endpoint.enabled_events:
        rows = rows.filter(type__in=endpoint.enabled_events)
    if not endpoint.is_connect:
        return rows.filter(account_id=endpoint.account_id)
    connected = Connection.objects.filter(
        platform_id=endpoint.account_id, livemode=endpoint.livemode, ended_at=None
    ).values("account_id")
    about = Q(
        type__startswith=queries.ABOUT_APPLICATIONS,
        object_id=application_id(endpoint.account_id),
    )
    own = Q(account_id=endpoint.account_id) if endpoint.hears_own else Q()
    return rows.filter(Q(account_id__in=connected) | about | own)
