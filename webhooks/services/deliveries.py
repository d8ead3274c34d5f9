"""Sending again, canceling, and when to try again. Schedules live in rows."""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.audit import trail
from core.database.locking import lock_one
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest
from core.tenant import Tenant
from webhooks.models import Delivery, Endpoint
from webhooks.queries import ABOUT_APPLICATIONS
from webhooks.sending.client import Reply
from webhooks.services import hints
from webhooks.states import DeliveryStatus

# How long to wait after the first, second, ... failed try: ten retries, some three days.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (10, 60, 300, 1_800, 7_200, 18_000, 36_000, 54_000, 64_800, 75_600)
)
_JITTER = 0.2
_FLOOR_AFTER_TROUBLE = timedelta(seconds=60)
_LONGEST_RETRY_AFTER = timedelta(hours=24)
_TOO_MANY = 429


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
        delivery.next_attempt_at, delivery.ended_at = at, None
        delivery.attempts_before_resend = delivery.attempt_count
        delivery.save()
        # Who asks for it believes that the endpoint answers again.
        Endpoint.objects.filter(id=delivery.endpoint_id).exclude(paused_until=None).update(
            paused_until=None
        )
        hints.publish_after_commit(hints.DELIVERIES)
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
