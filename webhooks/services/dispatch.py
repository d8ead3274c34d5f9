"""Whose deliveries may be tried now, so that nobody's silent endpoints take everybody's turns.

What is due waits in the database. A worker is handed a few deliveries of each endpoint; each that
ends hands on the next of its account, and the sweep begins anew whatever stopped.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from core.database.locking import lock_rows
from core.database.transactions import atomic, require_transaction
from core.jobs import enqueue
from webhooks.models import Delivery, Endpoint
from webhooks.sending.client import Reply

# Requests in flight at one moment, over all workers.
MOST_PER_ENDPOINT: Final = 4
MOST_PER_ACCOUNT: Final = 6
MOST_PER_HOST: Final = 12
# To all endpoints together whose last answer took long or never came: they share what is a
# quarter of one worker's threads. Each of them has one request in flight.
MOST_SLOW: Final = 6
SLOW_MS: Final = 5_000
# The breaker: after so many timeouts in a row an endpoint rests, and is then sent one delivery.
# Each further timeout doubles the rest.
BREAKS_AFTER_TIMEOUTS: Final = 3
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=5)
# Whatever was handed out and is still due then, its hint is taken to be lost. Shorter than any
# wait between two tries, so that it never keeps back a retry.
HINT_AGAIN_AFTER: Final = timedelta(seconds=5)
# What falls due for an endpoint that is switched off is canceled, many at a time.
_MOST_CANCELED = 100
_CLAIMS_LOCK = "webhook deliveries are claimed"

_IN_FLIGHT = """
    SELECT webhooks_delivery.endpoint_id, webhooks_delivery.account_id, e.url, e.is_slow
    FROM webhooks_delivery JOIN webhooks_endpoint e ON e.id = webhooks_delivery.endpoint_id
    WHERE leased_until > %s AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = leased_by)
"""

# All endpoints that something waits for: one step along the index for each.
_ALL_WAITING = """
    RECURSIVE waiting AS (
        (SELECT endpoint_id FROM webhooks_delivery
            WHERE next_attempt_at IS NOT NULL ORDER BY endpoint_id LIMIT 1)
        UNION ALL
        SELECT (SELECT d.endpoint_id FROM webhooks_delivery d WHERE d.next_attempt_at IS NOT NULL
            AND d.endpoint_id > w.endpoint_id ORDER BY d.endpoint_id LIMIT 1)
        FROM waiting w WHERE w.endpoint_id IS NOT NULL
    )
"""
_OF_ACCOUNT = """
    waiting AS (
        SELECT id AS endpoint_id FROM webhooks_endpoint
        WHERE account_id = %(account)s AND deleted_at IS NULL
    )
"""
# The first of every endpoint come first, then the second, and so on.
_NEXT = """
    , in_flight AS MATERIALIZED (
        SELECT endpoint_id, count(*) AS count FROM webhooks_delivery
        WHERE leased_until > %(at)s GROUP BY endpoint_id
    )
    SELECT due.id FROM waiting
    JOIN webhooks_endpoint e ON e.id = waiting.endpoint_id
    LEFT JOIN in_flight USING (endpoint_id)
    CROSS JOIN LATERAL (
        SELECT d.id, d.next_attempt_at, coalesce(in_flight.count, 0)
            + row_number() OVER (ORDER BY d.next_attempt_at, d.id) AS place
        FROM webhooks_delivery d
        WHERE d.endpoint_id = e.id AND d.next_attempt_at <= %(at)s
            AND (d.leased_until IS NULL OR d.leased_until < %(at)s OR NOT EXISTS (
                SELECT FROM pg_stat_activity a WHERE a.pid = d.leased_by))
            AND (d.hinted_at IS NULL OR d.hinted_at <= %(hinted_before)s)
        ORDER BY d.next_attempt_at, d.id LIMIT %(most_canceled)s
    ) due
    WHERE due.place <= CASE
        WHEN e.deleted_at IS NOT NULL OR NOT e.is_enabled THEN %(most_canceled)s
        WHEN e.paused_until > %(at)s THEN 0
        WHEN e.is_slow THEN 1
        ELSE %(most_per_endpoint)s
    END
    ORDER BY due.place, due.next_attempt_at LIMIT %(most)s
"""

_NOTE_TIMEOUT = """
    UPDATE webhooks_endpoint SET is_slow = true, timeouts_in_a_row = timeouts_in_a_row + 1,
        paused_until = CASE WHEN timeouts_in_a_row + 1 >= %(breaks_after)s THEN
            %(at)s + make_interval(secs => least(
                %(longest)s, %(first)s * 2 ^ least(timeouts_in_a_row + 1 - %(breaks_after)s, 10)
            ))
        END
    WHERE id = %(id)s
"""


class InFlight(NamedTuple):
    """A request that some worker is waiting for."""

    endpoint_id: str
    account_id: str
    url: str
    is_slow: bool


def free(at: datetime) -> QuerySet[Delivery]:
    """Return what is due and held by nobody who is still there."""
    holder_is_gone = RawSQL(
        "NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = webhooks_delivery.leased_by)",
        (),
        output_field=BooleanField(),
    )
    return Delivery.objects.filter(next_attempt_at__lte=at).filter(
        Q(leased_until=None) | Q(leased_until__lt=at) | Q(holder_is_gone)
    )


def has_room(delivery: Delivery, *, at: datetime) -> bool:
    """Return whether one more request may go to an endpoint now.

    Until the transaction ends nobody else is told so: two claims never take the same place.

    Args:
        delivery: The delivery, with its endpoint.
        at: The moment, in UTC.
    """
    require_transaction()
    endpoint = delivery.endpoint
    if endpoint.paused_until and endpoint.paused_until > at:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_CLAIMS_LOCK])
        cursor.execute(_IN_FLIGHT, [at])
        in_flight = [InFlight(*row) for row in cursor.fetchall()]
    to_endpoint = sum(one.endpoint_id == endpoint.id for one in in_flight)
    if to_endpoint >= (1 if endpoint.is_slow else MOST_PER_ENDPOINT):
        return False
    if sum(one.account_id == endpoint.account_id for one in in_flight) >= MOST_PER_ACCOUNT:
        return False
    if sum(_host(one.url) == _host(endpoint.url) for one in in_flight) >= MOST_PER_HOST:
        return False
    return not endpoint.is_slow or sum(one.is_slow for one in in_flight) < MOST_SLOW


def dispatch_due(*, at: datetime, account_id: str | None = None, most: int) -> int:
    """Dispatch what is due, one of each endpoint before anybody's second.

    What was handed out a moment ago is left alone, so that a backlog is not handed out over
    and over.

    Args:
        at: The moment, in UTC.
        account_id: Only what waits for this account's endpoints.
        most: How many at once.

    Returns:
        How many were handed out.
    """
    waiting = _OF_ACCOUNT if account_id else _ALL_WAITING
    hinted_before = at - HINT_AGAIN_AFTER
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {waiting} {_NEXT}",
            {
                "at": at,
                "account": account_id,
                "hinted_before": hinted_before,
                "most_canceled": _MOST_CANCELED,
                "most_per_endpoint": MOST_PER_ENDPOINT,
                "most": most,
            },
        )
        chosen = [id for (id,) in cursor.fetchall()]
    if not chosen:
        return 0
    with atomic():
        due_now = free(at).filter(
            Q(hinted_at=None) | Q(hinted_at__lte=hinted_before), id__in=chosen
        )
        ids = list(lock_rows(due_now, skip_locked=True).values_list("id", flat=True))
        Delivery.objects.filter(id__in=ids).update(hinted_at=at)
        for id in sorted(ids, key=chosen.index):
            enqueue("webhooks.deliver", delivery_id=id)
    return len(ids)


def note_answer(endpoint: Endpoint, reply: Reply, *, at: datetime) -> None:
    """Remember how an endpoint takes its deliveries; nothing is written while all is well.

    Args:
        endpoint: The endpoint.
        reply: The reply to the attempt that has just ended.
        at: When it ended.
    """
    require_transaction()
    if reply.timed_out:
        with connection.cursor() as cursor:
            cursor.execute(
                _NOTE_TIMEOUT,
                {
                    "id": endpoint.id,
                    "at": at,
                    "breaks_after": BREAKS_AFTER_TIMEOUTS,
                    "first": FIRST_REST.total_seconds(),
                    "longest": LONGEST_REST.total_seconds(),
                },
            )
        return
    is_slow = reply.latency_ms >= SLOW_MS
    before = (endpoint.is_slow, endpoint.timeouts_in_a_row, endpoint.paused_until)
    if before != (is_slow, 0, None):
        Endpoint.objects.filter(id=endpoint.id).update(
            is_slow=is_slow, timeouts_in_a_row=0, paused_until=None
        )


def _host(url: str) -> str:
    # Two ports are two servers.
    return urlsplit(url).netloc.lower()
