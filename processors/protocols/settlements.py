"""What a processor says moved on its account: its own statement, line by line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class LineKind(StrEnum):
    """The kinds of lines."""

    CHARGE = "charge"
    # The payer's bank took back what a slow method had paid.
    CHARGE_FAILED = "charge_failed"
    REFUND = "refund"
    # A refund came back from the payer's bank.
    REFUND_FAILED = "refund_failed"
    # Taken by a dispute, or given back.
    DISPUTE = "dispute"
    # Sent to our bank, or come back from it.
    SETTLEMENT = "settlement"
    # What the processor takes, or gives, and no payment of ours is the reason.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """A line of a processor's statement.

    Args:
        reference: The processor's own id of the line.
        kind: What it is about.
        amount: How much came, in minor units; below zero if it went.
        fee: What the processor took of it for itself.
        currency: The currency of both.
        livemode: True if it is real money.
        key: Our key of the charge or refund; empty if it was made without us.
        charge_key: Our charge's id, of a refund that was made without us.
        about: The processor's own id of the refund, dispute or settlement.
        description: In the processor's words, for the operator.
        at: When it says that it moved.
    """

    reference: str
    kind: LineKind
    amount: int
    fee: int
    currency: str
    livemode: bool
    at: datetime
    key: str = ""
    charge_key: str = ""
    about: str = ""
    description: str = ""


@runtime_checkable
class ReportsSettlements(Protocol):
    """A rail whose processor says what moved on its account."""

    def lines(self, *, since: datetime) -> Iterable[ReportedLine]:
        """Return what moved since a moment, oldest first; a line may be told again.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...


@dataclass(frozen=True, slots=True)
class ProcessorBalance:
    """What a processor says that it holds for us in one currency.

    Args:
        currency: Lower-case ISO code.
        available_amount: Minor units that it pays out already; below zero if we owe it.
        pending_amount: Minor units that it pays out later.
    """

    currency: str
    available_amount: int
    pending_amount: int = 0


@runtime_checkable
class ReportsBalances(Protocol):
    """A rail that says what its processor owes us."""

    def balances(self) -> Sequence[ProcessorBalance]:
        """Ask what the processor holds for us.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...
