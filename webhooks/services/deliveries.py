"""Sending, trying again, giving up. Schedules live in rows: losing Redis loses nothing."""

import random
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from django.db import connection
from django.db.models import Q

from accounts.audit import trail
from core.database.locking import lock_one, lock_rows
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest
from core.jobs import enqueue
from core.tenant import Tenant
from webhooks import queries
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.queries import ABOUT_APPLICATIONS
from webhooks.sending import client, signing
from webhooks.sending.client import Reply
from webhooks.services import dispatch, endpoint_health, signing_secrets
from webhooks.states import DeliveryStatus

# Longer than a try can take: whoever holds a delivery past this hangs. One who is killed is
# known to be gone at once, by its connection to the database.
LEASE = timedelta(seconds=30)
# How long to wait after the first, second, ... failed try: ten retries, some three days.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (10, 60, 300, 1_800, 7_200, 18_000, 36_000, 54_000, 64_800, 75_600)
)
_JITTER = 0.2
_FLOOR_AFTER_TROUBLE = timedelta(seconds=60)
_LONGEST_RETRY_AFTER = timedelta(hours=24)
_TOO_MANY = 429
_UNSIGNABLE = Reply(None, "", 0, "The signing secret cannot be read: see RIALTO_ENCRYPTION_KEY.")


def deliver(*, delivery_id: str, at: datetime) -> bool:
    """Try a delivery once, if it is due, nobody else holds it and its endpoint may get one more.

    Claim, send with no transaction open, record, hand on the next of the same account. What a
    worker that dies in between held is free as soon as its connection is gone; it is then sent
    again, with the same id and the same bytes.

    Args:
        delivery_id: `dlv_...`.
        at: The moment, in UTC.

    Returns:
        True if it was tried.
    """
    delivery = _claim(delivery_id, at=at)
    if delivery is None:
        return False
    body = delivery.body.encode()
    try:
        secrets = signing_secrets.in_use(delivery.endpoint, at=at)
    except InvalidTag:
        _record(delivery, _UNSIGNABLE, {}, at=at)
        dispatch.dispatch_due(at=at, account_id=delivery.account_id, most=1)
        return True
    headers = signing.headers(
        secrets=secrets, body=body, message_id=delivery.event_id, timestamp=int(at.timestamp())
    )
    reply = client.send(
        delivery.endpoint.url, body=body, headers=headers, livemode=delivery.livemode
    )
    _record(delivery, reply, headers, at=at)
    ended = at + timedelta(milliseconds=reply.latency_ms)
    dispatch.dispatch_due(at=ended, account_id=delivery.account_id, most=1)
    return True


def sweep(*, at: datetime, most: int = 500) -> int:
    """Dispatch what is due: retries, queued deliveries and lost hints.

    Args:
        at: The moment, in UTC.
        most: How many at once.

    Returns:
        How many were handed out.
    """
    return dispatch.dispatch_due(at=at, most=most)


def resend(*, delivery_id: str, at: datetime) -> Delivery:
    """Send a delivery again now, whatever became of it, with a fresh set of retries.

    Raises:
        Missing: If there is none.
        InvalidRequest: If its endpoint is disabled or deleted: nothing would be sent.
    """
    with atomic():
        delivery = lock_one(Delivery.objects.all(), delivery_id, kind="delivery")
        check_endpoint(delivery.endpoint)
        delivery.move_to(DeliveryStatus.PENDING)
        delivery.next_attempt_at = delivery.hinted_at = at
        delivery.leased_until = delivery.leased_by = delivery.ended_at = None
        delivery.attempts_before_resend = delivery.attempt_count
        delivery.save()
        # Who asks for it believes that the endpoint answers again.
        Endpoint.objects.filter(id=delivery.endpoint_id).exclude(paused_until=None).update(
            paused_until=None
        )
        enqueue("webhooks.deliver", delivery_id=delivery.id)
        trail.record("delivery.resent", delivery)
    return delivery


def check_endpoint(endpoint: Endpoint) -> None:
    """Refuse to send again what would not be sent.

    Raises:
        InvalidRequest: If the endpoint is disabled or deleted.
    """
    if endpoint.deleted_at:
        raise InvalidRequest(
            f"The endpoint {endpoint.id} is deleted, so nothing is sent to it any more.",
            param="webhook_endpoint",
        )
    if not endpoint.is_enabled:
        raise InvalidRequest(
            f"The endpoint {endpoint.id} is disabled, so nothing is sent to it. Enable it first.",
            param="webhook_endpoint",
        )


def cancel_of(platform_id: str, tenant: Tenant, at: datetime) -> None:
    """Cancel what waits to be told to a platform of an account which lets it in no more.

    It hears of an account by endpoints of its own, and by those that it made for the account.
    That the account lets it in no more it is still told.
    """
    require_transaction()
    waiting = Delivery.objects.filter(
        next_attempt_at__isnull=False,
        status__in=(DeliveryStatus.PENDING, DeliveryStatus.FAILING),
        livemode=tenant.livemode,
        event__account_id=tenant.account_id,
    ).exclude(event__type__startswith=ABOUT_APPLICATIONS)
    made_for = Q(account_id=tenant.account_id, endpoint__platform_id=platform_id)
    ids = waiting.filter(Q(account_id=platform_id) | made_for).values("id")
    Delivery.objects.filter(id__in=ids).update(
        status=DeliveryStatus.CANCELED,
        next_attempt_at=None,
        leased_until=None,
        leased_by=None,
        ended_at=at,
    )


def wait_after(tries: int, reply: Reply, *, dice: float) -> timedelta | None:
    """Return the wait after a failed attempt; None to give up.

    Args:
        tries: How many there were, at least 1.
        reply: The reply to the last attempt.
        dice: Between 0 and 1, for jitter.
    """
    if tries > len(WAITS):
        return None
    wait = WAITS[tries - 1] * (1 - _JITTER + 2 * _JITTER * dice)
    if reply.timed_out or reply.status_code == _TOO_MANY:
        wait = max(wait, _FLOOR_AFTER_TROUBLE)
    if reply.retry_after_seconds is not None:
        retry_after = timedelta(seconds=reply.retry_after_seconds)
        wait = max(wait, min(retry_after, _LONGEST_RETRY_AFTER))
    return wait


def _claim(delivery_id: str, *, at: datetime) -> Delivery | None:
    with atomic():
        rows = dispatch.free(at).select_related("endpoint", "event").defer("event__data")
        delivery = lock_rows(rows, skip_locked=True).filter(id=delivery_id).first()
        if delivery is None:
            return None
        if delivery.leased_until:
            _note_cut_off(delivery)
        endpoint = delivery.endpoint
        is_on = endpoint.is_enabled and not endpoint.deleted_at
        if not is_on or not queries.may_hear(endpoint, delivery.event):
            _end(delivery, DeliveryStatus.CANCELED, at=at)
            return None
        if not dispatch.has_room(delivery, at=at):
            # It waits in the database, and whoever hands out next may choose it.
            Delivery.objects.filter(id=delivery.id).update(hinted_at=None)
            return None
        delivery.leased_until = at + LEASE
        delivery.attempt_count += 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (delivery.leased_by,) = cursor.fetchone()
        delivery.save(
            update_fields=["leased_until", "leased_by", "attempt_count", "attempts_before_resend"]
        )
    return delivery


def _note_cut_off(delivery: Delivery) -> None:
    """Keep what is known of a try whose worker is gone; it is no fault of the receiver's."""
    Attempt.objects.get_or_create(
        delivery=delivery,
        number=delivery.attempt_count,
        defaults={
            "latency_ms": 0,
            "error": "The worker was cut off; what the endpoint said is not known.",
            "created_at": (delivery.leased_until or delivery.created_at) - LEASE,
        },
    )
    delivery.attempts_before_resend += 1


def _record(claimed: Delivery, reply: Reply, sent: dict[str, str], *, at: datetime) -> None:
    ended = at + timedelta(milliseconds=reply.latency_ms)
    with atomic():
        delivery = lock_rows(Delivery.objects.select_related("endpoint")).get(id=claimed.id)
        Attempt.objects.update_or_create(
            delivery=delivery,
            number=claimed.attempt_count,
            defaults={
                "status_code": reply.status_code,
                "latency_ms": reply.latency_ms,
                "request_headers": client.redact(sent.items()),
                "response_headers": reply.headers,
                "response_body": reply.body,
                "error": reply.error,
                "created_at": at,
            },
        )
        if reply is not _UNSIGNABLE:
            dispatch.note_answer(delivery.endpoint, reply, at=ended)
            endpoint_health.note(delivery.endpoint, reply, at=ended)
        # Each claim has a number of its own: with another one, somebody else has it now.
        is_ours = delivery.attempt_count == claimed.attempt_count
        if not is_ours or delivery.leased_until is None:
            return
        if reply.status_code is not None and 200 <= reply.status_code < 300:
            _end(delivery, DeliveryStatus.DELIVERED, at=ended)
            return
        if reply.status_code == endpoint_health.GONE:
            endpoint_health.disable(delivery.endpoint, reply, at=ended)
        _try_again(delivery, reply, at=ended)


def _try_again(delivery: Delivery, reply: Reply, *, at: datetime) -> None:
    tries = delivery.attempt_count - delivery.attempts_before_resend
    wait = wait_after(max(tries, 1), reply, dice=random.random())
    if wait is None or not delivery.endpoint.is_enabled:
        ended = DeliveryStatus.EXHAUSTED if wait is None else DeliveryStatus.CANCELED
        _end(delivery, ended, at=at)
        return
    delivery.move_to(DeliveryStatus.FAILING)
    delivery.next_attempt_at = at + wait
    delivery.leased_until = delivery.leased_by = None
    delivery.save(update_fields=["status", "next_attempt_at", "leased_until", "leased_by"])


def _end(delivery: Delivery, status: DeliveryStatus, *, at: datetime) -> None:
    delivery.move_to(status)
    delivery.next_attempt_at = delivery.leased_until = delivery.leased_by = None
    delivery.ended_at = at
    delivery.save(
        update_fields=["status", "next_attempt_at", "leased_until", "leased_by", "ended_at"]
    )
