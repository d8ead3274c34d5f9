"""What every rail can do, and what it may answer. The words are ours, not a processor's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class ProcessorUnavailable(Exception):
    """No answer came. Whether the money moved is unknown, which is not a decline."""


class Enrolment(StrEnum):
    """What a rail knows of a card's 3-D Secure before it is charged."""

    # The rail asks the payer's bank itself.
    BY_RAIL = "by_rail"
    # The network has no 3-D Secure, or the bank takes no part for this card.
    NOT_SUPPORTED = "not_supported"
    NOT_ENROLLED = "not_enrolled"
    # The bank answers when it is asked, without or with the payer.
    OPTIONAL = "optional"
    OPTIONAL_ERROR = "optional_error"
    # The bank refuses a charge about which it was not asked.
    REQUIRED = "required"
    REQUIRED_ERROR = "required_error"
    # The same, but not once the payer has agreed to later charges.
    UNLESS_SET_UP = "unless_set_up"
    # Agreed to later charges from the start; asked about when the payer is there.
    SET_UP = "set_up"


class OutcomeStatus(StrEnum):
    """What a rail may say of one request."""

    SUCCEEDED = "succeeded"
    # Authorised for a later capture, or accepted and not final yet.
    AUTHORIZED = "authorized"
    PENDING = "pending"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a rail said no.

    Args:
        code: A word of the wire: `"card_declined"`, `"expired_card"`, ...
        message: For the payer.
        decline_code: The issuer's reason, with `"card_declined"`.
        advice: `"try_again_later"`, `"do_not_try_again"` or `"confirm_card_data"`.
        network_code: The network's two characters, such as `"05"`.
    """

    code: str
    message: str
    decline_code: str | None = None
    advice: str | None = None
    network_code: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rail's answer.

    Args:
        status: What happened.
        reference: The processor's own id.
        amount: What the processor says it moved, in minor units.
        currency: Of that amount.
        decline: Why not, when declined.
        is_available_at_once: True if the processor pays the money without delay.
        risk: `"normal"`, `"elevated"` or `"highest"`.
        details: What the network reported, for the charge's details.
        is_final: False if the processor may still take a refund that succeeded back: it is
            asked after until it says the last word.
        settled_amount: What the processor took out of its account for a refund, in minor
            units, if that is not the amount (rule 41).
    """

    status: OutcomeStatus
    reference: str
    amount: int
    currency: str
    decline: Decline | None = None
    is_available_at_once: bool = False
    risk: str = "normal"
    details: Mapping[str, str] = field(default_factory=dict)
    is_final: bool = True
    settled_amount: int | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A wish to take money.

    Args:
        key: Our charge's id. The same key never charges twice.
        amount: Minor units.
        currency: Lower-case ISO code.
        instrument: The rail's own name of the payer's card.
        is_captured: False to authorise only.
        authentication: The directory server's id of what the payer's bank answered; None if it
            was not asked, or did not authenticate.
        is_off_session: True if the payer is not there.
        is_set_up: True if the payer has agreed to later charges.
    """

    key: str
    amount: int
    currency: str
    instrument: str
    is_captured: bool = True
    authentication: str | None = None
    is_off_session: bool = False
    is_set_up: bool = False


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """A wish to know whether a payment method can be charged later. No money moves.

    Args:
        key: Our attempt's id. The same key gives the same answer.
        instrument: The rail's own name of the payer's card.
        authentication: The directory server's id of what the payer's bank answered; None if it
            was not asked, or did not authenticate.
    """

    key: str
    instrument: str
    authentication: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A wish about an earlier charge: capture, void or refund it.

    Args:
        key: Our id of this wish; the same key never acts twice.
        charge_key: The charge's key.
        amount: Minor units; zero for a void.
        currency: Of the charge.
        instrument: The rail's own name of the payer's card.
    """

    key: str
    charge_key: str
    amount: int
    currency: str
    instrument: str


class DisputeStage(StrEnum):
    """How far a dispute has come, as a rail tells it."""

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
    """What a rail says of a dispute. The same may be said again, and late.

    Args:
        reference: The processor's own id of the dispute.
        charge_key: Our charge's id.
        stage: How far it has come.
        amount: What is disputed, in minor units.
        currency: Of that amount.
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


@runtime_checkable
class HasDisputes(Protocol):
    """A rail on which payers can dispute what they paid."""

    def reports(self) -> Sequence[DisputeReport | FraudReport]:
        """Return what happened and has not been acknowledged, oldest first.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def acknowledge(self, report: DisputeReport | FraudReport) -> None:
        """Note that a report was recorded; what happens later is reported again."""
        ...

    def submit_evidence(self, reference: str, evidence: Mapping[str, str]) -> None:
        """Answer a dispute. The same answer may be sent again.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def accept_dispute(self, reference: str) -> DisputeReport:
        """Give a dispute up, and return how it ended; again, if it had ended.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...


class Processor(Protocol):
    """A rail. Each call may be repeated with its key and then gives the first answer."""

    name: str

    def enrolment(self, instrument: str) -> Enrolment:
        """Say what is known of a card's 3-D Secure. It asks nobody far away."""
        ...

    def verify(self, request: VerifyRequest) -> Outcome:
        """Ask the payer's bank whether a method can be charged later. No money moves.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def charge(self, request: ChargeRequest) -> Outcome:
        """Take or authorise money.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def capture(self, request: FollowUp) -> Outcome:
        """Take a part or all of what was authorised.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def void(self, request: FollowUp) -> Outcome:
        """Let go of what was authorised.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def refund(self, request: FollowUp) -> Outcome:
        """Give a part or all of what was taken back.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def find(self, key: str) -> Outcome | None:
        """Say what became of the request with our key; None if it never arrived.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...


@runtime_checkable
class CancelsRefunds(Protocol):
    """A rail that can stop a refund while it has not reached the payer."""

    def cancel_refund(self, request: FollowUp) -> Outcome:
        """Stop a refund, if that is still possible.

        Args:
            request: The refund's own request.

        Returns:
            What has become of the refund: declined with the code `"canceled"` if it was
            stopped, otherwise as `refund` would say.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...
