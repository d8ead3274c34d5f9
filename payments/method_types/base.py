"""The rules of payment method types, without tables, wire or clock."""

from collections.abc import Callable
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Method:
    """The rules of one payment method type.

    Args:
        type: As the wire names it.
        title: As people name it.
        currencies: What it can take; None for every currency.
        is_slow: True if its processor says days later whether the payer's bank paid, and may
            take that back.
        is_push: True if the payer sends the money: it is shown a code, and can neither be charged
            again nor without being there.
        settles_in_days: Business days after which the processor pays at the earliest.
        needs_mandate: True if nobody may be charged without a written permission.
        captures_later: True if it can be authorised first.
        billing: The billing details without which it cannot be charged.
        read: Makes an account of what was typed in; None for cards, which have their own way, and
            where nothing is typed in.
        mandate: The keys that a mandate of it has on the wire.
        options: The keys that an intent has for it, with what they say unless told otherwise.
    """

    type: str
    title: str
    currencies: frozenset[str] | None = None
    is_slow: bool = False
    is_push: bool = False
    settles_in_days: int = 0
    needs_mandate: bool = False
    captures_later: bool = True
    billing: tuple[str, ...] = ()
    read: Callable[[Fields], Account] | None = None
    mandate: tuple[str, ...] = ()
    options: Fields = field(default_factory=dict)

    def fits(self, currency: str, *, is_manual: bool) -> bool:
        """Tell whether a payment like this can be made with it."""
        has_currency = self.currencies is None or currency in self.currencies
        return has_currency and (self.captures_later or not is_manual)
