from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.services import letters


@shared_task(name="accounts.send_letters")
def send_letters(**_: Any) -> None:
    """Send the letters to accounts' people and to operators."""
    letters.send_due(at=timezone.now())
