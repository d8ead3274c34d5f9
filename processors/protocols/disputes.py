"""What a rail may say of disputes, and what it can be told about them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class DisputeStage(StrEnum):
    """The stages of a dispute."""

    # The payer's bank asks, and has not taken anything.
    INQUIRY = "inquiry"
    INQUIRY_CLOSED = "inquiry_closed"
    # The payer's bank has taken the money.
    OPEN = "open"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DisputeReport:
    """A rail's report of a dispute, which may come again, and late.

    Args:
        reference: The processor's own id of the dispute.
        charge_key: Our charge's id.
        stage: How far it has come.
        amount: What is disputed, in minor units.
        currency: The currency of that amount.
        reason: As the wire names it, such as `"fraudulent"`.
        network_code: The network's code of the reason.
        fee_amount: What the processor takes for it, in minor units.
        returned_amount: What came back when it ended, in minor units.
        due_at: Until when it can be answered.
    """

    reference: str
    charge_key: str
    stage: DisputeStage
    amount: int
    currency: str
    reason: str
    network_code: str | None = None
    fee_amount: int = 0
    returned_amount: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FraudReport:
    """A card's issuer has told the network that it believes a payment to be fraud.

    Args:
        reference: The processor's own id.
        charge_key: Our charge's id.
        fraud_type: As the wire names it, such as `"unauthorized_use_of_card"`.
    """

    reference: str
    charge_key: str
    fraud_type: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that is evidence.

    Args:
        id: Our id of it.
        name: The file's name.
        content: Its bytes.
    """

    id: str
    name: str
    content: bytes


class EvidenceRefused(Exception):
    """The processor takes no such answer to a dispute, and nothing was submitted."""


@runtime_checkable
class AcceptsDisputes(Protocol):
    """A rail whose disputes can be given up from here."""

    def accept_dispute(self, reference: str) -> DisputeReport:
        """Accept a dispute, and return how it ended; again, if it had ended.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...


@runtime_checkable
class ReportsDisputes(Protocol):
    """A rail that can be asked which payments are disputed."""

    def reports(self, *, charge_key: str | None = None) -> Sequence[DisputeReport | FraudReport]:
        """Return what happened and has not been acknowledged, oldest first.

        Args:
            charge_key: Our charge's id, to ask about that charge only.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def acknowledge(self, report: DisputeReport | FraudReport) -> None:
        """Note that a report was recorded; what happens later is reported again."""
        ...


@runtime_checkable
class AnswersDisputes(AcceptsDisputes, Protocol):
    """A rail that takes the answers to disputes."""

    def submit_evidence(
        self, reference: str, evidence: Mapping[str, str], papers: Mapping[str, Callable[[], Paper]]
    ) -> None:
        """Answer a dispute. The same answer may be sent again.

        Args:
            reference: The processor's own id of the dispute.
            evidence: Field → text, or our id of a file.
            papers: Field → reads the file that it names, for those that name one.

        Raises:
            EvidenceRefused: If the processor takes no such answer.
            ProcessorUnavailable: If no answer came.
        """
        ...


@runtime_checkable
class ChecksEvidence(Protocol):
    """A rail whose processor says beforehand what an answer must have."""

    def check_evidence(
        self, reference: str, evidence: Mapping[str, str], papers: Mapping[str, Callable[[], Paper]]
    ) -> None:
        """Find out whether an answer would be taken. Nothing is submitted.

        Args:
            reference: The processor's own id of the dispute.
            evidence: Field → text, or our id of a file.
            papers: Field → reads the file that it names, for those that name one.

        Raises:
            EvidenceRefused: If it would not; it says what is missing.
            ProcessorUnavailable: If no answer came.
        """
        ...
