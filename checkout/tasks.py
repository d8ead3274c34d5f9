from celery import shared_task
from django.utils import timezone

from checkout import erasure
from checkout.sessions.services import expiry


@shared_task(name="checkout.expire_sessions")
def expire_sessions(**_: object) -> None:
    """Expire the checkout sessions that nobody paid in time."""
    expiry.expire_due(at=timezone.now())


@shared_task(name="checkout.release_places")
def release_places(**_: object) -> None:
    """Free the places of payment links whose payers have not come back from their bank."""
    expiry.release_places(at=timezone.now())


@shared_task(name="checkout.erase_answers")
def erase_answers(**_: object) -> None:
    """Erase what payers without a customer said in sessions that ended long ago."""
    erasure.erase_guests(at=timezone.now())
