"""Fan out: events that have surely committed become deliveries."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import orjson
from django.db import connection

from accounts.models import Connection
from core.database.locking import lock_rows
from core.database.transactions import atomic
from core.ids import new_id
from core.jobs import enqueue
from webhooks import queries, rendering, resources
from webhooks.models import Delivery, Endpoint, Event, FanOut, RelayCursor
from webhooks.services import dispatch

BATCH = 500

_GIVEN = (
    "id", "account_id", "livemode", "event_id", "endpoint_id", "body", "created_at", "hinted_at"
)  # fmt: skip
# One parameter for each column, so that the number of rows is not limited by that of parameters.
_INSERT = """
    INSERT INTO webhooks_delivery (id, account_id, livemode, event_id, endpoint_id, body,
        created_at, hinted_at, status, attempt_count, attempts_before_resend, next_attempt_at)
    SELECT d.*, 'pending', 0, 0, d.created_at
    FROM unnest(%s::text[], %s::text[], %s::boolean[], %s::text[], %s::text[], %s::text[],
        %s::timestamptz[], %s::timestamptz[])
        AS d (id, account_id, livemode, event_id, endpoint_id, body, created_at, hinted_at)
    ON CONFLICT (event_id, endpoint_id) DO NOTHING
    RETURNING id, hinted_at IS NOT NULL
"""


# What an account's owner lets an application do: (permission, level).
Granted = tuple[tuple[str, str], ...] | None
# Who may hear of each account, and what it lets them do: (account, mode) → platform → that.
Platforms = Mapping[tuple[str, bool], Mapping[str, Granted]]


class Settled(NamedTuple):
    """The head of an event, by which its endpoints are found before the rest is read."""

    xid: int
    id: str
    account_id: str
    livemode: bool
    type: str
    object_id: str = ""

    @property
    def is_about_an_application(self) -> bool:
        """Return whether only the application's platform receives the event."""
        return self.type.startswith(queries.ABOUT_APPLICATIONS)

    @property
    def about(self) -> str:
        """The platform of the application `ca_...` that it is about."""
        return "acct_" + self.object_id.removeprefix("ca_")


class Hearing(NamedTuple):
    """The way in which an endpoint receives an account's events.

    Args:
        is_connect: True for a platform's own endpoint.
        version: The version of the API, as it is rendered.
        granted: What the account's owner has agreed to; None for the account itself, and for the
            platform that opened it: they see everything.
    """

    is_connect: bool
    version: str
    granted: Granted


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
        deliveries = _deliveries(events, at=at)
        _hint(deliveries, at=at)
        for id in _insert(deliveries):
            enqueue("webhooks.deliver", delivery_id=id)
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


def _insert(deliveries: list[Delivery]) -> list[str]:
    """Insert all with one statement, and return those that are new and to be handed out now."""
    if not deliveries:
        return []
    columns = [[getattr(row, name) for row in deliveries] for name in _GIVEN]
    with connection.cursor() as db:
        db.execute(_INSERT, columns)
        return [id for id, is_hinted in db.fetchall() if is_hinted]


def _hint(deliveries: list[Delivery], *, at: datetime) -> None:
    """Choose what is handed out at once: a few of each endpoint, and none while it rests.

    Each that ends hands on the next, so that nobody's thousand stand before another's one.
    """
    counts: Counter[str] = Counter()
    for delivery in deliveries:
        endpoint = delivery.endpoint
        is_resting = endpoint.paused_until and endpoint.paused_until > at
        if not is_resting and counts[endpoint.id] < dispatch.MOST_PER_ENDPOINT:
            counts[endpoint.id] += 1
            delivery.hinted_at = at


def _deliveries(settled: list[Settled], *, at: datetime) -> list[Delivery]:
    wanted = _subscriptions(settled)
    events = Event.objects.in_bulk(list(wanted)) if wanted else {}
    bodies = _bodies(wanted, events, at=at)
    made = []
    for event_id, interested in wanted.items():
        event = events[event_id]
        made += [
            Delivery(
                id=new_id("dlv"),
                account_id=endpoint.account_id,
                livemode=event.livemode,
                event=event,
                endpoint=endpoint,
                body=bodies[event_id, hearing],
                created_at=at,
            )
            for endpoint, hearing in interested
        ]
    return made


def _subscriptions(settled: list[Settled]) -> dict[str, list[tuple[Endpoint, Hearing]]]:
    """Return who wants which events, in their order, and as whom it hears of them."""
    platforms = _platforms_of(settled)
    accounts = {e.account_id for e in settled} | {p for some in platforms.values() for p in some}
    accounts |= {e.about for e in settled if e.is_about_an_application}
    endpoints = queries.listening(accounts)
    found = {event.id: _subscribers(event, endpoints, platforms) for event in settled}
    return {event_id: interested for event_id, interested in found.items() if interested}


def _platforms_of(events: list[Settled]) -> Platforms:
    found: dict[tuple[str, bool], dict[str, Granted]] = {}
    rows = Connection.objects.filter(
        Connection.letting("read", "events"),
        account_id__in={event.account_id for event in events},
        ended_at=None,
    ).values_list("account_id", "livemode", "platform_id", "granted", "account__opened_by_id")
    for account_id, livemode, platform_id, granted, opened_by_id in rows:
        agreed = None if platform_id == opened_by_id else tuple(sorted((granted or {}).items()))
        found.setdefault((account_id, livemode), {})[platform_id] = agreed
    return found


def _subscribers(
    event: Settled,
    endpoints: Mapping[tuple[str, bool], list[Endpoint]],
    platforms: Platforms,
) -> list[tuple[Endpoint, Hearing]]:
    """Return who wants an event, and how it hears; its account may be connected no more."""
    letting = platforms.get((event.account_id, event.livemode), {})
    listening: list[tuple[Endpoint, Granted]] = []
    for endpoint in endpoints.get((event.account_id, event.livemode), []):
        maker = endpoint.platform_id
        if not endpoint.is_connect and (maker is None or maker in letting):
            listening.append((endpoint, letting[maker] if maker else None))
    hearing: Mapping[str, Granted] = (
        {event.about: None} if event.is_about_an_application else letting
    )
    for platform, granted in hearing.items():
        theirs = endpoints.get((platform, event.livemode), [])
        listening += [(endpoint, granted) for endpoint in theirs if endpoint.is_connect]
    return [
        (endpoint, Hearing(endpoint.is_connect, _version_of(endpoint), granted))
        for endpoint, granted in listening
        if "*" in endpoint.enabled_events or event.type in endpoint.enabled_events
    ]


def _bodies(
    wanted: Mapping[str, list[tuple[Endpoint, Hearing]]],
    events: Mapping[str, Event],
    *,
    at: datetime,
) -> dict[tuple[str, Hearing], str]:
    """Render the bytes that every try sends: for each event and way of hearing once."""
    pending = {event_id: len(interested) for event_id, interested in wanted.items()}
    hearers: dict[Hearing, list[Event]] = {}
    for event_id, interested in wanted.items():
        for hearing in dict.fromkeys(hearing for _, hearing in interested):
            hearers.setdefault(hearing, []).append(events[event_id])
    made: dict[tuple[str, Hearing], str] = {}
    for hearing, rows in hearers.items():
        for rendered in rendering.events(
            rows, pending=pending, is_connect=hearing.is_connect, version=hearing.version, at=at
        ):
            told = rendered
            if hearing.granted is not None:
                told = resources.for_application(rendered, dict(hearing.granted))
            text = orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
            made[rendered["id"], hearing] = text
    return made


def _version_of(endpoint: Endpoint) -> str:
    """Return the version that an endpoint asked for, or that its account speaks."""
    return endpoint.api_version or endpoint.account.api_version
