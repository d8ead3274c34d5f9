"""State machines of connect. A transfer has none: it is posted, then reversed in parts."""

from enum import StrEnum
from typing import Final

from core.state_machine import Machine


class CapabilityStatus(StrEnum):
    """Restricted means that it was active and is not until something is given or decided.

    The wire has no such word: there it is inactive, with a reason.
    """

    INACTIVE = "inactive"
    PENDING = "pending"
    ACTIVE = "active"
    RESTRICTED = "restricted"


class CheckStatus(StrEnum):
    """The status of a person's or a company's identity check."""

    UNVERIFIED = "unverified"
    PENDING = "pending"
    VERIFIED = "verified"


class ExternalAccountStatus(StrEnum):
    """Errored means that a payout to it failed: nothing is sent there until it is put right."""

    NEW = "new"
    VALIDATED = "validated"
    VERIFIED = "verified"
    VERIFICATION_FAILED = "verification_failed"
    ERRORED = "errored"


class PayoutStatus(StrEnum):
    """Paid is not the end: the payee's bank may send the money back."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class AttemptStatus(StrEnum):
    """Sent and unknown are not final: only the rail's word decides."""

    SENT = "sent"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


class TreasuryMoveStatus(StrEnum):
    """The status of the operator's own money between two places."""

    SENT = "sent"
    ARRIVED = "arrived"
    # It came back to where it left from.
    RETURNED = "returned"


_C = CapabilityStatus

CAPABILITY: Final = Machine[CapabilityStatus](
    "Capability",
    {
        _C.INACTIVE: {_C.PENDING, _C.ACTIVE},
        _C.PENDING: {_C.ACTIVE, _C.INACTIVE},
        _C.ACTIVE: {_C.INACTIVE, _C.RESTRICTED},
        _C.RESTRICTED: {_C.ACTIVE, _C.PENDING, _C.INACTIVE},
    },
)

_K = CheckStatus

CHECK: Final = Machine[CheckStatus](
    "Identity check",
    {
        _K.UNVERIFIED: {_K.PENDING, _K.VERIFIED},
        _K.PENDING: {_K.VERIFIED, _K.UNVERIFIED},
        # Another answer was given, or an operator found out otherwise.
        _K.VERIFIED: {_K.UNVERIFIED},
    },
)

_P = PayoutStatus

PAYOUT: Final = Machine[PayoutStatus](
    "Payout",
    {
        # Nothing has been sent: only now can it be canceled.
        _P.PENDING: {_P.IN_TRANSIT, _P.CANCELED},
        _P.IN_TRANSIT: {_P.PAID, _P.FAILED},
        # Back, because a line of a statement turned out to be about something else.
        _P.PAID: {_P.FAILED, _P.IN_TRANSIT},
        _P.FAILED: {_P.PAID},
        _P.CANCELED: set(),
    },
)

_T = TreasuryMoveStatus
TREASURY_MOVE: Final = Machine[TreasuryMoveStatus](
    "Move",
    {_T.SENT: {_T.ARRIVED, _T.RETURNED}, _T.ARRIVED: set(), _T.RETURNED: set()},
)

MACHINES: Final = (CAPABILITY, CHECK, PAYOUT, TREASURY_MOVE)

# What a platform may say when it rejects an account → why the account is disabled.
REJECTIONS: Final = {
    "credit": "rejected.other",
    "fraud": "rejected.fraud",
    "fraud_no_intent_to_fulfill": "rejected.fraud",
    "fraud_other": "rejected.fraud",
    "fraud_payment_method_casher": "rejected.fraud",
    "fraud_payment_method_tester": "rejected.fraud",
    "other": "rejected.other",
    "terms_of_service": "rejected.terms_of_service",
}
