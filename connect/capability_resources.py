"""Wire objects of capabilities: plain functions from row to dict."""

from typing import Any

from connect.models import Capability


def capability(row: Capability) -> dict[str, Any]:
    """Render what an account may do, or has asked to be able to do."""
    return _wire(
        row.account_id,
        row.name,
        status=row.status if row.is_requested else "unrequested",
        requested_at=int(row.requested_at.timestamp()) if row.requested_at else None,
    )


def unrequested(account_id: str, name: str) -> dict[str, Any]:
    """Render a capability that an account has never asked for."""
    return _wire(account_id, name, status="unrequested", requested_at=None)


def _wire(account_id: str, name: str, *, status: str, requested_at: int | None) -> dict[str, Any]:
    return {
        "id": name,
        "object": "capability",
        "account": account_id,
        "future_requirements": _nothing_due(),
        "requested": status != "unrequested",
        "requested_at": requested_at,
        "requirements": _nothing_due(),
        "status": status,
    }


def _nothing_due() -> dict[str, Any]:
    # Nobody checks sellers yet: what is asked for is given at once.
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": [],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": [],
        "past_due": [],
        "pending_verification": [],
    }
