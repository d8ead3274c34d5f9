"""What an engine may send now: chosen fairly over endpoints, and loaded with a few queries."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.db import connection

from core.database.locking import lock_rows
from core.database.transactions import atomic
from webhooks import queries
from webhooks.engine.leases import SHARD_OF
from webhooks.models import Delivery, Endpoint
from webhooks.services import signing_secrets
from webhooks.states import DeliveryStatus

logger = logging.getLogger(__name__)

# Of one endpoint at once, where it is not said how many; and of all together.
FIRST_LOOK: Final = 16
MOST_CHOSEN: Final = 600
# What falls due for an endpoint that is switched off is canceled, many at a time.
_MOST_CANCELED: Final = 200

# Endpoints that something waits for: one step along the index for each. Of each, first tries and
# others; of an object whose order is kept, only the first that has not ended. Every account has
# its own capabilities and balance, which are called the same.
_CHOOSE: Final = f"""
    WITH RECURSIVE waiting AS (
        (SELECT endpoint_id FROM webhooks_delivery
            WHERE next_attempt_at IS NOT NULL ORDER BY endpoint_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.endpoint_id FROM webhooks_delivery d WHERE d.next_attempt_at IS NOT NULL
            AND d.endpoint_id > w.endpoint_id ORDER BY d.endpoint_id LIMIT 1)
        FROM waiting w WHERE w.endpoint_id IS NOT NULL
    ), kept AS MATERIALIZED (
        SELECT unnest(%(kept)s::text[]) AS id
    ), room AS MATERIALIZED (
        SELECT * FROM unnest(%(endpoints)s::text[], %(rooms)s::int[]) AS r (id, count)
    ), mine AS MATERIALIZED (
        SELECT e.id, {SHARD_OF} AS shard, e.keeps_order,
            e.deleted_at IS NOT NULL OR NOT e.is_enabled AS is_off,
            CASE WHEN e.deleted_at IS NOT NULL OR NOT e.is_enabled THEN {_MOST_CANCELED}
                WHEN e.paused_until > %(at)s OR e.listens_until IS NOT NULL THEN 0
                WHEN e.is_slow THEN least(coalesce(room.count, 1), 1)
                ELSE coalesce(room.count, {FIRST_LOOK}) END AS room
        FROM waiting JOIN webhooks_endpoint e ON e.id = waiting.endpoint_id
        LEFT JOIN room ON room.id = e.id
        WHERE {SHARD_OF} = ANY(%(shards)s)
    )
    SELECT due.id, due.event_id, mine.id, mine.shard, mine.is_off FROM mine
    CROSS JOIN (VALUES ('pending'), ('failing')) AS lane (status)
    CROSS JOIN LATERAL (
        SELECT d.id, d.event_id, d.next_attempt_at,
            row_number() OVER (ORDER BY d.next_attempt_at, d.id) AS place
        FROM webhooks_delivery d
        WHERE d.endpoint_id = mine.id AND d.status = lane.status AND d.next_attempt_at <= %(at)s
            AND d.id NOT IN (SELECT id FROM kept)
            AND (NOT mine.keeps_order OR mine.is_off OR NOT EXISTS (
                SELECT FROM webhooks_event this JOIN webhooks_event before
                    ON before.object_id = this.object_id AND before.id < this.id
                    AND before.account_id = this.account_id AND before.livemode = this.livemode
                JOIN webhooks_delivery first
                    ON first.event_id = before.id AND first.endpoint_id = d.endpoint_id
                WHERE this.id = d.event_id AND first.next_attempt_at IS NOT NULL))
        ORDER BY d.next_attempt_at, d.id LIMIT mine.room
    ) due
    ORDER BY due.place, due.next_attempt_at LIMIT %(most)s
"""  # noqa: S608  no value comes from outside


class Chosen(NamedTuple):
    """A delivery that may be sent now.

    Args:
        id: `dlv_...`.
        event_id: Of what; it says in which partition the delivery is.
        endpoint_id: Where to.
        shard: Of the endpoint.
        is_off: True if nothing is sent there any more.
    """

    id: str
    event_id: str
    endpoint_id: str
    shard: int
    is_off: bool


class _Row(NamedTuple):
    id: str
    endpoint_id: str
    event_id: str
    livemode: bool
    body: str | None
    body_key: int
    tries: int
    uncounted: int
    due_at: datetime
    account_id: str
    type: str


_COLUMNS: Final = (
    "id", "endpoint_id", "event_id", "livemode", "body", "body_key", "attempt_count",
    "attempts_before_resend", "next_attempt_at", "event__account_id", "event__type",
)  # fmt: skip


@dataclass(slots=True)
class Target:
    """An endpoint as it was when its deliveries were loaded, and its shard."""

    endpoint: Endpoint
    shard: int
    _secrets: list[str] | None = None

    def secrets(self, *, at: datetime) -> list[str]:
        """Return what its deliveries are signed with.

        Raises:
            cryptography.exceptions.InvalidTag: If one cannot be read.
        """
        if self._secrets is None:
            self._secrets = signing_secrets.in_use(self.endpoint, at=at)
        return self._secrets

    @property
    def host(self) -> str:
        """Return its host and port: two ports are two servers."""
        return urlsplit(self.endpoint.url).netloc.lower()


@dataclass(slots=True)
class Due:
    """A delivery to be tried now.

    Args:
        id: `dlv_...`.
        target: Where to.
        token: Of the shard, when it was loaded.
        event_id: Sent along, so that receivers know it again.
        livemode: Of the event.
        body: The frozen bytes.
        tries: How often it was tried.
        uncounted: How many of these the schedule does not count.
        due_at: When it fell due; who changes the delivery meanwhile changes this.
        bounds: What it takes a slot of, and how many there are: see `turns`.
    """

    id: str
    target: Target
    token: int
    event_id: str
    livemode: bool
    body: bytes
    tries: int
    uncounted: int
    due_at: datetime
    bounds: list[tuple[tuple[str, str], int]] = field(default_factory=list)

    @property
    def is_retry(self) -> bool:
        """Return whether it was tried before."""
        return self.tries > 0


def choose(
    shards: Collection[int], *, kept: Collection[str], rooms: Mapping[str, int], at: datetime
) -> list[Chosen]:
    """Choose what may be sent, one of each endpoint before anybody's second.

    Args:
        shards: Those that the engine holds.
        kept: Deliveries that it has in memory.
        rooms: Endpoint → how many more of it are wanted, in each lane.
        at: The moment, in UTC.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CHOOSE,
            {
                "at": at,
                "kept": list(kept),
                "endpoints": list(rooms),
                "rooms": list(rooms.values()),
                "shards": list(shards),
                "most": MOST_CHOSEN,
            },
        )
        return [Chosen(*row) for row in cursor.fetchall()]


def load(chosen: list[Chosen], tokens: Mapping[int, int], *, at: datetime) -> list[Due]:
    """Load what was chosen, and cancel what nobody wants or may have any more.

    Args:
        chosen: In their order.
        tokens: Shard → token of the engine's leases.
        at: The moment, in UTC.
    """
    endpoints = Endpoint.objects.in_bulk({one.endpoint_id for one in chosen if not one.is_off})
    wanted = [one for one in chosen if not one.is_off]
    rows = Delivery.objects.filter(
        id__in=[one.id for one in wanted],
        event_id__in=[one.event_id for one in wanted],
        next_attempt_at__isnull=False,
    ).values_list(*_COLUMNS)
    found = {row[0]: _Row(*row) for row in rows}
    consent = {
        id: queries.consent_for(endpoints[row.endpoint_id], row.account_id, row.type)
        for id, row in found.items()
    }
    given = queries.consents(one for one in consent.values() if one)
    targets = {
        one.endpoint_id: Target(endpoints[one.endpoint_id], one.shard)
        for one in chosen
        if one.endpoint_id in endpoints
    }
    refused = {id for id, needed in consent.items() if needed and needed not in given}
    bodies = _bodies(row for row in found.values() if row.id not in refused)
    # Nothing takes a body from what still waits: whoever did it by hand sees what became of it.
    lost = found.keys() - refused - bodies.keys()
    if lost:
        logger.error("The bodies of deliveries are gone: %s", ", ".join(sorted(lost)))
    _cancel([*refused, *lost, *(one.id for one in chosen if one.is_off)], at=at)
    return [
        _due(found[one.id], bodies[one.id], targets[one.endpoint_id], tokens[one.shard])
        for one in chosen
        if one.id in bodies
    ]


def _bodies(rows: Iterable[_Row]) -> dict[str, bytes]:
    """Return what deliveries send, those of one event that are the same but once in memory."""
    wanted = list(rows)
    kept = {
        key: text.encode()
        for key, text in queries.bodies(
            (row.event_id, row.body_key) for row in wanted if row.body is None
        ).items()
    }
    found = {row.id: row.body.encode() for row in wanted if row.body is not None}
    for row in wanted:
        if row.body is None and (row.event_id, row.body_key) in kept:
            found[row.id] = kept[row.event_id, row.body_key]
    return found


def _due(row: _Row, body: bytes, target: Target, token: int) -> Due:
    return Due(
        id=row.id,
        target=target,
        token=token,
        event_id=row.event_id,
        livemode=row.livemode,
        body=body,
        tries=row.tries,
        uncounted=row.uncounted,
        due_at=row.due_at,
    )


def _cancel(ids: Collection[str], *, at: datetime) -> None:
    if not ids:
        return
    with atomic():
        waiting = Delivery.objects.filter(id__in=ids, next_attempt_at__isnull=False).order_by("id")
        locked = list(lock_rows(waiting).values_list("id", flat=True))
        Delivery.objects.filter(id__in=locked).update(
            status=DeliveryStatus.CANCELED, next_attempt_at=None, ended_at=at
        )
