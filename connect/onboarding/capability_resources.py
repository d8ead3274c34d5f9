"""Wire objects of capabilities: plain functions from row to dict."""

from connect.models import AccountRequirements, Capability
from connect.onboarding.requirements import empty_requirements
from connect.states import CapabilityStatus
from core.types import JsonObject


def status(row: Capability) -> str:
    """Return the wire status: a restricted capability is inactive there."""
    is_restricted = row.status == CapabilityStatus.RESTRICTED
    return CapabilityStatus.INACTIVE.value if is_restricted else str(row.status)


def capability(row: Capability, account_requirements: AccountRequirements | None) -> JsonObject:
    """Render a capability.

    Args:
        row: The capability.
        account_requirements: The account's requirements; None if it was never evaluated.
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
    """Render a capability that was never requested."""
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
        "future_requirements": empty_requirements(),
        "requested": status != "unrequested",
        "requested_at": requested_at,
        "requirements": due or empty_requirements(),
        "status": status,
    }
