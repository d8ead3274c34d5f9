"""Replays: a draft over payments that were made. What would have come of it is an estimate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import sqrt
from typing import Final

from processors.routing import costs, eligibility, rates, strategies
from processors.routing.facts import Candidate, PaymentFacts
from processors.routing.hashing import seed
from processors.routing.rates import RateKey, Tally
from processors.routing.rules import RuleSet
from processors.routing.traces import Trace

# How sure an interval is: 1.96 standard errors, 95 percent.
_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Replayed:
    """A first attempt that was made.

    Args:
        facts: The payment.
        account: Where it went.
        trace: How that was chosen then; None where there was nothing to choose.
        at: The moment.
        has_succeeded: None if it has no last word.
    """

    facts: PaymentFacts
    account: str
    trace: Trace | None
    at: datetime
    has_succeeded: bool | None


@dataclass(slots=True)
class Estimate:
    """How many payments would succeed, of those about which anything is known.

    Args:
        known: How many those are.
        expected: How many of them would succeed.
        variance: Of that number.
        unknown: About how many nobody can say anything.
    """

    known: int = 0
    expected: float = 0.0
    variance: float = 0.0
    unknown: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the share of approvals with 95 percent certainty; None if nothing is known."""
        if not self.known:
            return None
        middle, error = self.expected / self.known, _Z * sqrt(self.variance) / self.known
        return max(0.0, middle - error), min(1.0, middle + error)


@dataclass(slots=True)
class Replay:
    """What a draft would have changed.

    Args:
        total: How many payments were looked at.
        assumed: Of how many nothing is known of who else could have taken them then: the accounts
            that can now are taken for it.
        moves: How many would go elsewhere, by where they went and where they would go.
        before: How many went to each account.
        after: How many would go to each; an empty name is nobody.
        cost_before: Expected minor units, by currency, of the payments whose prices are known.
        cost_after: The same, with the draft.
        unpriced: Of how many payments a price is missing.
        succeeded: How many succeeded, of those with a last word.
        ended: How many have a last word.
        estimate: How many would succeed.
    """

    total: int = 0
    assumed: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    cost_before: Counter[str] = field(default_factory=Counter)
    cost_after: Counter[str] = field(default_factory=Counter)
    unpriced: int = 0
    succeeded: int = 0
    ended: int = 0
    estimate: Estimate = field(default_factory=Estimate)


def replay(
    payments: Iterable[Replayed],
    rules: RuleSet,
    candidates: Sequence[Candidate],
    *,
    tallies: Mapping[RateKey, Tally],
    least_samples: int = 50,
) -> Replay:
    """Return what rules would have changed.

    Args:
        payments: First attempts, with their traces: who could take a payment then, could.
        rules: A draft.
        candidates: The accounts, for their prices.
        tallies: How many attempts succeed; where fewer are known, nothing is claimed.
        least_samples: How many must be known.
    """
    by_name = {one.name: one for one in candidates}
    found = Replay()
    for payment in payments:
        was = payment.account
        order = choose_again(payment, rules, by_name, tallies=tallies)
        would = order[0] if order else ""
        found.total += 1
        found.assumed += payment.trace is None
        found.before[was] += 1
        found.after[would] += 1
        if was != would:
            found.moves[was, would] += 1
        _add_costs(found, payment.facts, by_name.get(was), by_name.get(would))
        _add_approval(found, payment, would, is_same=was == would, tallies=tallies, n=least_samples)
    return found


def choose_again(
    payment: Replayed,
    rules: RuleSet,
    by_name: Mapping[str, Candidate],
    *,
    tallies: Mapping[RateKey, Tally],
) -> tuple[str, ...]:
    """Return the accounts to which rules would have sent a payment, the preferred first.

    Who could take it, and who could not, is as its trace says.
    """
    names = _who_could(payment, by_name)
    rule = rules.first_match(payment.facts, payment.at, by_name)
    if rule is None:
        listed = tuple(name for name in by_name if name in names)
        return listed or names
    eligible = [by_name[name] for name in by_name if name in names]
    ranking = strategies.rank(
        payment.facts, rule.strategy, eligible, tallies=tallies, seed=seed(payment.facts.id)
    )
    if rule.is_strict:
        return ranking.names
    return (*ranking.names, *(one.name for one in eligible if one.name not in ranking.names))


def _who_could(payment: Replayed, by_name: Mapping[str, Candidate]) -> tuple[str, ...]:
    """Return the accounts that could have taken a payment."""
    trace = payment.trace
    if trace is not None:
        return trace.order + trace.barred
    well = [replace(one, breakers={}, quiet_until=None) for one in by_name.values()]
    able, _ = eligibility.sort_out(payment.facts, well, seed=0, at=payment.at)
    names = tuple(one.name for one in able)
    return names if payment.account in names else (payment.account, *names)


def _add_costs(
    found: Replay, facts: PaymentFacts, was: Candidate | None, would: Candidate | None
) -> None:
    before = strategies.price_of(was, facts) if was else None
    after = strategies.price_of(would, facts) if would else None
    if before is None or after is None or facts.currency is None:
        found.unpriced += 1
        return
    found.cost_before[facts.currency] += before.fee(facts.amount)
    found.cost_after[facts.currency] += after.fee(facts.amount)


def _add_approval(
    found: Replay,
    payment: Replayed,
    would: str,
    *,
    is_same: bool,
    tallies: Mapping[RateKey, Tally],
    n: int,
) -> None:
    if payment.has_succeeded is not None:
        found.ended += 1
        found.succeeded += payment.has_succeeded
    estimate = found.estimate
    if is_same and payment.has_succeeded is not None:
        # It is known what came of it.
        estimate.known += 1
        estimate.expected += payment.has_succeeded
        return
    facts = payment.facts
    rate = would and rates.find(
        tallies,
        would,
        method=facts.method,
        brand=facts.brand,
        country=facts.country,
        at_least=n,
    )
    if is_same or not rate:
        estimate.unknown += 1
        return
    share = rate.bps / costs.WHOLE_BPS
    estimate.known += 1
    estimate.expected += share
    # Of the payment itself, and of the rate that was counted from so many.
    estimate.variance += share * (1 - share) * (1 + 1 / rate.total)
