"""The life of a delivery: one event to one endpoint."""

from enum import StrEnum
from typing import Final

from core.state_machine import Machine


class DeliveryStatus(StrEnum):
    """Pending until the first answer, failing between tries."""

    PENDING = "pending"
    FAILING = "failing"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    CANCELED = "canceled"


# Tried, or to be tried, in vain so far.
UNACCEPTED: Final = (DeliveryStatus.FAILING, DeliveryStatus.EXHAUSTED, DeliveryStatus.CANCELED)

_D = DeliveryStatus
_ENDS = {_D.DELIVERED, _D.FAILING, _D.EXHAUSTED, _D.CANCELED}

DELIVERY: Final = Machine[DeliveryStatus](
    "Delivery",
    {
        _D.PENDING: _ENDS,
        # A person may ask for it to be sent again, whatever became of it.
        _D.FAILING: {*_ENDS, _D.PENDING},
        _D.DELIVERED: {_D.PENDING},
        _D.EXHAUSTED: {_D.PENDING},
        _D.CANCELED: {_D.PENDING},
    },
)


class ResendStatus(StrEnum):
    """Running until all of it was made due, or somebody stopped it."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


RESEND: Final = Machine[ResendStatus](
    "Resend",
    {
        ResendStatus.RUNNING: {ResendStatus.DONE, ResendStatus.STOPPED},
        ResendStatus.DONE: set(),
        ResendStatus.STOPPED: set(),
    },
)

MACHINES: Final = (DELIVERY, RESEND)
