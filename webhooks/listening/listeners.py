"""Endpoints that somebody listens at: kept while a connection lasts, and sent to by it alone."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import orjson
from django.conf import settings
from django.db.models import Q

from core.database.locking import lock_one, lock_rows
from core.database.transactions import atomic
from core.ids import new_id
from webhooks import encryption, queries, rendering
from webhooks.listening import tickets
from webhooks.listening.frames import Answer
from webhooks.listening.tickets import Ticket
from webhooks.models import Attempt, Delivery, Endpoint, Event
from webhooks.sending import client
from webhooks.services import missed
from webhooks.services.audience import Settled
from webhooks.states import DeliveryStatus

# Whoever holds a connection says so this often; whoever does not is taken for gone.
KEPT_FOR: Final = timedelta(seconds=30)
# Nobody who was only held up for a while finds somebody else where it was.
_USED_AGAIN_AFTER: Final = timedelta(minutes=10)
_MOST_TOLD: Final = 20
NO_ANSWER: Final = "The listener took it; where it forwards to did not answer, or is nowhere."


class Due(NamedTuple):
    """A delivery for a listener.

    Args:
        id: `dlv_...`.
        event_id: `evt_...`.
        due_at: When it fell due; whoever asks for it again changes this.
        body: In the account's version.
        latest: In the latest version.
    """

    id: str
    event_id: str
    due_at: datetime
    body: str
    latest: str


def open_for(ticket: Ticket, *, at: datetime) -> str:
    """Make an endpoint for a connection, or take one that a device no longer uses.

    Returns:
        The endpoint, which hears of everything from now on.
    """
    tenant, secret = ticket.tenant, tickets.secret(ticket.tenant, ticket.device)
    with atomic():
        left = Endpoint.objects.filter(
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            listens_until__isnull=False,
            deleted_at__lt=at - _USED_AGAIN_AFTER,
        ).order_by("id")
        row = lock_rows(left, skip_locked=True).first()
        if row is None:
            row = Endpoint(
                id=new_id("we"),
                account_id=tenant.account_id,
                livemode=tenant.livemode,
                created_at=at,
            )
        row.url = f"listen://{ticket.device}"
        row.enabled_events, row.is_enabled = ["*"], True
        row.secret = encryption.encrypt(secret, row=row.id)
        row.deleted_at, row.listens_until = None, at + KEPT_FOR
        row.save()
    return row.id


def keep(endpoint_id: str, *, at: datetime) -> bool:
    """Go on listening; return False if it was taken for gone, or switched off by somebody."""
    rows = Endpoint.objects.filter(id=endpoint_id, deleted_at=None, is_enabled=True)
    return bool(rows.update(listens_until=at + KEPT_FOR))


def close(endpoint_id: str, *, at: datetime) -> None:
    """Hear of nothing more; what was not taken is canceled when it is due."""
    rows = Endpoint.objects.filter(id=endpoint_id, deleted_at=None)
    rows.update(deleted_at=at, listens_until=at)


def close_lapsed(*, at: datetime) -> int:
    """Close what nobody keeps any more, and return how many there were."""
    lapsed = Endpoint.objects.filter(listens_until__lt=at, deleted_at=None)
    return lapsed.update(deleted_at=at)


def tell(event: Event, account_ids: Collection[str], *, at: datetime) -> None:
    """Send an event to commands that have begun to listen since it happened.

    Args:
        event: The event.
        account_ids: Whose commands.
        at: The moment.
    """
    head = Settled(
        event.xid, event.id, event.account_id, event.livemode, event.type, event.object_id
    )
    listening = Endpoint.objects.filter(
        account_id__in=account_ids, livemode=event.livemode, listens_until__gt=at, deleted_at=None
    )
    for endpoint_id in listening.values_list("id", flat=True)[:_MOST_TOLD]:
        with atomic():
            missed.add([head], endpoint_id, at=at)


def due(endpoint_id: str, *, sent: Collection[str], most: int, at: datetime) -> list[Due]:
    """Return what a listener is to be sent now, the oldest first.

    Args:
        endpoint_id: Its endpoint.
        sent: Deliveries that it has not answered yet.
        most: How many.
        at: The moment, in UTC.
    """
    rows = list(
        queries.waiting(endpoint_id)
        .filter(next_attempt_at__lte=at)
        .exclude(id__in=list(sent))
        .select_related("event", "endpoint__account")
        .order_by("id")[:most]
    )
    needed = {
        row.id: queries.consent_for(row.endpoint, row.event.account_id, row.event.type)
        for row in rows
    }
    given = queries.consents(one for one in needed.values() if one)
    allowed = [row for row in rows if (one := needed[row.id]) is None or one in given]
    refused = [row.id for row in rows if row not in allowed]
    if refused:
        _cancel(Q(id__in=refused), at=at)
    kept = queries.bodies((row.event_id, row.body_key) for row in allowed if row.body_key)
    bodies = {row.id: row.body or kept.get((row.event_id, row.body_key or 0)) for row in allowed}
    return [
        Due(row.id, row.event_id, row.next_attempt_at, body, _latest(row, body, at=at))
        for row in allowed
        if row.next_attempt_at is not None and (body := bodies[row.id]) is not None
    ]


def _latest(row: Delivery, body: str, *, at: datetime) -> str:
    """Return what a delivery says in the latest version."""
    if row.endpoint.account.api_version == settings.API_VERSION:
        return body
    is_connect = row.event.account_id != row.account_id
    told = _render(row.event, is_connect=is_connect, at=at)
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _render(event: Event, *, is_connect: bool, at: datetime) -> object:
    (shown,) = rendering.events(
        [event],
        pending={event.id: 1},
        is_connect=is_connect,
        version=settings.API_VERSION,
        at=at,
    )
    return shown


@dataclass(slots=True)
class Sent:
    """A delivery on its way to a listener.

    Args:
        at: When it was sent.
        due_at: When it had fallen due; None if that is not known any more.
        begun: The same moment as `at`, by the clock of this process.
        headers: What was sent along.
        is_taken: Whether the listener has said that it has it.
    """

    at: datetime
    due_at: datetime | None
    begun: float
    headers: dict[str, str]
    is_taken: bool = False

    @property
    def latency_ms(self) -> int:
        """Return how long it has been on its way."""
        return round((time.monotonic() - self.begun) * 1_000)


def record(answer: Answer, *, endpoint_id: str, sent: Sent) -> None:
    """Keep what came of a delivery, which is tried once.

    Whoever asked for it to be sent again meanwhile has it sent again.

    Args:
        answer: What the listener says.
        endpoint_id: Its endpoint: it says nothing of anybody else's deliveries.
        sent: What it answers to.
    """
    latency = sent.latency_ms
    with atomic():
        rows = Delivery.objects.filter(endpoint_id=endpoint_id)
        row = lock_one(rows, answer.delivery_id, kind="delivery")
        row.attempt_count += 1
        Attempt.objects.create(
            id=new_id("att"),
            delivery=row,
            number=row.attempt_count,
            status_code=answer.status_code,
            latency_ms=latency,
            request_headers=client.redact([*sent.headers.items(), ("Forwarded-To", answer.url)]),
            response_headers=client.redact(answer.headers.items()),
            response_body=answer.body,
            error=answer.error,
            created_at=sent.at,
        )
        if row.next_attempt_at is not None and row.next_attempt_at == sent.due_at:
            row.move_to(_outcome(answer))
            row.next_attempt_at, row.ended_at = None, sent.at + timedelta(milliseconds=latency)
        row.save(update_fields=["attempt_count", "status", "next_attempt_at", "ended_at"])


def _outcome(answer: Answer) -> DeliveryStatus:
    is_success = answer.status_code is not None and 200 <= answer.status_code < 300
    if is_success or answer.is_taken:
        return DeliveryStatus.DELIVERED
    return DeliveryStatus.EXHAUSTED


def skip(delivery_ids: Collection[str], *, endpoint_id: str, at: datetime) -> None:
    """Cancel what a listener did not want."""
    _cancel(Q(id__in=list(delivery_ids), endpoint_id=endpoint_id), at=at)


def _cancel(which: Q, *, at: datetime) -> None:
    with atomic():
        waiting = Delivery.objects.filter(which, next_attempt_at__isnull=False).order_by("id")
        ids = list(lock_rows(waiting).values_list("id", flat=True))
        Delivery.objects.filter(id__in=ids).update(
            status=DeliveryStatus.CANCELED, next_attempt_at=None, ended_at=at
        )
