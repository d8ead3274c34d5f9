"""Payment method types: each is a small file of rules, and a new one is a copy."""

from collections.abc import Container, Sequence
from typing import Final

from core.types import Fields
from payments.method_types import card, promptpay, sepa_debit, us_bank_account
from payments.method_types.base import Method

_ALL: Final = (card.METHOD, us_bank_account.METHOD, sepa_debit.METHOD, promptpay.METHOD)
METHODS: Final = {method.type: method for method in _ALL}
TYPES: Final = tuple(METHODS)
# What a payer has to do, as the wire names it, of those for which a code is scanned.
DISPLAYS: Final = {f"{method.type}_display_qr_code" for method in _ALL if method.is_push}
# Those that can be charged again.
LASTING: Final = tuple(method.type for method in _ALL if not method.is_push)


def of(type: str) -> Method:
    """Return the rules of a type of payment method, such as `"card"`."""
    return METHODS[type]


def available(
    chosen: Sequence[str],
    *,
    excluded: Sequence[str] | None = None,
    configured: Fields | None = None,
    carried: Container[str] | None = None,
    currency: str,
    is_manual: bool,
    is_kept: bool = False,
) -> list[str]:
    """Name the types with which an intent can be paid.

    Args:
        chosen: What the merchant wants; none for whatever fits.
        excluded: What the merchant does not want though it fits.
        configured: The configuration that chooses where the merchant names no types.
        carried: What the rail takes, which limits that choice; None if there is no rail.
        currency: Lower-case ISO code.
        is_manual: True if the merchant captures later.
        is_kept: True if the merchant wants to charge again what pays.
    """
    fitting = [
        m.type
        for m in _ALL
        if m.fits(currency, is_manual=is_manual)
        and not (is_kept and m.is_push)
        and (carried is None or m.type in carried)
    ]
    shown = fitting if configured is None else [t for t in fitting if t in configured["types"]]
    return [type for type in chosen or shown if type not in (excluded or ())]


def to_keep(
    chosen: Sequence[str],
    excluded: Sequence[str] | None,
    configured: Fields | None = None,
    carried: Container[str] | None = None,
) -> list[str]:
    """Name the types that a setup intent can save; without a choice, of those that are carried."""
    wanted = TYPES if configured is None else configured["types"]
    shown = [type for type in wanted if carried is None or type in carried]
    return [type for type in chosen or shown if type in LASTING and type not in (excluded or ())]
