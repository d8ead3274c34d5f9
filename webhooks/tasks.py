from celery import shared_task
from django.utils import timezone

from webhooks.engine import engine
from webhooks.listening import listeners
from webhooks.services import resending


@shared_task(name="webhooks.drain")
def drain(**_: object) -> None:
    """Deliver what is due, where no engine runs that does nothing else."""
    engine.drain()


@shared_task(name="webhooks.close_lapsed")
def close_lapsed(**_: object) -> None:
    """Close the endpoints of commands that listen no more."""
    listeners.close_lapsed(at=timezone.now())


@shared_task(name="webhooks.resend")
def resend(**_: object) -> None:
    """Go on with what is being sent again."""
    resending.make_due(at=timezone.now())
