from celery import shared_task
from django.utils import timezone

from webhooks.services import deliveries


@shared_task(name="webhooks.deliver")
def deliver(*, delivery_id: str, **_: object) -> None:
    """Try one delivery. Safe to run twice: only one run gets the lease."""
    deliveries.deliver(delivery_id=delivery_id, at=timezone.now())


@shared_task(name="webhooks.sweep")
def sweep(**_: object) -> None:
    """Dispatch what is due and was lost."""
    deliveries.sweep(at=timezone.now())
