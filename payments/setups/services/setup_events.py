"""Events about setup intents."""

from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges import holders
from payments.models import SetupIntent


def emit(type: str, intent: SetupIntent, work: UnitOfWork) -> None:
    """Emit an event about a setup intent, and tell its holder."""
    work.emit(type, intent.tenant, resources.setup_intent(intent))
    holders.tell(work, intent, type)
