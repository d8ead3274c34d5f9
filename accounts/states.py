"""The lives of what is kept in this room."""

from enum import StrEnum
from typing import Final

from core.state_machine import Machine


class ApprovalState(StrEnum):
    """The states of a request for somebody else's approval."""

    WAITING = "waiting"
    # Somebody else has agreed, and it is being carried out.
    APPROVED = "approved"
    EXECUTED = "executed"
    FAILED = "failed"
    REJECTED = "rejected"
    # By whoever asked for it.
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_A = ApprovalState

APPROVAL: Final = Machine[ApprovalState](
    "Approval request",
    {
        # One whose parameters are not what was asked for fails at once.
        _A.WAITING: {_A.APPROVED, _A.FAILED, _A.REJECTED, _A.WITHDRAWN, _A.EXPIRED},
        _A.APPROVED: {_A.EXECUTED, _A.FAILED},
        _A.EXECUTED: set(),
        _A.FAILED: set(),
        _A.REJECTED: set(),
        _A.WITHDRAWN: set(),
        _A.EXPIRED: set(),
    },
)

MACHINES: Final = (APPROVAL,)
