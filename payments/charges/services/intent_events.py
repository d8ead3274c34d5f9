"""Events about intents, except those behind standalone charges."""

from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges import holders
from payments.models import PaymentIntent


def emit(type: str, intent: PaymentIntent, work: UnitOfWork) -> None:
    """Emit an event about an intent, unless it is internal, and tell its holder."""
    if not intent.is_internal:
        work.emit(type, intent.tenant, resources.payment_intent(intent))
    holders.tell(work, intent, type)
