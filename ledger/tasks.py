from typing import Any

from celery import shared_task
from django.utils import timezone

from ledger.services import maturation


@shared_task(name="ledger.mature")
def mature(**_: Any) -> None:
    """Make pending money available whose day has come."""
    maturation.mature(at=timezone.now())
