"""What a vault says of cards and bank accounts, by their numbers and by its own names of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

# As the wire's older objects name the networks.
_DISPLAY_BRANDS: Final = {
    "amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "mastercard": "MasterCard",
    "unionpay": "UnionPay", "visa": "Visa",
}  # fmt: skip


def display_brand(brand: str) -> str:
    """Return the name of a card's network as people write it."""
    return _DISPLAY_BRANDS.get(brand, brand.title())


@dataclass(frozen=True, slots=True)
class Card:
    """A card, without its number.

    Args:
        instrument: The vault's own name of it, which its rail charges.
        brand: As the wire names it.
        funding: `"credit"`, `"debit"` or `"prepaid"`.
        country: The country of the issuer, ISO 3166 alpha-2.
        last4: The last digits of its number.
        line1_check: The bank's word on an address that was given.
        zip_check: On a postal code that was given.
        cvc_check: On a security code that was given.
    """

    instrument: str
    brand: str
    funding: str
    country: str
    last4: str
    line1_check: str
    zip_check: str
    cvc_check: str


@dataclass(frozen=True, slots=True)
class ChargedCard:
    """What a processor says of a card of which we only have a token; it may not say all of it.

    Args:
        brand: As the wire names it; `"unknown"` if it is not said.
        last4: The last digits of its number; empty if they are not said.
        exp_month: From 1 to 12; None if it is not said.
        exp_year: Four digits; None if it is not said.
        funding: `"credit"`, `"debit"`, `"prepaid"` or `"unknown"`.
        country: The country of the issuer, ISO 3166 alpha-2; None if it is not said.
        fingerprint: What the processor tells it from other cards by; empty if it is not said.
    """

    brand: str
    last4: str
    exp_month: int | None
    exp_year: int | None
    funding: str = "unknown"
    country: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ChargedAccount:
    """What a processor says of a bank account of which we only have a token.

    Args:
        last4: The last digits of its number.
        country: Where it is, ISO 3166 alpha-2; None if it is not said.
        details: What else the wire shows of it, such as `bank_code` or `routing_number`.
        fingerprint: What the processor tells it from others by; empty if it is not said.
    """

    last4: str
    country: str | None = None
    details: Mapping[str, str | None] = field(default_factory=dict)
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """How a payer agreed that its bank account be debited.

    Args:
        name: Of the account's holder.
        email: Where the holder is told of debits; empty if nobody knows.
        ip_address: From where it was agreed; empty if that was not online.
        user_agent: Of the browser in which it was agreed.
    """

    name: str
    email: str = ""
    ip_address: str = ""
    user_agent: str = ""


@runtime_checkable
class DescribesTokens(Protocol):
    """A rail that can say what a token of its browser library stands for, before it is charged."""

    def describe(self, instrument: str) -> ChargedCard | ChargedAccount | None:
        """Return what there is to show of a card or account; None if there is none of this name.

        Raises:
            ProcessorUnavailable: If no answer came.
        """
        ...


@dataclass(frozen=True, slots=True)
class CardFields:
    """What shows a processor's own card fields in a frame of ours.

    Args:
        file: Our own small module among the static files. Its `mount` loads the processor's
            library, shows the fields, and makes a token of what is typed into them.
        settings: What `mount` is started with; a browser sees all of it.
        scripts: Sources that the processor's library is loaded from.
        connections: Sources that it asks.
        frames: Sources of what it shows.
        styles: Sources of its style sheets.
        pictures: Sources of its pictures.
    """

    file: str
    settings: Mapping[str, str]
    scripts: tuple[str, ...]
    connections: tuple[str, ...]
    frames: tuple[str, ...]
    styles: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@runtime_checkable
class ShowsCardFields(Protocol):
    """A rail whose processor has card fields of its own for other people's pages."""

    def card_fields(self) -> CardFields | None:
        """Return what shows the fields; None if the account lacks what a browser needs."""
        ...


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account that can be debited.

    Args:
        instrument: The vault's own name of it, which its rail debits.
        type: The payment method's, as the wire names it.
        number: The account's number, or its IBAN.
        routing: The number of its bank; empty with an IBAN.
    """

    instrument: str
    type: str
    number: str
    routing: str = ""


@dataclass(frozen=True, slots=True)
class PayoutAccount:
    """A bank account that a token stands for, to be paid out to.

    Args:
        country: Where it is, ISO 3166 alpha-2.
        currency: Lower-case ISO code.
        routing: The number of its bank.
        number: The account's number.
    """

    country: str
    currency: str
    routing: str
    number: str


class InstrumentVault(Protocol):
    """A vault of the numbers of cards and bank accounts, which it gives names."""

    def find_card(self, number: str) -> Card | None:
        """Return the card with this number; None if it cannot be charged here."""
        ...

    def find_card_by_token(self, token: str) -> Card | None:
        """Return the card of `pm_card_...` or `tok_...`; None if there is no such token."""
        ...

    def load_card(self, instrument: str) -> Card | None:
        """Return the card with this name; None if it is no card's."""
        ...

    def find_bank_account(self, type: str, number: str) -> BankAccount | None:
        """Return the bank account with this number; None if it cannot be debited here.

        Args:
            type: The payment method's.
            number: The routing number, a space and the account's number; or the IBAN.
        """
        ...

    def find_bank_account_by_token(self, token: str) -> BankAccount | None:
        """Return the bank account of `pm_...`; None if there is no such token."""
        ...

    def find_payer(self, type: str, email: str) -> str | None:
        """Return the name of a payer who sends the money; None if nobody can pay here so.

        Args:
            type: The payment method's.
            email: Where the payer is written to.
        """
        ...

    def find_payout_card(self, number: str) -> Card | None:
        """Return the card with this number; None if money cannot be sent to it."""
        ...

    def find_payee_by_token(self, token: str) -> Card | PayoutAccount | None:
        """Return what `btok_...` or `tok_...` is paid out to; None if there is no such token."""
        ...
