"""What became of deliveries, written many at a time, by whoever still holds their shards."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson
from django.db import connection

from core.database.locking import lock_rows
from core.database.transactions import atomic, with_retries
from core.ids import new_id
from core.types import JsonObject
from webhooks.engine import leases
from webhooks.engine.due import Due
from webhooks.models import Endpoint
from webhooks.sending import client
from webhooks.sending.client import Reply
from webhooks.services import deliveries, endpoint_health
from webhooks.states import DeliveryStatus

# All results as one document, which PostgreSQL reads faster than Python writes arrays. Whoever
# changed a delivery since it was loaded, canceled it or asked for it to be sent again, keeps what
# they made of it; that it was tried is written anyway. The event says in which partition it is.
_WRITE: Final = """
    WITH result AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r (id text, event_id text,
            due_at timestamptz, status text, next_attempt_at timestamptz, ended_at timestamptz,
            attempt_id text, status_code smallint, latency_ms int, request_headers jsonb,
            response_headers jsonb, response_body text, error text, started_at timestamptz)
    ), locked AS MATERIALIZED (
        SELECT d.id, d.next_attempt_at FROM webhooks_delivery d JOIN result r
            ON r.event_id = d.event_id AND r.id = d.id
        ORDER BY d.id FOR NO KEY UPDATE OF d
    ), changed AS (
        UPDATE webhooks_delivery d SET attempt_count = d.attempt_count + 1,
            status = CASE WHEN l.next_attempt_at = r.due_at THEN r.status ELSE d.status END,
            ended_at = CASE WHEN l.next_attempt_at = r.due_at THEN r.ended_at ELSE d.ended_at END,
            next_attempt_at = CASE WHEN l.next_attempt_at = r.due_at THEN r.next_attempt_at
                ELSE d.next_attempt_at END
        FROM result r JOIN locked l USING (id) WHERE d.event_id = r.event_id AND d.id = r.id
        RETURNING d.id, d.attempt_count
    )
    INSERT INTO webhooks_attempt (id, delivery_id, number, status_code, latency_ms,
        request_headers, response_headers, response_body, error, created_at)
    SELECT r.attempt_id, r.id, c.attempt_count, r.status_code, r.latency_ms,
        r.request_headers, r.response_headers, r.response_body, r.error, r.started_at
    FROM changed c JOIN result r USING (id)
"""

UNSIGNABLE: Final = Reply(
    None, "", 0, "The signing secret cannot be read: see RIALTO_ENCRYPTION_KEY."
)


@dataclass(slots=True)
class Result:
    """One try and what came of it.

    Args:
        due: What was tried.
        reply: The reply.
        sent: The headers with the signatures.
        started_at: When it was sent.
    """

    due: Due
    reply: Reply
    sent: dict[str, str]
    started_at: datetime

    @property
    def ended_at(self) -> datetime:
        """Return when the answer was there."""
        return self.started_at + timedelta(milliseconds=self.reply.latency_ms)


class Writer:
    """Writes results, and knows which endpoints were not well when it wrote last."""

    def __init__(self) -> None:
        self._troubled: set[str] = set()

    def write(self, results: Sequence[Result]) -> int:
        """Write what became of deliveries, all or nothing.

        Results of shards that somebody else has taken since are dropped: who has them sends
        again.

        Args:
            results: Of deliveries that are all different.

        Returns:
            How many were written.
        """
        return with_retries(lambda: self._write(results)) if results else 0

    def _write(self, results: Sequence[Result]) -> int:
        with atomic():
            held = leases.still_held({_lease(one) for one in results})
            ours = [one for one in results if _lease(one) in held]
            if not ours:
                return 0
            document = orjson.dumps([_row(one) for one in ours]).decode()
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, [document])
            self._note_health(ours)
        return len(ours)

    def _note_health(self, results: Sequence[Result]) -> None:
        """Note what is news of endpoints, each in the order of its answers."""
        news: dict[str, list[Result]] = {}
        for one in sorted(results, key=lambda one: one.ended_at):
            endpoint = one.due.target.endpoint
            is_well = endpoint_health.is_as_ever(endpoint, one.reply)
            if one.reply is not UNSIGNABLE:
                if not is_well or endpoint.id in self._troubled | news.keys():
                    news.setdefault(endpoint.id, []).append(one)
        for endpoint in lock_rows(Endpoint.objects.filter(id__in=news).order_by("id")):
            for one in news[endpoint.id]:
                endpoint_health.note(endpoint, one.reply, at=one.ended_at)
            if endpoint_health.is_well(endpoint):
                self._troubled.discard(endpoint.id)
            else:
                self._troubled.add(endpoint.id)


def _lease(result: Result) -> tuple[int, int]:
    return result.due.target.shard, result.due.token


def _row(result: Result) -> JsonObject:
    due, reply = result.due, result.reply
    status, again_at = _outcome(result)
    return {
        "id": due.id,
        "event_id": due.event_id,
        "due_at": due.due_at,
        "status": status,
        "next_attempt_at": again_at,
        "ended_at": None if again_at else result.ended_at,
        "attempt_id": new_id("att"),
        "status_code": reply.status_code,
        "latency_ms": reply.latency_ms,
        "request_headers": client.redact(result.sent.items()),
        "response_headers": reply.headers,
        "response_body": reply.body,
        "error": reply.error,
        "started_at": result.started_at,
    }


def _outcome(result: Result) -> tuple[DeliveryStatus, datetime | None]:
    """Return what a delivery is after a try, and when it is tried again."""
    due, reply = result.due, result.reply
    if reply.is_success:
        return DeliveryStatus.DELIVERED, None
    if reply.status_code == endpoint_health.GONE:
        return DeliveryStatus.CANCELED, None
    tries = max(due.tries + 1 - due.uncounted, 1)
    wait = deliveries.wait_after(tries, reply, dice=random.random())
    if wait is None:
        return DeliveryStatus.EXHAUSTED, None
    return DeliveryStatus.FAILING, result.ended_at + wait
