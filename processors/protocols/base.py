"""What every rail can do, and what it may answer. The words are ours, not a processor's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from processors.protocols.capabilities import Capabilities as Capabilities
from processors.protocols.capabilities import PayerChecks as PayerChecks
from processors.protocols.declines import Decline
from processors.protocols.instruments import (
    BankAccount,
    ChargedAccount,
    ChargedCard,
    Permission,
)
from processors.protocols.next_actions import NextAction


class ProcessorUnavailable(Exception):
    """No answer came. Whether the money moved is unknown, which is not a decline."""

    # A word of `UnknownReason`.
    reason = "no_answer"


class AccessRefused(ProcessorUnavailable):
    """The processor refuses our key, or we have none. What was sent before may have been done."""

    reason = "access_refused"


class Throttled(ProcessorUnavailable):
    """The processor takes no more requests for the moment."""

    reason = "throttled"


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
    """The outcomes of a request, on every rail."""

    # What was asked for is done: taken, or held if only an authorisation was asked for.
    SUCCEEDED = "succeeded"
    # Accepted; the last word comes later.
    PENDING = "pending"
    # The rail waits for the payer.
    ACTION_REQUIRED = "action_required"
    # The payer's bank, or the rail's risk check, said no.
    DECLINED = "declined"
    # The rail could not do it, and nothing has moved.
    ERRORED = "errored"
    # Nobody can say whether money moved. It is asked after, and never taken for a no.
    UNKNOWN = "unknown"


REFUSED = frozenset({OutcomeStatus.DECLINED, OutcomeStatus.ERRORED})
# The request stays open: the last word has not been said.
NOT_FINAL = frozenset({OutcomeStatus.PENDING, OutcomeStatus.ACTION_REQUIRED, OutcomeStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rail's answer. Whoever records it compares amount and currency with what was asked.

    Args:
        status: What happened.
        reference: The processor's own id; empty when unknown.
        amount: What the processor says it moved, in minor units.
        currency: The currency of that amount.
        decline: Why not, when declined or errored.
        is_available_at_once: True if the processor pays the money without delay.
        risk: `"normal"`, `"elevated"` or `"highest"`.
        details: What the network reported, for the charge's details.
        is_final: False if the processor may still take a refund that succeeded back: it is
            asked after until it says the last word.
        settled_amount: What the processor took out of its account for a refund, in minor
            units, if that is not the amount (rule 41).
        reason: When unknown, why: a `UnknownReason`.
        message: When unknown, in words for the operator.
        has_news: True if the rail has more to say already: it is asked before the answer is given.
        next_action: What the payer has to do there, when an action is required.
        network_transaction_id: What the network calls the payment: later charges without the
            payer name it, on whichever rail.
        fee: What the processor took for itself of this request, in minor units of the currency;
            None if it says so later.
        instrument: The processor's own name of the payer's card by now, if it is another one:
            a token that can be charged again.
        card: What the processor says of the payer's card, if it was charged by a token.
        debited_later: The payer's bank account, if the payer agreed that it be debited from now
            on.
        account: What the processor says of the payer's bank account, if it is debited by a token.
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
    reason: str | None = None
    message: str = ""
    has_news: bool = False
    next_action: NextAction | None = None
    network_transaction_id: str | None = None
    fee: int | None = None
    instrument: str | None = None
    card: ChargedCard | None = None
    debited_later: BankAccount | None = None
    account: ChargedAccount | None = None


class UnknownReason(StrEnum):
    """The reasons of an unknown outcome. The operators' screen explains each."""

    NO_ANSWER = "no_answer"
    # Our key is refused: until there is a new one, nothing is done there.
    ACCESS_REFUSED = "access_refused"
    THROTTLED = "throttled"
    PENDING = "pending"
    ACTION_REQUIRED = "action_required"
    # The processor moved something else than was asked for: somebody must look.
    AMOUNT_DIFFERS = "amount_differs"
    # The rail failed in a way that it does not explain.
    UNREADABLE = "unreadable"
    # It never arrived as far as anybody knows, and its key may have been forgotten there:
    # sent again, it could move money twice.
    KEY_EXPIRED = "key_expired"


def unknown(reason: UnknownReason, message: str) -> Outcome:
    """Make the outcome of a request about which nobody can say anything."""
    return Outcome(OutcomeStatus.UNKNOWN, "", 0, "xxx", reason=reason, message=message)


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A request to charge or authorise an amount.

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
        statement: What the payer's statement is to say; empty for what the rail says itself.
        return_url: A page of ours to which the processor sends the payer's browser back; None if
            there is no browser: what needs the payer is then declined.
        is_to_be_kept: True if the card is to be charged again later.
        payer: Our customer's id, under which a processor keeps cards; None if there is none.
        network_transaction_id: Of the payment with which the payer agreed to this one.
        pay_within: Seconds that the payer has, from our charge's beginning on; None for what the
            processor gives.
        installments: In how many monthly parts the card's bank lets the payer pay; None for at
            once, and for a plan of the bank without a count. All of it is ours at once.
        payer_code: What the payer's bank's app showed it to agree with; empty for none.
        method: The type of the payment method, as the wire names it.
        permission: How the payer agreed to be debited; None if the method needs no mandate.
        description: The merchant's words for what is paid; empty for none.
        metadata: The merchant's own data of the payment.
    """

    key: str
    amount: int
    currency: str
    instrument: str
    is_captured: bool = True
    authentication: str | None = None
    is_off_session: bool = False
    is_set_up: bool = False
    statement: str = ""
    return_url: str | None = None
    is_to_be_kept: bool = False
    payer: str | None = None
    network_transaction_id: str | None = None
    pay_within: int | None = None
    installments: int | None = None
    payer_code: str = ""
    method: str = "card"
    permission: Permission | None = None
    description: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """A request to verify that a payment method can be charged later. No money moves.

    Args:
        key: Our attempt's id. The same key gives the same answer.
        instrument: The rail's own name of the payer's card.
        authentication: The directory server's id of what the payer's bank answered; None if it
            was not asked, or did not authenticate.
        return_url: A page of ours to which the processor sends the payer's browser back; None if
            there is no browser.
        payer: Our customer's id, under which a processor keeps cards; None if there is none.
        method: The type of the payment method, as the wire names it.
        permission: How the payer agreed to be debited; None if the method needs no mandate.
    """

    key: str
    instrument: str
    authentication: str | None = None
    return_url: str | None = None
    payer: str | None = None
    method: str = "card"
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A request about an earlier charge: capture, void or refund it.

    Args:
        key: Our id of this wish; the same key never acts twice.
        charge_key: The charge's key.
        amount: Minor units; zero for a void.
        currency: The currency of the charge.
        instrument: The rail's own name of the payer's card.
        charge_reference: The processor's own id of the charge.
    """

    key: str
    charge_key: str
    amount: int
    currency: str
    instrument: str
    charge_reference: str | None = None


class Action(StrEnum):
    """What was asked of a rail."""

    CHARGE = "charge"
    CAPTURE = "capture"
    VOID = "void"
    # Of a charge for which the payer has not paid.
    CANCEL = "cancel"
    REFUND = "refund"
    VERIFY = "verify"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An inquiry about the outcome of an earlier request.

    Args:
        action: What was asked.
        key: Our id of that request.
        charge_key: Our id of the charge it was about; the key itself for a charge.
        charge_reference: The processor's own id of that charge, if it ever said it.
    """

    action: Action
    key: str
    charge_key: str
    charge_reference: str | None = None


@runtime_checkable
class Processor(Protocol):
    """A rail that takes payments. A call repeated with its key gives the first answer again."""

    name: str
    capabilities: Capabilities

    def enrolment(self, instrument: str) -> Enrolment:
        """Return a card's 3-D Secure enrolment, without a remote call."""
        ...

    def verify(self, request: VerifyRequest) -> Outcome:
        """Ask the payer's bank whether a method can be charged later. No money moves.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def charge(self, request: ChargeRequest) -> Outcome:
        """Charge a payment method, or authorise the amount.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def capture(self, request: FollowUp) -> Outcome:
        """Capture a part or all of what was authorised.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def void(self, request: FollowUp) -> Outcome:
        """Void an authorisation.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def refund(self, request: FollowUp) -> Outcome:
        """Refund a part or all of a charge.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def find(self, inquiry: Inquiry) -> Outcome | None:
        """Return a request's outcome; None if it never arrived, as far as the rail knows.

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


@runtime_checkable
class CancelsCharges(Protocol):
    """A rail that can stop a charge while it waits for the payer."""

    def cancel_charge(self, request: FollowUp) -> Outcome:
        """Stop a charge that nobody has paid: nobody can pay it any more.

        Args:
            request: About the charge. Its own key may be forgotten: the charge is stopped once.

        Returns:
            What has become of the charge: declined with the code `"canceled"` if it was
            stopped, otherwise as `charge` would say.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...
