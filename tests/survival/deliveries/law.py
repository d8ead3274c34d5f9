"""C10: every event due has arrived or stands as failed, and nothing is said that is not so.

What the database says is held against what the receiver has written down itself.
"""

import base64
import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import stripe

from tests.survival.deliveries.sink import Heard
from webhooks import queries
from webhooks.models import Attempt, Delivery, Endpoint, Event

# An endpoint as it was loaded is used for a second, and then a request is on its way.
_GRACE_SECONDS: Final = 3.0


# By endpoint and event.
_Requests = dict[tuple[str, str], list[Heard]]
_Deliveries = dict[tuple[str, str], Delivery]


@dataclass(slots=True)
class Known:
    """An endpoint, as the test that made it knows it.

    Args:
        id: `we_...`.
        paths: All that it was ever to be reached at.
        takes: Whether it accepts what it is sent, sooner or later.
        keeps_order: Whether an object's events come to it one after another.
        secrets: What signs, each with the moment from which and until which it does.
        due: Events that are to reach it.
    """

    id: str
    paths: set[str]
    takes: bool = True
    keeps_order: bool = False
    secrets: list[tuple[str, float, float]] = field(default_factory=list)
    due: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Found:
    """What became of the deliveries of some endpoints.

    Args:
        due: Events times the endpoints that they were due to.
        arrived: How many of these the receiver has.
        lost: Those that neither arrived nor stand as failed.
        waiting: Those that an endpoint which takes nothing has not been sent yet.
        doubled: Requests with what the receiver had taken already.
        problems: All that is not as it should be.
    """

    due: int = 0
    arrived: int = 0
    lost: int = 0
    waiting: int = 0
    doubled: int = 0
    problems: list[str] = field(default_factory=list)


def hold(endpoints: Iterable[Known], log: Iterable[Heard]) -> Found:
    """Hold the deliveries of some endpoints against the receiver's log, once all is quiet.

    Args:
        endpoints: Those that were made since the last time.
        log: All that the receiver has ever written down.
    """
    known = list(endpoints)
    heard = _of(known, log)
    found = Found()
    if not (law := queries.conservation()).holds:
        found.problems.append(f"The law does not hold: {law}")
    rows = list(Delivery.objects.filter(endpoint_id__in=[one.id for one in known]))
    deliveries = {(row.endpoint_id, row.event_id): row for row in rows}
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(delivery__in=rows).order_by("number"):
        attempts[attempt.delivery_id].append(attempt)
    events = set(Event.objects.filter(id__in={id for _, id in heard}).values_list("id", flat=True))
    for one in known:
        _look_at_what_was_due(one, deliveries, heard, found)
    for key, requests in heard.items():
        _look_at_requests(requests, deliveries.get(key), events, found)
        found.doubled += max(0, sum(each.answer == 200 for each in requests) - 1)
    for key, row in deliveries.items():
        _look_at_delivery(row, attempts[row.id], heard.get(key, []), found)
    for one in known:
        _look_at_signatures(one, heard, found)
        if one.keeps_order:
            _look_at_order(one, deliveries, heard, found)
    return found


def _of(known: list[Known], log: Iterable[Heard]) -> _Requests:
    by_path = {path: one for one in known for path in one.paths}
    heard: _Requests = defaultdict(list)
    for each in log:
        if each.path in by_path:
            heard[by_path[each.path].id, each.event_id].append(each)
    return heard


def _look_at_what_was_due(
    one: Known, deliveries: _Deliveries, heard: _Requests, found: Found
) -> None:
    """Every event due was received at least once, or stands as failed with its tries."""
    is_off = Endpoint.objects.filter(id=one.id).exclude(is_enabled=True, deleted_at=None).exists()
    for event_id in one.due:
        key = (one.id, event_id)
        row = deliveries.get(key)
        has_arrived = any(each.answer == 200 for each in heard.get(key, []))
        has_failed = row is not None and (
            (row.status in ("failing", "exhausted") and row.attempt_count > 0)
            or (row.status == "canceled" and is_off)
        )
        found.due += 1
        found.arrived += has_arrived
        if row is not None and row.status == "pending" and not one.takes:
            # Whoever never answers is sent one after the other.
            found.waiting += 1
        elif row is None or not (has_arrived or has_failed):
            found.lost += 1
            found.problems.append(f"{key} is lost: {row and row.status}")
        elif one.takes and row.status != "delivered" and not is_off:
            found.problems.append(f"{key} is {row.status}, and its endpoint takes all")


def _look_at_requests(
    requests: list[Heard], row: Delivery | None, events: set[str], found: Found
) -> None:
    """Nothing comes that is no delivery of an event, and what comes again is the same."""
    first = requests[0]
    if row is None or first.event_id not in events:
        found.problems.append(f"{first.path} was sent {first.event_id}, which nobody owes it")
        return
    if {each.body for each in requests} != {queries.body_of(row).encode()}:
        found.problems.append(f"{row.id} was sent with other bytes than it is kept with")


def _look_at_delivery(
    row: Delivery, attempts: list[Attempt], requests: list[Heard], found: Found
) -> None:
    """Nothing is said to have been tried or accepted that the receiver does not know of."""
    if [each.number for each in attempts] != list(range(1, row.attempt_count + 1)):
        found.problems.append(f"{row.id} counts {row.attempt_count} tries, and keeps others")
    told = Counter(each.status_code for each in attempts if each.status_code)
    answered = Counter(each.answer for each in requests if each.answer)
    if told - answered:
        found.problems.append(f"{row.id} was answered {answered}, and is said to be {told}")
    if row.status == "delivered" and not answered[200]:
        found.problems.append(f"{row.id} is said to be delivered, and never was")
    if (row.next_attempt_at is None) == (row.status in ("pending", "failing")):
        found.problems.append(f"{row.id} is {row.status} until {row.next_attempt_at}")


def _look_at_signatures(one: Known, heard: _Requests, found: Found) -> None:
    """Each request is signed, in both ways, with a secret that was the endpoint's then."""
    for (endpoint_id, event_id), requests in heard.items():
        if endpoint_id == one.id:
            for each in requests:
                valid = [
                    secret
                    for secret, begun, until in one.secrets
                    if begun - _GRACE_SECONDS <= each.at <= until + _GRACE_SECONDS
                ]
                if not any(_is_signed(each, secret) for secret in valid):
                    found.problems.append(f"{event_id} was not signed for {one.id}")


def _is_signed(each: Heard, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(
            each.body.decode(), each.headers["stripe-signature"], secret
        )
    except stripe.SignatureVerificationError:
        return False
    encoded = secret.removeprefix("whsec_")
    key = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    text = f"{each.event_id}.{each.headers['webhook-timestamp']}.".encode() + each.body
    ours = "v1," + base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()
    return ours in each.headers["webhook-signature"].split(" ")


def _look_at_order(one: Known, deliveries: _Deliveries, heard: _Requests, found: Found) -> None:
    """Of an object, nothing comes once a later event has come, and nothing is passed over."""
    objects = dict(Event.objects.filter(id__in=one.due).values_list("id", "object_id"))
    last: dict[str, Heard] = {}
    for event_id in sorted(one.due):
        requests = heard.get((one.id, event_id), [])
        before = last.get(objects[event_id])
        if requests and before is not None and before.at > requests[0].at:
            found.problems.append(f"{one.id} was sent {before.event_id} after {event_id}")
        if requests:
            last[objects[event_id]] = max(requests, key=lambda each: each.at)
