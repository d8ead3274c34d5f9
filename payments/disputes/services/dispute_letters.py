"""The letter that tells an account of a dispute, if it asked for that alert."""

from typing import Final

from accounts.services import alerts, letters
from accounts.services.alerts import Alert
from core.money import Money
from core.types import JsonObject
from operations.unit_of_work import UnitOfWork
from payments.models import Dispute
from payments.states import DisputeStatus

_TEMPLATE: Final = "payments/mail/dispute_opened"
_UNANSWERED: Final = frozenset({DisputeStatus.NEEDS_RESPONSE, DisputeStatus.WARNING_NEEDS_RESPONSE})


def write_opened(work: UnitOfWork, row: Dispute) -> None:
    """Tell whose payment is disputed what the bank wants, why and until when, once."""
    account = alerts.subscriber(row.account_id, Alert.DISPUTE_OPENED)
    if account is None:
        return
    due = row.due_at
    context: JsonObject = {
        "dispute": row.id,
        "payment": row.payment_intent_id or row.charge_id,
        "money": str(Money(row.amount, row.currency)),
        "reason": row.reason,
        "is_withdrawn": row.withdrawn_amount > 0,
        "is_unanswered": row.status in _UNANSWERED,
        "day": letters.format_day(due, letters.language_of(account)) if due else "",
        "time": f"{due:%H:%M}" if due else "",
        "livemode": row.livemode,
    }
    alerts.write(account, _TEMPLATE, context, occurrence=f"{row.id} was opened", at=work.at)
