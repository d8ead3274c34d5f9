"""Wire objects of capabilities: plain functions from row to dict."""

from connect.models import AccountRequirements, Capability
from connect.onboarding.requirements import nothing_due
from connect.states import CapabilityStatus
from core.types import JsonObject


def status(row: Capability) -> str:
    """Spell a status as the wire does, which has no word of its own for what was taken away."""
    is_restricted = row.status == CapabilityStatus.RESTRICTED
    return CapabilityStatus.INACTIVE.value if is_restricted else str(row.status)


def capability(row: Capability, account_requirements: AccountRequirements | None) -> JsonObject:
    """Render what an account may do, or has asked to be able to do.

    Args:
        row: The capability.
        account_requirements: The account's; None if it has never been evaluated.
    """
    by_name = account_requirements.capability_requirements if account_requirements else {}
    return _wire(
        row.account_id,
        row.name,
        by_name.get(row.name) if row.is_requested else None,
        status=status(row) if row.is_requested else "unrequested",
        requested_at=int(row.requested_at.timestamp()) if row.requested_at else None,
    )


def unrequested(account_id: str, name: str) -> JsonObject:
    """Render a capability that an account has never asked for."""
    return _wire(account_id, name, None, status="unrequested", requested_at=None)


def _wire(
    account_id: str,
    name: str,
    due: JsonObject | None,
    *,
    status: str,
    requested_at: int | None,
) -> JsonObject:
    return {
        "id": name,
        "object": "capability",
        "account": account_id,
        "future_requirements": nothing_due(),
        "requested": status != "unrequested",
        "requested_at": requested_at,
        "requirements": due or nothing_due(),
        "status": status,
    }
