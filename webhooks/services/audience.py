"""Who hears of an event: the endpoints that asked for it, and what each is sent."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

import orjson
from django.db import connection

from accounts.models import Connection
from core.ids import new_id
from core.types import SqlValues
from webhooks import queries, rendering, resources, thin
from webhooks.catalog import TEST_EVENT, THIN_ONLY
from webhooks.models import Delivery, Endpoint, Event

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
        is_thin: True for what happened and to what, without the object.
    """

    is_connect: bool
    version: str
    granted: Granted
    is_thin: bool = False

    @property
    def key(self) -> int:
        """Return what stands for it beside an event: the same for all that are sent the same."""
        told = repr((self.is_connect, self.version, self.granted, self.is_thin)).encode()
        return int.from_bytes(hashlib.sha256(told).digest()[:8], signed=True)


class Made(NamedTuple):
    """Deliveries that are not saved yet, and what they send.

    Args:
        deliveries: The deliveries.
        bodies: Event and key → the bytes.
    """

    deliveries: list[Delivery]
    bodies: Mapping[queries.BodyKey, str]


# Thin events have no version, and tell nothing that somebody may not see.
_THINLY: Final = Hearing(is_connect=False, version="", granted=None, is_thin=True)

# One parameter for each column, so that the number of rows is not limited by that of parameters.
# A body that is there stays: what is sent later of an event is what was sent of it before.
_GIVEN: Final = (
    "id", "account_id", "livemode", "event_id", "endpoint_id", "body_key", "created_at",
)  # fmt: skip
_INSERT: Final = """
    WITH body AS (
        INSERT INTO webhooks_body (event_id, key, text, created_at)
        SELECT b.*, %s FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS b
        ON CONFLICT (event_id, key) DO NOTHING
    )
    INSERT INTO webhooks_delivery (id, account_id, livemode, event_id, endpoint_id, body_key,
        created_at, status, attempt_count, attempts_before_resend, next_attempt_at)
    SELECT d.*, 'pending', 0, 0, d.created_at
    FROM unnest(%s::text[], %s::text[], %s::boolean[], %s::text[], %s::text[], %s::bigint[],
        %s::timestamptz[])
        AS d (id, account_id, livemode, event_id, endpoint_id, body_key, created_at)
    ON CONFLICT (event_id, endpoint_id) DO NOTHING
    RETURNING event_id
"""


def insert(made: Made) -> list[str]:
    """Insert deliveries with one statement, and return the events of those that are new."""
    if not made.deliveries:
        return []
    # In one order for all, so that nobody waits in a circle.
    keys = sorted(made.bodies)
    events, numbers = [event_id for event_id, _ in keys], [number for _, number in keys]
    bodies: SqlValues = [
        made.deliveries[0].created_at,
        events,
        numbers,
        [made.bodies[key] for key in keys],
    ]
    columns = [[getattr(row, name) for row in made.deliveries] for name in _GIVEN]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*bodies, *columns])
        return [event_id for (event_id,) in cursor.fetchall()]


def deliveries(settled: list[Settled], *, at: datetime, only: str | None = None) -> Made:
    """Build the deliveries of events that are settled, without saving them.

    Args:
        settled: The events.
        at: The moment; they are due at once.
        only: One endpoint, if it is for that one alone.
    """
    wanted = _subscriptions(settled, only)
    events = Event.objects.in_bulk(list(wanted)) if wanted else {}
    bodies = _bodies(wanted, events, at=at)
    made: list[Delivery] = []
    for event_id, interested in wanted.items():
        event = events[event_id]
        made += [
            Delivery(
                id=new_id("dlv"),
                account_id=endpoint.account_id,
                livemode=event.livemode,
                event=event,
                endpoint=endpoint,
                body_key=hearing.key,
                created_at=at,
            )
            for endpoint, hearing in interested
        ]
    return Made(made, {(id, hearing.key): text for (id, hearing), text in bodies.items()})


def _subscriptions(
    settled: list[Settled], only: str | None
) -> dict[str, list[tuple[Endpoint, Hearing]]]:
    """Return who wants which events, in their order, and as whom it hears of them."""
    platforms = _platforms_of(settled)
    accounts = {e.account_id for e in settled} | {p for some in platforms.values() for p in some}
    accounts |= {e.about for e in settled if e.is_about_an_application}
    endpoints = queries.listening(accounts, only=only)
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
    if event.type == TEST_EVENT or event.type in THIN_ONLY:
        # It is for the endpoint that it is about.
        own = endpoints.get((event.account_id, event.livemode), [])
        return [(one, _own_hearing(one, event)) for one in own if one.id == event.object_id]
    letting = platforms.get((event.account_id, event.livemode), {})
    listening: list[tuple[Endpoint, bool, Granted]] = []
    for endpoint in endpoints.get((event.account_id, event.livemode), []):
        maker = endpoint.platform_id
        if endpoint.hears_own and (maker is None or maker in letting):
            listening.append((endpoint, False, letting[maker] if maker else None))
    hearing: Mapping[str, Granted] = (
        {event.about: None} if event.is_about_an_application else letting
    )
    for platform, granted in hearing.items():
        theirs = endpoints.get((platform, event.livemode), [])
        # A command that listens hears of both.
        listening += [
            (endpoint, True, granted)
            for endpoint in theirs
            if endpoint.is_connect or endpoint.listens_until
        ]
    return [
        (endpoint, _hearing(endpoint, is_connect=is_connect, granted=granted))
        for endpoint, is_connect, granted in listening
        if "*" in endpoint.enabled_events or event.type in endpoint.enabled_events
    ]


def _own_hearing(endpoint: Endpoint, event: Settled) -> Hearing:
    if endpoint.is_thin or event.type in THIN_ONLY:
        return _THINLY
    return Hearing(is_connect=False, version=_version_of(endpoint), granted=None)


def _hearing(endpoint: Endpoint, *, is_connect: bool, granted: Granted) -> Hearing:
    if endpoint.is_thin:
        return Hearing(is_connect, "", None, is_thin=True)
    return Hearing(is_connect, _version_of(endpoint), granted)


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
        if hearing.is_thin:
            made |= {(row.id, hearing): _thin_body(row, hearing) for row in rows}
            continue
        for rendered in rendering.events(
            rows, pending=pending, is_connect=hearing.is_connect, version=hearing.version, at=at
        ):
            told = rendered
            if hearing.granted is not None:
                told = resources.for_application(rendered, dict(hearing.granted))
            text = orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()
            made[rendered["id"], hearing] = text
    return made


def _thin_body(event: Event, hearing: Hearing) -> str:
    context = event.account_id if hearing.is_connect else None
    told = thin.notification(event, context=context)
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _version_of(endpoint: Endpoint) -> str:
    """Return the version that an endpoint asked for, or that its account speaks."""
    return endpoint.api_version or endpoint.account.api_version
