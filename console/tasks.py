from celery import shared_task
from django.utils import timezone

from console.exports import services
from console.figures import counting


@shared_task(name="console.export")
def export(**_: object) -> None:
    """Write the exports that people wait for, and delete those that have expired."""
    now = timezone.now()
    services.make_due(at=now)
    services.remove_due(at=now)


@shared_task(name="console.count")
def count(**_: object) -> None:
    """Count the days that are over, and how long money has been on its way."""
    now = timezone.now()
    counting.count_due(at=now)
    counting.read_clearing(at=now)
