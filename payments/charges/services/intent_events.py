"""Telling the merchant about intents, but for those that stand behind a charge of its own."""

from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.models import PaymentIntent


def emit(type: str, intent: PaymentIntent, work: UnitOfWork) -> None:
    """Add an event about an intent as it is now; nobody has heard of an internal one."""
    if not intent.is_internal:
        work.emit(type, intent.tenant, resources.payment_intent(intent))
