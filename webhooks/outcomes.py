"""What became of events, as operators see it: bounded, and in a fixed number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, QuerySet, Value, Window
from django.db.models.functions import Coalesce, Left, NullIf, RowNumber

from core.database.lookups import bounded
from core.ids import span
from core.security.rows import may_see
from webhooks.models import Attempt, Delivery, Event


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an event at one endpoint.

    Args:
        id: The delivery, `dlv_...`.
        url: The endpoint's address.
        status: Of the delivery.
        tries: How often it was tried.
    """

    id: str
    url: str
    status: str
    tries: int


@dataclass(frozen=True, slots=True)
class Told:
    """An event, without what it says, and where it went.

    Args:
        id: `evt_...`.
        type: Such as `charge.succeeded`.
        object_id: What it is about.
        request_id: The request behind it, `req_...`.
        at: When it happened.
        deliveries: One for each endpoint that wanted it; as many as are shown.
    """

    id: str
    type: str
    object_id: str
    request_id: str | None
    at: datetime
    deliveries: list[Sent]


# Whoever has more endpoints than these sees the rest on the event's page.
_DELIVERIES_SHOWN: Final = 200


def told_about(
    object_ids: Iterable[str], *, account_ids: Collection[str] | None, most: int
) -> tuple[list[Told], int]:
    """Return the newest events about some objects with their deliveries, in two queries.

    Args:
        object_ids: Whoever's.
        account_ids: Whose endpoints; None for all.
        most: How many events.

    Returns:
        The events, and how many more there are.
    """
    rows = Event.objects.filter(object_id__in=list(object_ids))
    return _with_deliveries(rows, account_ids, most)


def _with_deliveries(
    rows: QuerySet[Event], account_ids: Collection[str] | None, most: int
) -> tuple[list[Told], int]:
    found = bounded(rows.defer("data").order_by("-id"), most)
    sent: dict[str, list[Sent]] = {row.id: [] for row in found.rows}
    deliveries = _of(account_ids).filter(event_id__in=list(sent)).order_by("-id")
    columns = deliveries.values_list("event_id", "id", "endpoint__url", "status", "attempt_count")
    for event_id, id, url, status, tries in columns[:_DELIVERIES_SHOWN]:
        sent[event_id].append(Sent(id, url, status, tries))
    told = [
        Told(row.id, row.type, row.object_id, row.request_id, row.created_at, sent[row.id])
        for row in found.rows
    ]
    return told, found.more


def told_by(
    request_id: str, *, within: timedelta, account_ids: Collection[str] | None, most: int
) -> tuple[list[Told], int]:
    """Return the newest events that a request has made, with their deliveries, in two queries.

    No index knows requests: what a request made has an id soon after its own.

    Args:
        request_id: `req_...`.
        within: How long it took.
        account_ids: Whose events and endpoints; None for all.
        most: How many events.

    Returns:
        The events, and how many more there are.
    """
    first, last = span("evt", request_id, within)
    rows = Event.objects.filter(id__gte=first, id__lte=last, request_id=request_id)
    if account_ids is not None:
        rows = rows.filter(account_id__in=account_ids)
    return _with_deliveries(rows, account_ids, most)


def _of(account_ids: Collection[str] | None) -> QuerySet[Delivery]:
    rows = Delivery.objects.all()
    return rows if account_ids is None else rows.filter(account_id__in=account_ids)


@dataclass(frozen=True, slots=True)
class Tried:
    """One try to deliver an event, with the beginning of what came back.

    Args:
        number: From 1.
        status_code: Of the answer; None if there was none.
        latency_ms: How long it took.
        reply: Why there was no answer, or how the answer began.
        at: When.
    """

    number: int
    status_code: int | None
    latency_ms: int
    reply: str
    at: datetime

    @property
    def is_success(self) -> bool:
        """Return whether the endpoint took it."""
        return self.status_code is not None and 200 <= self.status_code < 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event at one endpoint.

    Args:
        delivery: With its endpoint, without its body.
        attempts: The last ones, the newest first.
        more: How many were before these.
    """

    delivery: Delivery
    attempts: list[Tried]
    more: int


# Of one delivery, and letters of an answer.
_TRIES_SHOWN: Final = 12
_REPLY_LETTERS: Final = 300


def any_event(event_id: str, user: object) -> Event | None:
    """Return an event that somebody may see in the console; None if there is none."""
    row = Event.objects.select_related("account").filter(id=event_id).first()
    if row is None or not may_see(user, row.account_id, row.account.opened_by_id):
        return None
    return row


def outcomes(
    event_id: str, *, account_ids: Collection[str] | None, most: int
) -> tuple[list[Outcome], int]:
    """Return an event's deliveries with their last tries, in two queries.

    Args:
        event_id: Whoever's.
        account_ids: Whose endpoints; None for all.
        most: How many deliveries.

    Returns:
        The newest deliveries, and how many more there are.
    """
    rows = _of(account_ids).filter(event_id=event_id).select_related("endpoint")
    found = bounded(rows.defer("body", "endpoint__secret").order_by("-id"), most)
    numbered = Window(RowNumber(), partition_by=F("delivery_id"), order_by="-number")
    attempts = Attempt.objects.filter(delivery_id__in=[row.id for row in found.rows])
    columns = attempts.annotate(
        place=numbered,
        reply=Left(Coalesce(NullIf("error", Value("")), "response_body"), _REPLY_LETTERS),
    ).values_list("delivery_id", "number", "status_code", "latency_ms", "reply", "created_at")
    tried: dict[str, list[Tried]] = {row.id: [] for row in found.rows}
    last = columns.filter(place__lte=_TRIES_SHOWN).order_by("-number")
    for delivery_id, number, status_code, latency_ms, reply, at in last:
        tried[delivery_id].append(Tried(number, status_code, latency_ms, reply, at))
    return [
        Outcome(row, tried[row.id], max(row.attempt_count - len(tried[row.id]), 0))
        for row in found.rows
    ], found.more
