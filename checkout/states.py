"""The states of checkout: a session ends once, paid for or expired."""

from enum import StrEnum
from typing import Final

from core.state_machine import Machine


class SessionStatus(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class PaymentStatus(StrEnum):
    """Unpaid may still be paid: by a method whose bank answers days later, or by a capture."""

    PAID = "paid"
    UNPAID = "unpaid"
    NO_PAYMENT_REQUIRED = "no_payment_required"


SESSION: Final = Machine(
    "checkout session",
    {SessionStatus.OPEN: {SessionStatus.COMPLETE, SessionStatus.EXPIRED}},
)
