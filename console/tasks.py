from celery import shared_task
from django.utils import timezone

from console.exports import services


@shared_task(name="console.export")
def export(**_: object) -> None:
    """Write the exports that people wait for, and delete those that have expired."""
    now = timezone.now()
    services.make_due(at=now)
    services.remove_due(at=now)
