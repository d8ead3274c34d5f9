"""The choice of a payment's account. Nothing is asked of the database for it."""

from dataclasses import dataclass
from datetime import datetime

from core.types import JsonObject
from processors import registry
from processors.accounts import snapshot
from processors.protocols.base import Enrolment
from processors.router import candidates, refusals
from processors.routing import pipeline
from processors.routing.facts import PaymentFacts


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a payment goes.

    Args:
        account: The name of the account.
        others: The accounts that would follow it, the next one in front.
        trace: Why, in its compact form; None where there was nothing to choose.
    """

    account: str
    others: tuple[str, ...] = ()
    trace: JsonObject | None = None


def choose(facts: PaymentFacts, *, at: datetime) -> Routed:
    """Choose the account of a payment, or of its next attempt.

    Raises:
        LivePaymentsOff: If real money would move, and live payments are switched off.
        NoRail: If no account takes it; why, in words for the merchant.
    """
    held = snapshot.current()
    if facts.livemode and not facts.is_verified and not held.takes_live:
        raise registry.LivePaymentsOff(refusals.live_payments_off())
    found = candidates.of(held, livemode=facts.livemode)
    trace = pipeline.decide(facts, found, held.rules, at=at, tallies=held.tallies)
    if not trace.order:
        raise registry.NoRail(refusals.explain(facts, found, trace))
    is_plain = len(found) == 1 and not held.rules.rules
    return Routed(trace.order[0], trace.order[1:], None if is_plain else trace.pack())


def may_try_again(facts: PaymentFacts) -> bool:
    """Tell whether rules let another account be tried, after those that refused a payment."""
    return 0 < len(facts.tried) <= snapshot.current().rules.retries


def enrolment(facts: PaymentFacts, instrument: str, *, at: datetime) -> Enrolment:
    """Return a card's 3-D Secure enrolment at the account that a new payment takes."""
    try:
        return registry.get(choose(facts, at=at).account).enrolment(instrument)
    except registry.NoRail:
        return Enrolment.BY_RAIL
