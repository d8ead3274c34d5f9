"""The rules of payment method types, without tables, wire or clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from core.types import Fields


@dataclass(frozen=True, slots=True)
class Account:
    """A payer's bank account, as it was typed in.

    Args:
        number: What tells it from all others. It is never kept.
        last4: What people may see of it.
        country: Where it is.
        details: What else people may see, for the wire.
    """

    number: str
    last4: str
    country: str
    details: Fields = field(default_factory=dict)


class Reason(StrEnum):
    """Why a type of payment method is not offered; the first one in this order."""

    NOT_CHOSEN = "not_chosen"
    EXCLUDED = "excluded"
    NO_RAIL = "no_rail"
    NO_CAPABILITY = "no_capability"
    SWITCHED_OFF = "switched_off"
    CURRENCY = "currency"
    AMOUNT = "amount"
    MANUAL_CAPTURE = "manual_capture"
    NOT_KEPT = "not_kept"
    NO_REDIRECTS = "no_redirects"


REASONS: Final = {
    Reason.NOT_CHOSEN: "The merchant named other types.",
    Reason.EXCLUDED: "The merchant excluded it.",
    Reason.NO_RAIL: "No processor account of this mode takes it.",
    Reason.NO_CAPABILITY: "The account that is paid has no active capability for it.",
    Reason.SWITCHED_OFF: "The payment method configuration switches it off.",
    Reason.CURRENCY: "It does not know the currency.",
    Reason.AMOUNT: "The amount is below or above what it takes.",
    Reason.MANUAL_CAPTURE: "It cannot be captured later.",
    Reason.NOT_KEPT: "It leaves nothing that can be charged later.",
    Reason.NO_REDIRECTS: "The payer would be sent to another page, and `allow_redirects` is never.",
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What a payment wants of its method.

    Args:
        currency: Lower-case ISO code.
        amount: Minor units; None where it does not count.
        is_manual: True if the merchant captures later.
        is_kept: True if the merchant wants to charge again what pays.
        redirects: False if the payer may be sent to no other page.
    """

    currency: str
    amount: int | None = None
    is_manual: bool = False
    is_kept: bool = False
    redirects: bool = True


@dataclass(frozen=True, slots=True)
class Method:
    """The rules of one payment method type.

    Args:
        type: As the wire names it.
        title: As people name it.
        currencies: What it can take; None for every currency.
        countries: Where its payers are, ISO 3166 alpha-2; empty for everywhere.
        least: The smallest amount that it takes, by currency, in minor units.
        most: The largest one.
        is_slow: True if its processor says days later whether the payer's bank paid, and may
            take that back.
        is_push: True if the payer sends the money: it is shown a code, and can neither be charged
            again nor without being there.
        is_redirect: True if the payer agrees to each payment at a bank or a wallet, on a page or
            in an app of its own, and comes back.
        display: The wire's word for what the payer has to do; empty where the payer is redirected,
            or does nothing.
        pay_within: Seconds that the payer has for it.
        may_last: The least and the most seconds that a merchant may give instead; None if it has
            no say.
        zone: The time zone of its payers, if they are shown until when they can pay.
        answers_later: True if what the payer agreed to may be paid, or not, some time afterwards.
        banks: The payer's banks among which it can choose, with their BIC, if the wire shows one.
        charged: What the wire shows of a charge.
        keeps_as: The type of the payment method that a payment, or a setup, leaves for later
            charges; empty if none.
        refund_days: Days within which a charge can be refunded; None for no limit.
        refund_asks_payer: True if a refund waits until the payer has given an account.
        is_disputable: True if the payer can dispute a charge.
        settles_in_days: Business days after which the processor pays at the earliest.
        needs_mandate: True if nobody may be charged without a written permission.
        captures_later: True if it can be authorised first.
        billing: The billing details without which it cannot be charged.
        read: Makes an account of what was typed in; None for cards, which have their own way, and
            where nothing is typed in.
        mandate: The keys that a mandate of it has on the wire.
        options: The keys that an intent has for it, with what they say unless told otherwise.
        capability: What a connected account needs, where that is not called after the type.
    """

    type: str
    title: str
    currencies: frozenset[str] | None = None
    countries: tuple[str, ...] = ()
    least: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    is_slow: bool = False
    is_push: bool = False
    is_redirect: bool = False
    display: str = ""
    pay_within: int = 0
    may_last: tuple[int, int] | None = None
    zone: str = ""
    answers_later: bool = False
    banks: Mapping[str, str | None] = field(default_factory=dict)
    charged: tuple[str, ...] = ()
    keeps_as: str = ""
    refund_days: int | None = None
    refund_asks_payer: bool = False
    is_disputable: bool = False
    settles_in_days: int = 0
    needs_mandate: bool = False
    captures_later: bool = True
    billing: tuple[str, ...] = ()
    read: Callable[[Fields], Account] | None = None
    mandate: tuple[str, ...] = ()
    options: Fields = field(default_factory=dict)
    capability: str = ""

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Return the capabilities of which one lets a connected account be paid with it."""
        own = self.capability or f"{self.type}_payments"
        return (own, "legacy_payments") if self.type == "card" else (own,)

    @property
    def is_lasting(self) -> bool:
        """Tell whether it, or what it leaves behind, can be charged again."""
        return not (self.is_push or self.is_redirect) or bool(self.keeps_as)

    def why_not(self, needs: Needs) -> Reason | None:
        """Return why a payment like this cannot be made with it; None if it can."""
        if self.currencies is not None and needs.currency not in self.currencies:
            return Reason.CURRENCY
        if needs.amount is not None and not self.takes(needs.amount, needs.currency):
            return Reason.AMOUNT
        if needs.is_manual and not self.captures_later:
            return Reason.MANUAL_CAPTURE
        if needs.is_kept and not self.is_lasting:
            return Reason.NOT_KEPT
        if self.is_redirect and not needs.redirects:
            return Reason.NO_REDIRECTS
        return None

    def takes(self, amount: int, currency: str) -> bool:
        """Tell whether an amount is within its limits."""
        most = self.most.get(currency)
        return amount >= self.least.get(currency, 0) and (most is None or amount <= most)
