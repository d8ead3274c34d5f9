"""The lives of what connect owns. A transfer has none: it is posted, then reversed in parts."""

from enum import StrEnum
from typing import Final

from core.states import Machine


class CapabilityStatus(StrEnum):
    INACTIVE = "inactive"
    PENDING = "pending"
    ACTIVE = "active"


_C = CapabilityStatus

CAPABILITY: Final = Machine[CapabilityStatus](
    "Capability",
    {
        _C.INACTIVE: {_C.PENDING, _C.ACTIVE},
        _C.PENDING: {_C.ACTIVE, _C.INACTIVE},
        _C.ACTIVE: {_C.INACTIVE, _C.PENDING},
    },
)

MACHINES: Final = (CAPABILITY,)
