"""The lives of accounts at processors, and of what goes to banks."""

from enum import StrEnum
from typing import Final

from core.state_machine import Machine


class AccountStatus(StrEnum):
    """The statuses of accounts at processors."""

    ENABLED = "enabled"
    # Takes no new payments; what was begun there goes on there.
    DRAINING = "draining"
    # Is not asked at all: what is open there waits.
    DISABLED = "disabled"


_S = AccountStatus

PROCESSOR_ACCOUNT: Final = Machine[AccountStatus](
    "Processor account",
    {
        _S.ENABLED: {_S.DRAINING, _S.DISABLED},
        _S.DRAINING: {_S.ENABLED, _S.DISABLED},
        _S.DISABLED: {_S.ENABLED, _S.DRAINING},
    },
)


class BankFileStatus(StrEnum):
    """The statuses of files. Only a file that has not been sent can be canceled."""

    MADE = "made"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELED = "canceled"
    READ = "read"


class BankPaymentStatus(StrEnum):
    """The statuses of payments. Booked is not final: the money may come back."""

    QUEUED = "queued"
    FILED = "filed"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BOOKED = "booked"
    RETURNED = "returned"


_F = BankFileStatus

BANK_FILE: Final = Machine[BankFileStatus](
    "Bank file",
    {
        # What the bank made is only read.
        _F.MADE: {_F.APPROVED, _F.CANCELED, _F.READ},
        _F.APPROVED: {_F.SENT, _F.CANCELED},
        _F.SENT: {_F.ACCEPTED, _F.REJECTED},
        # What was taken on may be refused afterwards, as a whole.
        _F.ACCEPTED: {_F.REJECTED},
        _F.REJECTED: set(),
        _F.CANCELED: set(),
        _F.READ: set(),
    },
)

_P = BankPaymentStatus

BANK_PAYMENT: Final = Machine[BankPaymentStatus](
    "Bank payment",
    {
        _P.QUEUED: {_P.FILED},
        # Its file was canceled: the next one takes it along.
        _P.FILED: {_P.QUEUED, _P.SENT},
        _P.SENT: {_P.ACCEPTED, _P.REJECTED, _P.BOOKED},
        _P.ACCEPTED: {_P.REJECTED, _P.BOOKED},
        _P.REJECTED: set(),
        # Back to what it was, because a line turned out to be about something else.
        _P.BOOKED: {_P.RETURNED, _P.SENT},
        _P.RETURNED: {_P.BOOKED, _P.SENT},
    },
)

MACHINES: Final = (PROCESSOR_ACCOUNT, BANK_FILE, BANK_PAYMENT)
