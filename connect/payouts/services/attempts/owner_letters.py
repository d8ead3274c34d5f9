"""Writing to the owner of an account whose payout failed."""

from datetime import datetime
from typing import Final

from accounts.audit import trail
from accounts.services import alerts, letters
from accounts.services.alerts import Alert
from connect.models import Payout
from connect.states import ExternalAccountStatus, PayoutStatus
from core.database.lookups import one
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest
from core.money import Money
from core.types import JsonObject

_TEMPLATE: Final = "connect/mail/payout_failed"


def ask_owner(*, payout_id: str, at: datetime) -> int:
    """Write to an account's people that a payout failed, why, and what they do about it.

    Args:
        payout_id: The payout that failed.
        at: The moment; on one day they are written to once.

    Returns:
        How many letters there are.

    Raises:
        Missing: If there is no such payout.
        InvalidRequest: If it has not failed, or nobody can be reached.
    """
    rows = Payout.objects.select_related("account__opened_by", "destination")
    with atomic():
        row = one(rows, payout_id, kind="payout")
        if row.status != PayoutStatus.FAILED:
            raise InvalidRequest("Only the owner of a payout that failed is written to.")
        occurrence = f"{row.id} failed, told on {at:%Y-%m-%d}"
        count = letters.write(row.account, _TEMPLATE, _context(row), occurrence=occurrence, at=at)
        if not count:
            raise InvalidRequest(
                "No address of this account is known. Make a link for its owner, and hand it over."
            )
        trail.record("payout.owner_asked", row)
    return count


def write_alert(payout: Payout, *, at: datetime) -> None:
    """Write by itself, if the account asked for it, that a payout has just failed. A step."""
    require_transaction()
    account = alerts.subscriber(payout.account_id, Alert.PAYOUT_FAILED)
    if account is None:
        return
    payout.account = account
    occurrence = f"{payout.id} failed with {payout.failure_balance_transaction_id}"
    alerts.write(account, _TEMPLATE, _context(payout), occurrence=occurrence, at=at)


def letter(payout: Payout) -> tuple[str, str]:
    """Return the subject and the text of the letter that the owner would get."""
    return letters.render(payout.account, _TEMPLATE, _context(payout))


def _context(row: Payout) -> JsonObject:
    platform = row.account.opened_by
    contact = ""
    if platform:
        contact = platform.business_profile.get("support_email") or platform.email or ""
    return {
        "name": row.account.name or row.account_id,
        "money": str(Money(row.amount, row.currency)),
        "destination": str(row.destination),
        "why": row.failure_message or "",
        "is_refused": row.destination.status == ExternalAccountStatus.ERRORED,
        "is_automatic": row.is_automatic,
        "platform": (platform.name or platform.id) if platform else "",
        "contact": contact,
        "livemode": row.livemode,
    }
