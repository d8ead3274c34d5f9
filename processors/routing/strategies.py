"""The strategies: each puts the accounts that can take a payment in an order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from processors.routing import costs, hashing, rates
from processors.routing.costs import Price
from processors.routing.facts import Candidate, PaymentFacts
from processors.routing.rates import RateKey, Tally
from processors.routing.rules import Strategy, StrategyKind


@dataclass(frozen=True, slots=True)
class Ranking:
    """Accounts in an order, with what was known of them.

    Args:
        names: The preferred first.
        figures: By account: minor units of a cost, or a success rate in ten-thousandths.
        is_explored: True if the order was drawn by lot, to learn.
    """

    names: tuple[str, ...]
    figures: Mapping[str, int] = field(default_factory=dict)
    is_explored: bool = False


@dataclass(frozen=True, slots=True)
class _Task:
    facts: PaymentFacts
    strategy: Strategy
    # Those that the strategy names and that can take it, in its order.
    eligible: Sequence[Candidate]
    tallies: Mapping[RateKey, Tally]
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.eligible)

    def rate(self, name: str) -> int | None:
        facts = self.facts
        found = rates.find(
            self.tallies,
            name,
            method=facts.method,
            brand=facts.brand,
            country=facts.country,
            at_least=self.strategy.least_samples,
        )
        return None if found is None else found.bps


def rank(
    facts: PaymentFacts,
    strategy: Strategy,
    eligible: Sequence[Candidate],
    *,
    tallies: Mapping[RateKey, Tally],
    seed: int,
) -> Ranking:
    """Put the accounts that a strategy names in its order.

    Args:
        facts: The payment.
        strategy: The rule's.
        eligible: All accounts that can take it.
        tallies: How many attempts succeed.
        seed: The payment's.
    """
    if strategy.accounts:
        by_name = {one.name: one for one in eligible}
        eligible = [by_name[name] for name in strategy.accounts if name in by_name]
    if not eligible:
        return Ranking(())
    return _RANKERS[strategy.kind](_Task(facts, strategy, eligible, tallies, seed))


def _as_listed(task: _Task) -> Ranking:
    return Ranking(task.names)


def _by_volume(task: _Task) -> Ranking:
    """Draw an account by the shares; if that one cannot take it, another by the others' shares."""
    shares = dict(zip(task.strategy.accounts, task.strategy.shares, strict=True))
    names = task.names
    chosen = _draw(shares, hashing.draw(task.seed, "volume", sum(shares.values())))
    if chosen not in names:
        left = {name: shares[name] for name in names}
        chosen = _draw(left, hashing.draw(task.seed, "volume again", sum(left.values())))
    return Ranking((chosen, *(name for name in names if name != chosen)))


def _draw(shares: Mapping[str, int], drawn: int) -> str:
    for name, share in shares.items():
        drawn -= share
        if drawn < 0:
            return name
    raise AssertionError("More was drawn than there are shares.")


def _by_cost(task: _Task) -> Ranking:
    facts = task.facts
    prices = {
        one.name: price for one in task.eligible if (price := price_of(one, facts)) is not None
    }
    fees = {name: price.fee(facts.amount) for name, price in prices.items()}
    figures = {
        name: costs.expected(
            fees[name],
            price.declined_amount,
            task.rate(name),
            min((fee for other, fee in fees.items() if other != name), default=None),
        )
        for name, price in prices.items()
    }
    # What nobody knows the price of never wins on cost.
    ordered = sorted(task.names, key=lambda name: (name not in figures, figures.get(name, 0)))
    return Ranking(tuple(ordered), figures)


def price_of(candidate: Candidate, facts: PaymentFacts) -> Price | None:
    """Return what a processor charges for a payment; None if nobody knows."""
    return costs.best_fit(
        candidate.prices,
        method=facts.method,
        country=facts.country,
        currency=facts.currency or "",
    )


def _by_success(task: _Task) -> Ranking:
    names = task.names
    figures = {name: bps for name in names if (bps := task.rate(name)) is not None}
    if hashing.draw(task.seed, "explore", 100) < task.strategy.explored_percent:
        first = hashing.draw(task.seed, "explored", len(names))
        return Ranking((*names[first:], *names[:first]), figures, is_explored=True)
    ordered = sorted(names, key=lambda name: (name not in figures, -figures.get(name, 0)))
    return Ranking(tuple(ordered), figures)


_RANKERS: Final[dict[StrategyKind, Callable[[_Task], Ranking]]] = {
    StrategyKind.SINGLE: _as_listed,
    StrategyKind.PRIORITY: _as_listed,
    StrategyKind.VOLUME_SPLIT: _by_volume,
    StrategyKind.LEAST_COST: _by_cost,
    StrategyKind.SUCCESS_RATE: _by_success,
}  # fmt: skip
