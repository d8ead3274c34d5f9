"""Payment method types: each is a small file of rules, and a new one is a copy."""

from collections.abc import Collection, Container, Sequence

from core.types import Fields
from payments.method_types import offers
from payments.method_types.base import Method, Needs
from payments.method_types.registered import ALL as ALL
from payments.method_types.registered import DISPLAYS as DISPLAYS
from payments.method_types.registered import LASTING as LASTING
from payments.method_types.registered import METHODS as METHODS
from payments.method_types.registered import TYPES as TYPES


def of(type: str) -> Method:
    """Return the rules of a type of payment method, such as `"card"`."""
    return METHODS[type]


def available(
    chosen: Sequence[str],
    *,
    excluded: Sequence[str] | None = None,
    configured: Fields | None = None,
    carried: Container[str] | None = None,
    lacking: Collection[str] = (),
    currency: str,
    is_manual: bool,
    is_kept: bool = False,
) -> list[str]:
    """Name the types with which a payment can be made whose amount is not known yet.

    Args:
        chosen: What the merchant wants; none for whatever fits.
        excluded: What the merchant does not want though it fits.
        configured: The configuration that chooses where the merchant names no types.
        carried: What the rail takes, which limits that choice; None if there is no rail.
        lacking: The types for which the account that is paid has no capability.
        currency: Lower-case ISO code.
        is_manual: True if the merchant captures later.
        is_kept: True if the merchant wants to charge again what pays.
    """
    choice = offers.Choice(chosen, excluded, configured, carried, lacking)
    return offers.available(choice, Needs(currency, is_manual=is_manual, is_kept=is_kept))


def to_keep(
    chosen: Sequence[str],
    excluded: Sequence[str] | None,
    configured: Fields | None = None,
    carried: Container[str] | None = None,
    lacking: Collection[str] = (),
) -> list[str]:
    """Name the types that a setup can save; without a choice, of those that are carried."""
    return offers.to_keep(offers.Choice(chosen, excluded, configured, carried, lacking))
