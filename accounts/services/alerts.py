"""Alerts that an account chooses to have by letter: none of them unless it asks."""

from datetime import datetime
from enum import StrEnum

from accounts.models import Account, Letter
from accounts.services import letters
from core.database.transactions import require_transaction
from core.types import JsonObject


class Alert(StrEnum):
    """What an account may be told of by letter; `Account.alerts` says which it wants."""

    DISPUTE_OPENED = "dispute_opened"
    PAYOUT_FAILED = "payout_failed"
    ENDPOINT_FAILING = "endpoint_failing"


def subscriber(account_id: str, alert: Alert) -> Account | None:
    """Return an account with its platform, if it wants an alert; in one query."""
    account = Account.objects.select_related("opened_by").get(id=account_id)
    return account if account.alerts.get(alert) else None


def write(
    account: Account, template: str, context: JsonObject, *, occurrence: str, at: datetime
) -> None:
    """Write an alert in the transaction of what it tells, to the address that was chosen.

    Args:
        account: One that wants it. Without a chosen address all its people are told.
        template: A folder, as of `letters.write`.
        context: The templates' context; the account's name is added.
        occurrence: What is told; the same is told once.
        at: The moment.
    """
    require_transaction()
    if Letter.objects.filter(occurrence=occurrence).exists():
        return
    context = {"name": account.name or account.id} | context
    chosen = account.alerts.get("address")
    if not chosen:
        letters.write(account, template, context, occurrence=occurrence, at=at)
        return
    subject, body = letters.render(account, template, context)
    letters.post([chosen], subject, body, occurrence=occurrence, at=at, account_id=account.id)
