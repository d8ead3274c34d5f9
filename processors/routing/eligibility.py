"""Which accounts can take a payment at all, and why the others cannot."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from processors.routing import hashing
from processors.routing.breakers import PROBES_ONE_OF, Breaker, BreakerState
from processors.routing.facts import Candidate, PaymentFacts, Standing

_CLOSED = Breaker()


class Rejection(StrEnum):
    """Why an account cannot take a payment; the first reason in this order."""

    MODE = "mode"
    STANDING = "standing"
    METHOD = "method"
    CURRENCY = "currency"
    AMOUNT = "amount"
    CAPTURE = "capture"
    VERIFY = "verify"
    CHARGE_TYPE = "charge_type"
    INSTRUMENT = "instrument"
    TRIED = "tried"
    HEALTH = "health"


def reject(
    facts: PaymentFacts, candidate: Candidate, *, seed: int, at: datetime
) -> Rejection | None:
    """Return why an account cannot take a payment; None if it can."""
    if candidate.livemode != facts.livemode:
        return Rejection.MODE
    if candidate.standing is not Standing.ENABLED:
        return Rejection.STANDING
    if reason := _reject_by_capability(facts, candidate):
        return reason
    if facts.known_at is not None and candidate.name not in facts.known_at:
        return Rejection.INSTRUMENT
    if candidate.name in facts.tried:
        return Rejection.TRIED
    if not _is_healthy(candidate, facts.method, seed=seed, at=at):
        return Rejection.HEALTH
    return None


def _reject_by_capability(facts: PaymentFacts, candidate: Candidate) -> Rejection | None:
    can, currency = candidate.capabilities, facts.currency
    if facts.method not in can.methods:
        return Rejection.METHOD
    if currency is not None:
        if can.currencies is not None and currency not in can.currencies:
            return Rejection.CURRENCY
        most = candidate.most_amount.get(currency)
        if facts.amount < candidate.least_amount.get(currency, 0) or (
            most is not None and facts.amount > most
        ):
            return Rejection.AMOUNT
    if not (facts.is_captured or can.captures_later):
        return Rejection.CAPTURE
    if facts.is_verified and not can.verifies:
        return Rejection.VERIFY
    if candidate.charge_types is not None and facts.charge_type not in candidate.charge_types:
        return Rejection.CHARGE_TYPE
    return None


def _is_healthy(candidate: Candidate, method: str, *, seed: int, at: datetime) -> bool:
    if candidate.quiet_until is not None and at < candidate.quiet_until:
        return False
    state = candidate.breakers.get(method, _CLOSED).state(at)
    if state is BreakerState.HALF_OPEN:
        return hashing.draw(seed, f"probe {candidate.name}", PROBES_ONE_OF) == 0
    return state is BreakerState.CLOSED


def sort_out(
    facts: PaymentFacts, candidates: Sequence[Candidate], *, seed: int, at: datetime
) -> tuple[list[Candidate], dict[str, Rejection]]:
    """Divide accounts into those that can take a payment, and the others with their reasons.

    Where only their health keeps all from it, those take it that nobody forced open: to try is
    better than to refuse.
    """
    eligible: list[Candidate] = []
    rejected: dict[str, Rejection] = {}
    for candidate in candidates:
        if reason := reject(facts, candidate, seed=seed, at=at):
            rejected[candidate.name] = reason
        else:
            eligible.append(candidate)
    if eligible or Rejection.HEALTH not in rejected.values():
        return eligible, rejected
    for candidate in candidates:
        forced = candidate.breakers.get(facts.method, _CLOSED).forced
        if rejected[candidate.name] is Rejection.HEALTH and not forced:
            eligible.append(candidate)
            del rejected[candidate.name]
    return eligible, rejected
