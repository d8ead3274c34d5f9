"""Which types of payment methods a payer is offered, and why not the others."""

from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass

from core.types import Fields
from payments.method_types.base import Method, Needs, Reason
from payments.method_types.registered import ALL, LASTING, METHODS, TYPES


@dataclass(frozen=True, slots=True)
class Choice:
    """What a merchant chose among the types.

    Args:
        chosen: The types that it wants; none for whatever fits.
        excluded: What it does not want though it fits.
        configured: The configuration that chooses where it names no types.
        carried: What the rails take, which limits that choice; None if there is no rail.
        lacking: The types for which the account that is paid has no capability.
    """

    chosen: Sequence[str] = ()
    excluded: Sequence[str] | None = None
    configured: Fields | None = None
    carried: Container[str] | None = None
    lacking: Collection[str] = ()


def available(choice: Choice, needs: Needs) -> list[str]:
    """Name the types with which a payment can be made.

    What a merchant has named itself is offered whatever the payment wants: it is refused, with
    words, where it is used. What the account that is paid lacks is not.
    """
    if choice.chosen:
        refused = {*(choice.excluded or ()), *choice.lacking}
        return [type for type in choice.chosen if type not in refused]
    return [m.type for m in ALL if why_not(m, choice, needs) is None]


def explain(choice: Choice, needs: Needs) -> dict[str, Reason | None]:
    """Say of each type why it is not offered for a payment; None of those that are."""
    offered = set(available(choice, needs))
    return {
        type: None if type in offered else why_not(method, choice, needs)
        for type, method in METHODS.items()
    }


def why_not(method: Method, choice: Choice, needs: Needs) -> Reason | None:
    """Return the first reason for which a type is not offered; None if it is."""
    if choice.chosen and method.type not in choice.chosen:
        return Reason.NOT_CHOSEN
    if method.type in (choice.excluded or ()):
        return Reason.EXCLUDED
    if choice.carried is not None and method.type not in choice.carried:
        return Reason.NO_RAIL
    if method.type in choice.lacking:
        return Reason.NO_CAPABILITY
    if choice.configured is not None and method.type not in choice.configured["types"]:
        return Reason.SWITCHED_OFF
    return method.why_not(needs)


def lacking(active: Container[str]) -> list[str]:
    """Name the types that an account cannot be paid with.

    Args:
        active: Its active capabilities.
    """
    return [m.type for m in ALL if not any(name in active for name in m.capabilities)]


def to_keep(choice: Choice, *, redirects: bool = True) -> list[str]:
    """Name the types that a setup intent can save; without a choice, of those that are carried.

    Args:
        choice: What the merchant chose.
        redirects: False if the payer may be sent to no other page.
    """
    wanted = TYPES if choice.configured is None else choice.configured["types"]
    shown = [
        type
        for type in wanted
        if (choice.carried is None or type in choice.carried)
        and type not in choice.lacking
        and (redirects or not METHODS[type].is_redirect)
    ]
    refused = {*(choice.excluded or ()), *choice.lacking}
    return [type for type in choice.chosen or shown if type in LASTING and type not in refused]
