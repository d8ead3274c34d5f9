"""What is kept of a request for approval: its digest, its state and its trail."""

import hashlib
import json

from accounts.audit import trail
from accounts.models import ApprovalRequest, User
from accounts.states import APPROVAL, ApprovalState
from core.types import Fields


def digest(action: str, parameters: Fields, facts: Fields) -> str:
    """Return the SHA-256 of what is asked for, in one spelling."""
    whole = {"action": action, "parameters": parameters, "facts": facts}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def move(row: ApprovalRequest, state: ApprovalState) -> None:
    """Give a request its next state.

    Raises:
        IllegalMove: If it cannot have it.
    """
    APPROVAL.check(ApprovalState(row.state), state)
    row.state = state


def record(row: ApprovalRequest, action: str, *, by: User | None = None, reason: str = "") -> None:
    """Record in the audit trail what became of a request."""
    changes: trail.Changes = {
        "state": (None, row.state),
        "sha256": (None, row.sha256),
        "summary": (None, row.summary),
        "message": ("", row.message),
    }
    trail.record(action, row, by=by, reason=reason, changes=changes)
