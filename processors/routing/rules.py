"""Rules of routing: which payments, and by what strategy their account is chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from processors.routing.conditions import Condition
from processors.routing.facts import PaymentFacts

# After the first attempt, so many more with other accounts.
MOST_RETRIES: Final = 2


class StrategyKind(StrEnum):
    """How an account is chosen of those that a rule names."""

    SINGLE = "single"
    PRIORITY = "priority"
    VOLUME_SPLIT = "volume_split"
    LEAST_COST = "least_cost"
    SUCCESS_RATE = "success_rate"


@dataclass(frozen=True, slots=True)
class Strategy:
    """A strategy, with what it needs.

    Args:
        kind: Which one.
        accounts: Names of processor accounts, the preferred first; none to take all that can.
        shares: Of a volume split, the percentage of each account.
        least_samples: Of a success rate, how many attempts must be known of an account.
        explored_percent: Of a success rate, how many payments go anywhere, to learn.
    """

    kind: StrategyKind
    accounts: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()
    least_samples: int = 50
    explored_percent: int = 5

    def problem(self) -> str | None:
        """Return what is wrong with it, in words for whoever wrote it; None if nothing."""
        if len(set(self.accounts)) != len(self.accounts):
            return "Name each account once."
        if self.kind is StrategyKind.SINGLE and len(self.accounts) != 1:
            return "Choose one account."
        if self.kind is StrategyKind.PRIORITY and not self.accounts:
            return "Choose at least one account."
        if self.kind is StrategyKind.VOLUME_SPLIT:
            return self._problem_of_shares()
        if self.kind is StrategyKind.SUCCESS_RATE:
            if not 0 <= self.explored_percent <= 50:
                return "Between 0 and 50 percent may be explored."
            if self.least_samples < 1:
                return "At least one attempt must be known."
        return None

    def _problem_of_shares(self) -> str | None:
        if len(self.accounts) < 2 or len(self.shares) != len(self.accounts):
            return "Give at least two accounts a share each."
        if min(self.shares) < 1 or sum(self.shares) != 100:
            return f"The shares must make 100 percent; they make {sum(self.shares)}."
        return None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a rule set.

    Args:
        name: Unique in its set; traces have it.
        strategy: How the account is chosen.
        conditions: All must hold; none for every payment.
        starts_at: From when it counts; None for always.
        ends_at: Until when; None for ever.
        is_strict: True if nobody else may take the payment when its accounts cannot.
    """

    name: str
    strategy: Strategy
    conditions: tuple[Condition, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_strict: bool = False

    def matches(self, facts: PaymentFacts, at: datetime, known: Collection[str]) -> bool:
        """Tell whether it decides for a payment at a moment.

        Args:
            facts: The payment.
            at: The moment.
            known: All accounts of the payment's mode: a rule that names only accounts of the other
                mode is not about it.
        """
        if not self._names_one_of(known):
            return False
        if self.starts_at is not None and at < self.starts_at:
            return False
        if self.ends_at is not None and at >= self.ends_at:
            return False
        return all(condition.test(facts) for condition in self.conditions)

    def _names_one_of(self, known: Collection[str]) -> bool:
        named = self.strategy.accounts
        # The first of them, in all but the strangest rules.
        return not named or named[0] in known or any(name in known for name in named)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules, of which the first that matches decides.

    Args:
        version: Of what was published; 0 if nothing was.
        rules: In their order.
        retries: How often another account is tried after a refusal, at most.
    """

    version: int = 0
    rules: tuple[Rule, ...] = ()
    retries: int = MOST_RETRIES

    def first_match(self, facts: PaymentFacts, at: datetime, known: Collection[str]) -> Rule | None:
        """Return the rule that decides for a payment; None if none does. See `Rule.matches`."""
        for rule in self.rules:
            if rule.matches(facts, at, known):
                return rule
        return None
