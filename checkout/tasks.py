from celery import shared_task
from django.utils import timezone

from checkout.sessions.services import expiry


@shared_task(name="checkout.expire_sessions")
def expire_sessions(**_: object) -> None:
    """Expire the checkout sessions that nobody paid in time."""
    expiry.expire_due(at=timezone.now())
