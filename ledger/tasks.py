from typing import Any

from celery import shared_task
from django.utils import timezone

from ledger.services import maturation, snapshots


@shared_task(name="ledger.mature")
def mature(**_: Any) -> None:
    """Make pending money available whose day has come."""
    maturation.mature(at=timezone.now())


@shared_task(name="ledger.snapshot")
def snapshot(**_: Any) -> None:
    """Close the day that is over, once a day; the other times there is nothing to do."""
    snapshots.take()
