"""Whose card fields a payer types into: the account that the payment will be tried at decides."""

from dataclasses import dataclass
from datetime import datetime

from processors import registry
from processors.protocols.instruments import CardFields, ShowsCardFields
from processors.router import choosing
from processors.routing.facts import PaymentFacts


@dataclass(frozen=True, slots=True)
class Shown:
    """Card fields of a processor.

    Args:
        processor: The name of the account, at which what they make is charged.
        fields: What shows them.
    """

    processor: str
    fields: CardFields


def choose(facts: PaymentFacts, *, at: datetime) -> Shown | None:
    """Choose the card fields of a payment whose card nobody knows yet.

    The account that would take it decides. Where numbers may be typed in here, in test mode, one
    without fields of its own is charged by them; in live mode the next that has fields comes.

    Args:
        facts: The payment; what is said of its card is empty.
        at: The moment.

    Returns:
        None if no fields of a processor are shown: ours are, or no card can be typed in.
    """
    try:
        routed = choosing.choose(facts, at=at)
    except registry.NoRail:
        return None
    order = (routed.account, *routed.others)
    if registry.vault(livemode=facts.livemode) is not None:
        order = order[:1]
    return next(filter(None, (find(name, livemode=facts.livemode) for name in order)), None)


def find(name: str, *, livemode: bool) -> Shown | None:
    """Return the card fields of an account; None if it shows none, or is of the other mode."""
    if not registry.takes_tokens(name, livemode=livemode):
        return None
    rail = registry.find(name)
    fields = rail.card_fields() if isinstance(rail, ShowsCardFields) else None
    return Shown(name, fields) if fields else None


def are_anywhere(*, livemode: bool) -> bool:
    """Tell whether an account that takes new payments of a mode shows card fields."""
    return any(find(one.name, livemode=livemode) for one in registry.takers(livemode=livemode))
