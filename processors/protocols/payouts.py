"""What a rail that pays out can do. Its answers are the same six words as a charge's."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from processors.protocols.base import Capabilities, Inquiry, Outcome


@dataclass(frozen=True, slots=True)
class Payee:
    """The payee of a payout.

    Args:
        is_card: True for a debit card: `number` is the rail's own name of it then.
        country: Where the account is, ISO 3166 alpha-2.
        number: The account's number, or its IBAN.
        routing: The number of its bank and branch, or the BIC; None if it is not known.
        name: The holder's; None if it is not known.
    """

    is_card: bool
    country: str
    number: str
    routing: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PayoutRequest:
    """A request to pay out to a bank account.

    Args:
        key: Our payout attempt's id. The same key never pays twice.
        amount: Minor units.
        currency: Lower-case ISO code.
        payee: Where it goes.
        is_instant: True if it is to be there within minutes.
        text: What the payee's statement shows.
        livemode: False for a payout of test mode.
    """

    key: str
    amount: int
    currency: str
    payee: Payee
    is_instant: bool = False
    text: str = ""
    livemode: bool = False


@runtime_checkable
class PaysOut(Protocol):
    """A rail that can send money to banks.

    A payout that was accepted is pending until it has arrived. One that succeeded and is not
    final may still come back: then it is declined, and `settled_amount` says how much of it came
    back, if a bank on the way kept some.
    """

    name: str
    capabilities: Capabilities

    def payout(self, request: PayoutRequest) -> Outcome:
        """Send a payout.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...

    def find(self, inquiry: Inquiry) -> Outcome | None:
        """Return a payout's outcome; None if it never arrived, as far as the rail knows.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...
