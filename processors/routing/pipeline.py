"""The pipeline: from a payment and accounts to one account, with the trace of the choice."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from processors.routing import eligibility, hashing, strategies
from processors.routing.facts import Candidate, PaymentFacts
from processors.routing.rates import RateKey, Tally
from processors.routing.rules import RuleSet
from processors.routing.traces import Trace

NO_TALLIES: Mapping[RateKey, Tally] = {}


def decide(
    facts: PaymentFacts,
    candidates: Sequence[Candidate],
    rules: RuleSet,
    *,
    at: datetime,
    tallies: Mapping[RateKey, Tally] = NO_TALLIES,
) -> Trace:
    """Choose the account of a payment, or of its next attempt.

    Args:
        facts: The payment.
        candidates: All accounts of its mode, in the order in which they are taken without a rule.
        rules: Those that are published.
        at: The moment.
        tallies: How many attempts succeed where.

    Returns:
        How the choice was made; its order is empty if nobody can take the payment.
    """
    seed = hashing.seed(facts.id)
    eligible, rejected = eligibility.sort_out(facts, candidates, seed=seed, at=at)
    rule = rules.first_match(facts, at, [one.name for one in candidates])
    attempt = len(facts.tried) + 1
    names = tuple(one.name for one in eligible)
    if rule is None:
        return Trace(names, rejected=rejected, version=rules.version, seed=seed, attempt=attempt)
    ranking = strategies.rank(facts, rule.strategy, eligible, tallies=tallies, seed=seed)
    others = tuple(name for name in names if name not in ranking.names)
    return Trace(
        ranking.names if rule.is_strict else (*ranking.names, *others),
        barred=others if rule.is_strict else (),
        rejected=rejected,
        version=rules.version,
        rule=rule.name,
        strategy=rule.strategy.kind.value,
        figures=ranking.figures,
        seed=seed,
        attempt=attempt,
        is_explored=ranking.is_explored,
        is_fallback=not ranking.names,
    )
