"""`python -m config.bench.routing PAYMENT_MS`: what it takes to choose a payment's account.

Five accounts and twenty rules are held in this process's memory, of which the last decides, so that
each payment is held against all; by each strategy. Nothing of it is written.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING, Final

from core.types import JsonObject

if TYPE_CHECKING:
    from processors.accounts.snapshot import Snapshot
    from processors.routing.rules import Rule, Strategy

_NAMES: Final = ("us", "eu", "uk", "jp", "br")
_RULES: Final = 20
_COUNTRIES: Final = ("US", "DE", "GB", "JP", "BR")
_TIMES: Final = 4_000
_WARMING_UP: Final = 200


def main(payment_ms: float) -> JsonObject:
    """Return the figures.

    Args:
        payment_ms: What a plain payment takes in the same run, in its median.
    """
    import django

    django.setup()
    return measure(payment_ms)


def measure(payment_ms: float, *, times: int = _TIMES) -> JsonObject:
    """Return the figures, in a process that has loaded Django.

    Args:
        payment_ms: What a plain payment takes in the same run, in its median.
        times: How often each strategy chooses.
    """
    held = _held()
    taken = {one.kind.value: _measure(held, one, times) for one in _strategies()}
    slowest = max(each["p50_ms"] for each in taken.values())
    return {
        "accounts": len(_NAMES),
        "rules": _RULES,
        "by_strategy": taken,
        "slowest_ms": slowest,
        "to_payment": round(slowest / payment_ms, 4),
        "queries": sum(int(each.pop("queries")) for each in taken.values()),
    }


def _held() -> "Snapshot":
    """Return five simulated accounts with prices and success rates, not yet with rules."""
    from processors.accounts.snapshot import Listed, Snapshot
    from processors.protocols.accounts import RailAccount
    from processors.routing.costs import Price
    from processors.routing.rates import Tally

    accounts = {
        name: Listed(
            RailAccount(name, "simulator"),
            prices=tuple(
                Price(250 + 10 * number, 30, method="card", country=country, currency="usd")
                for country in ("", *_COUNTRIES)
            ),
        )
        for number, name in enumerate(_NAMES)
    }
    brands = ("visa", "mastercard", "amex")
    tallies: dict[tuple[str, ...], Tally] = {
        (name, "card", brand, country): Tally(90, 100)
        for name, brand, country in product(_NAMES, brands, _COUNTRIES)
    }
    return Snapshot(1, accounts, tallies=tallies)


def _strategies() -> "Iterator[Strategy]":
    from processors.routing.rules import Strategy, StrategyKind

    for kind in StrategyKind:
        names = _NAMES[:1] if kind is StrategyKind.SINGLE else _NAMES
        yield Strategy(kind, names, shares=(20,) * 5)


def _rules(strategy: "Strategy") -> "tuple[Rule, ...]":
    """Return nineteen rules that look at all of a payment and do not match, and one that does."""
    from processors.routing.conditions import Condition, Operator
    from processors.routing.rules import Rule, Strategy, StrategyKind

    elsewhere = [
        Rule(
            f"shop {number}",
            Strategy(StrategyKind.PRIORITY, _NAMES),
            (
                Condition("method", Operator.IS_ONE_OF, ("card", "link")),
                Condition("currency", Operator.IS_ONE_OF, ("usd", "eur")),
                Condition("amount", Operator.AT_LEAST, ("100",)),
                Condition("metadata.shop", Operator.IS_ONE_OF, (f"shop {number}",)),
            ),
        )
        for number in range(_RULES - 1)
    ]
    return (*elsewhere, Rule("others", strategy))


def _measure(held: "Snapshot", strategy: "Strategy", times: int) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core.database import configuration
    from processors.accounts import snapshot
    from processors.router import choosing
    from processors.routing.facts import PaymentFacts
    from processors.routing.rules import RuleSet

    snapshot.hold(replace(held, rules=RuleSet(1, _rules(strategy))))
    at, taken = datetime.now(UTC), []
    with CaptureQueriesContext(connection) as asked:
        for number in range(-_WARMING_UP, times):
            facts = PaymentFacts(
                f"pi_{number}",
                livemode=False,
                method="card",
                currency="usd",
                amount=2000,
                account="acct_bench",
                brand="visa",
                country=_COUNTRIES[number % len(_COUNTRIES)],
                metadata={"order": "A-6735", "shop": "main"},
            )
            # As the query does that looks a payment's key up.
            configuration.hear(held.version)
            started = time.perf_counter()
            routed = choosing.choose(facts, at=at)
            if number >= 0:
                taken.append(time.perf_counter() - started)
            assert (routed.trace or {}).get("r") == "others"
    taken.sort()
    return {
        "p50_ms": round(taken[len(taken) // 2] * 1000, 4),
        "p99_ms": round(taken[len(taken) * 99 // 100] * 1000, 4),
        "queries": len(asked),
    }


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
