"""Payments and accounts for choosing between them, as tests describe them."""

from datetime import UTC, datetime
from typing import Any

from processors.protocols.base import Capabilities
from processors.routing.conditions import Condition, Operator
from processors.routing.costs import Price
from processors.routing.facts import Candidate, PaymentFacts
from processors.routing.rules import Rule, RuleSet, Strategy, StrategyKind

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
CARDS = Capabilities(methods=frozenset({"card"}))


def a_payment(id: str = "pi_1", **changes: Any) -> PaymentFacts:
    """Return a test payment of 50.00 usd with a US visa card."""
    usual: dict[str, Any] = {
        "livemode": False,
        "method": "card",
        "currency": "usd",
        "amount": 5_000,
        "account": "acct_1",
        "brand": "visa",
        "country": "US",
    }
    return PaymentFacts(id, **usual | changes)


def an_account(name: str, **changes: Any) -> Candidate:
    """Return a test account that takes cards."""
    return Candidate(name, **{"livemode": False, "capabilities": CARDS} | changes)


def when(field: str, *values: str, operator: str = "is_one_of") -> Condition:
    return Condition(field, Operator(operator), values)


def a_rule(
    *conditions: Condition, kind: str = "priority", name: str = "r", **strategy: Any
) -> Rule:
    return Rule(name, Strategy(StrategyKind(kind), **strategy), conditions)


def published(*rules: Rule) -> RuleSet:
    return RuleSet(3, rules)


def a_price(bps: int, fixed_amount: int, **more: Any) -> tuple[Price, ...]:
    """Return the prices of an account that has one for dollars."""
    return (Price(bps, fixed_amount, currency="usd", **more),)
