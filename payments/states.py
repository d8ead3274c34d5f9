"""The lives of an intent, an authentication, a charge and a refund. Read this first."""

from enum import StrEnum
from typing import Final

from core.states import Machine


class IntentStatus(StrEnum):
    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class AuthenticationStatus(StrEnum):
    """Canceled means that nobody needs the answer any more."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class ChargeStatus(StrEnum):
    """Pending means that the rail's answer is not known: not failed, not succeeded."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


_I = IntentStatus

INTENT: Final = Machine[IntentStatus](
    "PaymentIntent",
    {
        _I.REQUIRES_PAYMENT_METHOD: {_I.REQUIRES_CONFIRMATION, _I.PROCESSING, _I.CANCELED},
        _I.REQUIRES_CONFIRMATION: {
            _I.REQUIRES_PAYMENT_METHOD,
            _I.REQUIRES_ACTION,
            _I.PROCESSING,
            _I.CANCELED,
        },
        # The payer is asked by the bank. Confirmed again when the merchant confirms by hand,
        # or when what was asked about has changed.
        _I.REQUIRES_ACTION: {
            _I.REQUIRES_PAYMENT_METHOD,
            _I.REQUIRES_CONFIRMATION,
            _I.PROCESSING,
            _I.CANCELED,
        },
        # A decline leads back to the start. Canceled only when the rail let go of what
        # was authorised: nobody cancels an intent whose outcome is unknown.
        _I.PROCESSING: {
            _I.REQUIRES_PAYMENT_METHOD,
            _I.REQUIRES_CAPTURE,
            _I.SUCCEEDED,
            _I.CANCELED,
        },
        # Capturing and voiding ask the rail, and while it is asked the intent processes.
        _I.REQUIRES_CAPTURE: {_I.PROCESSING},
        _I.SUCCEEDED: set(),
        _I.CANCELED: set(),
    },
)

AUTHENTICATION: Final = Machine[AuthenticationStatus](
    "Authentication",
    {
        AuthenticationStatus.PENDING: {
            AuthenticationStatus.SUCCEEDED,
            AuthenticationStatus.FAILED,
            AuthenticationStatus.CANCELED,
        },
        AuthenticationStatus.SUCCEEDED: set(),
        AuthenticationStatus.FAILED: set(),
        AuthenticationStatus.CANCELED: set(),
    },
)

CHARGE: Final = Machine[ChargeStatus](
    "Charge",
    {
        ChargeStatus.PENDING: {ChargeStatus.SUCCEEDED, ChargeStatus.FAILED},
        ChargeStatus.SUCCEEDED: set(),
        ChargeStatus.FAILED: set(),
    },
)

REFUND: Final = Machine[RefundStatus](
    "Refund",
    {
        RefundStatus.PENDING: {
            RefundStatus.SUCCEEDED,
            RefundStatus.FAILED,
            RefundStatus.CANCELED,
        },
        # The payer's bank may send it back.
        RefundStatus.SUCCEEDED: {RefundStatus.FAILED},
        RefundStatus.FAILED: set(),
        RefundStatus.CANCELED: set(),
    },
)

MACHINES: Final = (INTENT, AUTHENTICATION, CHARGE, REFUND)
