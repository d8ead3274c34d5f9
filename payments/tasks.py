from typing import Any

from celery import shared_task
from django.utils import timezone

from payments.services import (
    challenges,
    open_questions,
    payment_intents,
    refunds,
    setup_intents,
)


@shared_task(name="payments.repair")
def repair(**_: Any) -> None:
    """Ask the rails after every charge, refund and setup whose answer never came."""
    now = timezone.now()
    payment_intents.repair(at=now)
    refunds.repair(at=now)
    setup_intents.repair(at=now)
    open_questions.close_answered()


@shared_task(name="payments.expire_challenges")
def expire_challenges(**_: Any) -> None:
    """End the 3-D Secure challenges that nobody answered."""
    challenges.expire(at=timezone.now())
