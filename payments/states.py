"""The state machines of intents, attempts, charges, refunds and mandates. Read this first."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from core.state_machine import Machine

# Source: what the card schemes keep an authorisation for that the payer gave online.
AUTHORIZED_FOR: Final = timedelta(days=7)


class IntentStatus(StrEnum):
    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


# Nothing is under way: the merchant or the payer has the next word.
WAITING: Final = (
    IntentStatus.REQUIRES_PAYMENT_METHOD,
    IntentStatus.REQUIRES_CONFIRMATION,
    IntentStatus.REQUIRES_ACTION,
)


class AuthenticationStatus(StrEnum):
    """Canceled means that nobody needs the answer any more."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class SetupStatus(StrEnum):
    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class SetupAttemptStatus(StrEnum):
    """Abandoned means that nobody needs the answer any more."""

    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABANDONED = "abandoned"


class MandateStatus(StrEnum):
    """Inactive means that it was revoked, or used up."""

    ACTIVE = "active"
    PENDING = "pending"
    INACTIVE = "inactive"


class VerificationStatus(StrEnum):
    """Of a bank account that was added as a source: do two small payments show whose it is?"""

    NEW = "new"
    VERIFIED = "verified"
    VERIFICATION_FAILED = "verification_failed"


class ChargeStatus(StrEnum):
    """Pending means that the rail's last word is not known: not failed, not succeeded."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """An action is required of the payer, who has to give an account to refund to."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


# The money is set aside, and has not gone.
OPEN_REFUNDS: Final = (RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION)


class UnappliedStatus(StrEnum):
    """Of money that came too late: open until somebody decides whose it is, or that none came."""

    OPEN = "open"
    RETURNING = "returning"
    RETURNED = "returned"
    APPLIED = "applied"
    VOIDED = "voided"


class DisputeStatus(StrEnum):
    """The first three are inquiries: they move no money."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


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
        # The payer is asked by the bank, or is shown a code and may pay. Confirmed again when
        # the merchant confirms by hand, or when what was asked about has changed.
        _I.REQUIRES_ACTION: {
            _I.REQUIRES_PAYMENT_METHOD,
            _I.REQUIRES_CONFIRMATION,
            _I.PROCESSING,
            _I.REQUIRES_CAPTURE,
            _I.SUCCEEDED,
            _I.CANCELED,
        },
        # A decline leads back to the start, a code to the payer, and a code that is withdrawn
        # to the next way to pay. Canceled only when the rail let go of what
        # was authorised: nobody cancels an intent whose outcome is unknown.
        _I.PROCESSING: {
            _I.REQUIRES_PAYMENT_METHOD,
            _I.REQUIRES_CONFIRMATION,
            _I.REQUIRES_ACTION,
            _I.REQUIRES_CAPTURE,
            _I.SUCCEEDED,
            _I.CANCELED,
        },
        # Capturing and voiding ask the rail, and while it is asked the intent processes.
        _I.REQUIRES_CAPTURE: {_I.PROCESSING},
        # A slow method's money may be taken back by the payer's bank.
        _I.SUCCEEDED: {_I.REQUIRES_PAYMENT_METHOD},
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
        # Only a slow method's: the payer's bank took its money back.
        ChargeStatus.SUCCEEDED: {ChargeStatus.FAILED},
        ChargeStatus.FAILED: set(),
    },
)

REFUND: Final = Machine[RefundStatus](
    "Refund",
    {
        RefundStatus.PENDING: {
            RefundStatus.REQUIRES_ACTION,
            RefundStatus.SUCCEEDED,
            RefundStatus.FAILED,
            RefundStatus.CANCELED,
        },
        # The payer may never answer, or give an account that does not exist.
        RefundStatus.REQUIRES_ACTION: {
            RefundStatus.PENDING,
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

UNAPPLIED: Final = Machine[UnappliedStatus](
    "UnappliedPayment",
    {
        # Returned at once by somebody at the processor.
        UnappliedStatus.OPEN: {
            UnappliedStatus.RETURNING,
            UnappliedStatus.RETURNED,
            UnappliedStatus.APPLIED,
            UnappliedStatus.VOIDED,
        },
        # The processor may refuse to give it back: somebody decides again.
        UnappliedStatus.RETURNING: {UnappliedStatus.OPEN, UnappliedStatus.RETURNED},
        # The payer's bank may send it back.
        UnappliedStatus.RETURNED: {UnappliedStatus.OPEN},
        UnappliedStatus.APPLIED: set(),
        UnappliedStatus.VOIDED: set(),
    },
)

_S = SetupStatus

SETUP: Final = Machine[SetupStatus](
    "SetupIntent",
    {
        _S.REQUIRES_PAYMENT_METHOD: {_S.REQUIRES_CONFIRMATION, _S.CANCELED},
        _S.REQUIRES_CONFIRMATION: {
            _S.REQUIRES_PAYMENT_METHOD,
            _S.REQUIRES_ACTION,
            _S.PROCESSING,
            _S.CANCELED,
        },
        _S.REQUIRES_ACTION: {
            _S.REQUIRES_PAYMENT_METHOD,
            _S.REQUIRES_CONFIRMATION,
            _S.PROCESSING,
            _S.SUCCEEDED,
            _S.CANCELED,
        },
        # The rail is asked whether it takes the method; while its answer is unknown, this stays.
        # It may want the payer to act there first.
        _S.PROCESSING: {_S.REQUIRES_PAYMENT_METHOD, _S.REQUIRES_ACTION, _S.SUCCEEDED},
        _S.SUCCEEDED: set(),
        _S.CANCELED: set(),
    },
)

_A = SetupAttemptStatus

SETUP_ATTEMPT: Final = Machine[SetupAttemptStatus](
    "SetupAttempt",
    {
        _A.REQUIRES_ACTION: {_A.PROCESSING, _A.SUCCEEDED, _A.FAILED, _A.ABANDONED},
        _A.PROCESSING: {_A.REQUIRES_ACTION, _A.SUCCEEDED, _A.FAILED},
        _A.SUCCEEDED: set(),
        _A.FAILED: set(),
        _A.ABANDONED: set(),
    },
)

MANDATE: Final = Machine[MandateStatus](
    "Mandate",
    {
        MandateStatus.PENDING: {MandateStatus.ACTIVE, MandateStatus.INACTIVE},
        MandateStatus.ACTIVE: {MandateStatus.INACTIVE},
        MandateStatus.INACTIVE: set(),
    },
)

VERIFICATION: Final = Machine[VerificationStatus](
    "Verification of a source",
    {
        VerificationStatus.NEW: {
            VerificationStatus.VERIFIED,
            VerificationStatus.VERIFICATION_FAILED,
        },
        VerificationStatus.VERIFIED: set(),
        VerificationStatus.VERIFICATION_FAILED: set(),
    },
)

_D = DisputeStatus

DISPUTE: Final = Machine[DisputeStatus](
    "Dispute",
    {
        _D.WARNING_NEEDS_RESPONSE: {
            _D.WARNING_UNDER_REVIEW,
            _D.WARNING_CLOSED,
            _D.NEEDS_RESPONSE,
        },
        # The payer's bank may take the money all the same.
        _D.WARNING_UNDER_REVIEW: {_D.WARNING_CLOSED, _D.NEEDS_RESPONSE},
        _D.WARNING_CLOSED: {_D.NEEDS_RESPONSE},
        # Won and lost is what the processor says; a deadline alone ends nothing.
        _D.NEEDS_RESPONSE: {_D.UNDER_REVIEW, _D.WON, _D.LOST},
        _D.UNDER_REVIEW: {_D.WON, _D.LOST},
        _D.WON: set(),
        _D.LOST: set(),
    },
)

MACHINES: Final = (
    INTENT,
    AUTHENTICATION,
    CHARGE,
    REFUND,
    UNAPPLIED,
    SETUP,
    SETUP_ATTEMPT,
    MANDATE,
    VERIFICATION,
    DISPUTE,
)
