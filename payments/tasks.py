from celery import shared_task
from django.utils import timezone

from payments.charges.services import receipts, unresolved_requests
from payments.charges.services.routed import past_choices
from payments.disputes.services import dispute_answers, disputes
from payments.erasure import customers as customer_erasure
from payments.erasure import guests
from payments.inbound.services import challenges, delayed_polling, notices, settlements
from payments.intents.services import cancellation, payment_intents
from payments.refunds.services import refunds
from payments.setups.services import setup_intents
from payments.unapplied.services import returns
from processors import inbox


@shared_task(name="payments.repair")
def repair(**_: object) -> None:
    """Poll the rails for every charge, refund and setup without an answer."""
    now = timezone.now()
    payment_intents.repair(at=now)
    refunds.repair(at=now)
    setup_intents.repair(at=now)
    delayed_polling.poll_due(at=now)
    returns.repair(at=now)
    unresolved_requests.close_answered()


@shared_task(name="payments.count_attempts")
def count_attempts(**_: object) -> None:
    """Count how many attempts succeed at each processor account."""
    past_choices.count_attempts(at=timezone.now())


@shared_task(name="payments.erase")
def erase(**_: object) -> None:
    """Erase the personal data of deleted customers, and of guests who paid long ago."""
    now = timezone.now()
    customer_erasure.erase_due(at=now)
    guests.erase_due(at=now)


@shared_task(name="payments.send_receipts")
def send_receipts(**_: object) -> None:
    """Send the receipts that are due."""
    receipts.send_due(at=timezone.now())


@shared_task(name="payments.expire_authorizations")
def expire_authorizations(**_: object) -> None:
    """Expire authorisations that were not captured in time."""
    cancellation.expire(at=timezone.now())


@shared_task(name="payments.fetch_disputes")
def fetch_disputes(**_: object) -> None:
    """Fetch disputes from the rails, and submit evidence again that may not have arrived."""
    now = timezone.now()
    disputes.fetch(at=now, is_thorough=False)
    dispute_answers.repair(at=now)


@shared_task(name="payments.find_missed")
def find_missed(**_: object) -> None:
    """Ask processors for what they told and nobody heard, for all disputes, and for statements."""
    now = timezone.now()
    inbox.find_missed(at=now)
    disputes.fetch(at=now)
    settlements.read(at=now)


@shared_task(name="payments.return_unapplied")
def return_unapplied(**_: object) -> None:
    """Give payers back what came too late, and of which nobody has decided anything."""
    returns.return_due(at=timezone.now())


@shared_task(name="payments.expire_challenges")
def expire_challenges(**_: object) -> None:
    """End the 3-D Secure challenges that have expired."""
    challenges.expire(at=timezone.now())


@shared_task(name="payments.apply_notice")
def apply_notice(*, notice_id: str, **_: object) -> None:
    """Apply a processor's notice."""
    notices.apply(notice_id=notice_id, at=timezone.now())


@shared_task(name="payments.sweep_notices")
def sweep_notices(**_: object) -> None:
    """Apply the notices whose hint was lost, and again those that could not be applied."""
    notices.sweep(at=timezone.now())
