"""Which event tells of each move of each state machine, and which moves tell nobody, and why."""

from typing import Any, Final

from accounts import states as accounts
from connect import states as connect
from connect.states import CapabilityStatus, CheckStatus, PayoutStatus
from core.state_machine import Machine
from payments import states as payments
from payments.states import (
    ChargeStatus,
    DisputeStatus,
    IntentStatus,
    MandateStatus,
    RefundStatus,
    SetupStatus,
    UnappliedStatus,
    VerificationStatus,
)
from processors import states as processors
from webhooks import states as webhooks

MACHINES: Final = (
    *accounts.MACHINES,
    *payments.MACHINES,
    *connect.MACHINES,
    *processors.MACHINES,
    *webhooks.MACHINES,
)


class Later(tuple[str, ...]):
    """Types that tell of a move once its outcome is known, in a transaction of their own."""


_I, _S, _D, _P = IntentStatus, SetupStatus, DisputeStatus, PayoutStatus
_R, _U = RefundStatus, UnappliedStatus
_NO_TYPE: Final = "The wire has no type for it: whoever asks for it is answered with it."
_OPERATORS: Final = "It is the operator's own, and the wire does not show it."

# Machine → new state, or (old, new) where it depends → types, or why nobody is told.
TOLD: Final[dict[Machine[Any], dict[Any, tuple[str, ...] | str]]] = {
    payments.INTENT: {
        _I.REQUIRES_PAYMENT_METHOD: ("payment_intent.payment_failed",),
        # Its method was taken away.
        (_I.REQUIRES_CONFIRMATION, _I.REQUIRES_PAYMENT_METHOD): _NO_TYPE,
        _I.REQUIRES_CONFIRMATION: _NO_TYPE,
        _I.REQUIRES_ACTION: ("payment_intent.requires_action",),
        # Before the rail is asked; it answers at once, or this is told.
        _I.PROCESSING: Later(("payment_intent.processing",)),
        _I.REQUIRES_CAPTURE: ("payment_intent.amount_capturable_updated",),
        _I.SUCCEEDED: ("payment_intent.succeeded",),
        _I.CANCELED: ("payment_intent.canceled",),
    },
    payments.AUTHENTICATION: dict.fromkeys(
        payments.AuthenticationStatus, "Its intent tells what became of it."
    ),
    payments.CHARGE: {
        ChargeStatus.SUCCEEDED: ("charge.succeeded",),
        ChargeStatus.FAILED: ("charge.failed", "charge.expired"),
    },
    payments.REFUND: {
        **dict.fromkeys((_R.PENDING, _R.REQUIRES_ACTION), ("refund.updated",)),
        **dict.fromkeys((_R.SUCCEEDED, _R.CANCELED), ("refund.updated",)),
        _R.FAILED: ("refund.failed",),
    },
    payments.UNAPPLIED: dict.fromkeys(_U, ("unapplied_payment.updated",)),
    payments.SETUP: {
        _S.REQUIRES_PAYMENT_METHOD: ("setup_intent.setup_failed",),
        (_S.REQUIRES_CONFIRMATION, _S.REQUIRES_PAYMENT_METHOD): _NO_TYPE,
        _S.REQUIRES_CONFIRMATION: _NO_TYPE,
        _S.REQUIRES_ACTION: ("setup_intent.requires_action",),
        _S.PROCESSING: _NO_TYPE,
        _S.SUCCEEDED: ("setup_intent.succeeded",),
        _S.CANCELED: ("setup_intent.canceled",),
    },
    payments.SETUP_ATTEMPT: dict.fromkeys(
        payments.SetupAttemptStatus, "Its setup intent tells what became of it."
    ),
    payments.MANDATE: dict.fromkeys(
        (MandateStatus.ACTIVE, MandateStatus.INACTIVE), ("mandate.updated",)
    ),
    payments.VERIFICATION: dict.fromkeys(VerificationStatus, ("customer.source.updated",)),
    payments.DISPUTE: {
        **dict.fromkeys((_D.NEEDS_RESPONSE, _D.UNDER_REVIEW), ("charge.dispute.updated",)),
        _D.WARNING_UNDER_REVIEW: ("charge.dispute.updated",),
        **dict.fromkeys((_D.WON, _D.LOST, _D.WARNING_CLOSED), ("charge.dispute.closed",)),
    },
    connect.CAPABILITY: dict.fromkeys(CapabilityStatus, ("capability.updated",)),
    # A person's, and a company's.
    connect.CHECK: dict.fromkeys(
        CheckStatus, ("person.updated", "person.created", "account.updated")
    ),
    connect.PAYOUT: {
        _P.IN_TRANSIT: ("payout.updated",),
        _P.PAID: ("payout.paid", "payout.updated"),
        _P.FAILED: ("payout.failed",),
        _P.CANCELED: ("payout.canceled",),
    },
    connect.TREASURY_MOVE: dict.fromkeys(connect.TreasuryMoveStatus, _OPERATORS),
    accounts.APPROVAL: dict.fromkeys(accounts.ApprovalState, _OPERATORS),
    processors.BANK_FILE: dict.fromkeys(processors.BankFileStatus, _OPERATORS),
    processors.BANK_PAYMENT: dict.fromkeys(
        processors.BankPaymentStatus, "Its payout tells what became of it."
    ),
    processors.PROCESSOR_ACCOUNT: dict.fromkeys(
        {new for followers in processors.PROCESSOR_ACCOUNT.moves.values() for new in followers},
        _OPERATORS,
    ),
    webhooks.RESEND: dict.fromkeys(webhooks.ResendStatus, _OPERATORS),
    webhooks.DELIVERY: dict.fromkeys(
        webhooks.DeliveryStatus, "An event of a delivery would need one of its own, and so on."
    ),
}


def told_by(machine: Machine[Any], old: Any, new: Any) -> tuple[str, ...] | str | None:
    """Return the types that tell of a move, or why none does; None if nobody has said."""
    table = TOLD.get(machine, {})
    return table.get((old, new), table.get(new))
