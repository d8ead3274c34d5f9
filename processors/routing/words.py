"""Rules and choices as sentences, for people."""

from collections.abc import Sequence
from typing import Final

from core.money import Money
from processors.routing.conditions import AMOUNT, Condition, Operator
from processors.routing.eligibility import Rejection
from processors.routing.rules import Rule, Strategy, StrategyKind
from processors.routing.traces import Trace

_REASONS: Final = {
    Rejection.MODE: "it is of the other mode",
    Rejection.STANDING: "it takes no new payments",
    Rejection.METHOD: "it does not take this payment method",
    Rejection.CURRENCY: "it does not take this currency",
    Rejection.AMOUNT: "it does not take this amount",
    Rejection.CAPTURE: "it cannot capture later",
    Rejection.VERIFY: "it cannot keep this payment method for later",
    Rejection.CHARGE_TYPE: "it does not take this type of charge",
    Rejection.INSTRUMENT: "it does not know the card or account that was to be charged",
    Rejection.TRIED: "it had refused this payment",
    Rejection.HEALTH: "it was not answering well",
}  # fmt: skip
_FIELDS: Final = {
    "method": "the payment method", "brand": "the card's network", "country": "the card's country",
    "currency": "the currency", "account": "the account", "charge_type": "the type of charge",
    "payer": "the payer",
}  # fmt: skip


def reason(rejection: Rejection) -> str:
    """Return why an account could not take a payment, to follow its name."""
    return _REASONS[rejection]


def rule(rule: Rule) -> str:
    """Return a rule as one sentence."""
    if rule.conditions:
        currency = _currency_of(rule)
        conditions = _join([_condition(one, currency) for one in rule.conditions], "and")
        start = f"When {conditions}, {_strategy(rule.strategy)}"
    else:
        start = f"For every payment, {_strategy(rule.strategy)}"
    end = "; if none of them can, refuse it" if rule.is_strict else ""
    return f"{start}{end}{_dates(rule)}."


def _dates(rule: Rule) -> str:
    words = ""
    if rule.starts_at:
        words += f", from {rule.starts_at:%-d %B %Y %H:%M %Z}"
    if rule.ends_at:
        words += f", until {rule.ends_at:%-d %B %Y %H:%M %Z}"
    return words


def _currency_of(rule: Rule) -> str:
    for one in rule.conditions:
        if one.field == "currency" and len(one.values) == 1:
            return one.values[0]
    return ""


def _condition(one: Condition, currency: str) -> str:
    name = _FIELDS.get(one.field, f"metadata {one.field.removeprefix('metadata.')!r}")
    if one.field == AMOUNT:
        amount = str(Money(int(one.values[0]), currency)) if currency else one.values[0]
        least = "least" if one.operator is Operator.AT_LEAST else "most"
        return f"the amount is at {least} {amount}"
    is_code = one.field == "currency"
    values = _join([value.upper() if is_code else value for value in one.values], "or")
    return f"{name} is {'' if one.operator is Operator.IS_ONE_OF else 'not '}{values}"


def _strategy(strategy: Strategy) -> str:
    names = strategy.accounts
    among = f"of {_join(names, 'and')}" if names else "of all that can"
    if strategy.kind is StrategyKind.SINGLE:
        return f"use {names[0]}"
    if strategy.kind is StrategyKind.PRIORITY:
        return f"use {', then '.join(names)}"
    if strategy.kind is StrategyKind.VOLUME_SPLIT:
        pairs = zip(strategy.shares, names, strict=True)
        return "send " + _join([f"{share} % to {name}" for share, name in pairs], "and")
    if strategy.kind is StrategyKind.LEAST_COST:
        return f"use the cheapest {among}"
    return (
        f"use whichever {among} approves most, once {strategy.least_samples} attempts are known, "
        f"and let {strategy.explored_percent} % go anywhere to learn"
    )


def choice(trace: Trace, *, currency: str) -> str:
    """Return in one sentence why a payment went where it went."""
    if not trace.order:
        return f"No account could take it: {_rejected(trace)}."
    chosen = trace.order[0]
    sentence = f"It went to {chosen} because {_because(trace, currency)}"
    if trace.attempt > 1:
        sentence = f"Attempt {trace.attempt}: {sentence[0].lower()}{sentence[1:]}"
    rejected = {name: why for name, why in trace.rejected.items() if why is not Rejection.MODE}
    return f"{sentence}{f'; {_rejected(trace)}' if rejected else ''}."


def _because(trace: Trace, currency: str) -> str:
    if not trace.rule:
        if len(trace.order) == 1:
            return "no other account could take it"
        return "no rule matched, and it is the first in the list"
    where = f"rule {trace.rule!r} of version {trace.version}"
    if trace.is_fallback:
        return f"none of the accounts that {where} names could take it"
    chosen, kind = trace.order[0], StrategyKind(trace.strategy)
    figure = trace.figures.get(chosen)
    if trace.is_explored:
        return f"{where} lets a few payments go anywhere to learn"
    if kind is StrategyKind.VOLUME_SPLIT:
        return f"{where} divides payments among accounts by lot"
    if kind is StrategyKind.LEAST_COST and figure is not None:
        return f"{where} takes the cheapest, and it costs {_costs(trace, currency)}"
    if kind is StrategyKind.SUCCESS_RATE and figure is not None:
        return f"{where} takes the one that approves most: {_rates(trace)}"
    return f"{where} names it first of those that could take it"


def _costs(trace: Trace, currency: str) -> str:
    others = [
        f"{Money(trace.figures[name], currency)} at {name}"
        for name in trace.order[1:]
        if name in trace.figures
    ]
    mine = f"{Money(trace.figures[trace.order[0]], currency)} there"
    return _join([mine, *others], "and")


def _rates(trace: Trace) -> str:
    shown = [
        f"{trace.figures[name] / 100:.1f} % at {name}"
        for name in trace.order
        if name in trace.figures
    ]
    return _join(shown, "and")


def _rejected(trace: Trace) -> str:
    return "; ".join(
        f"not to {name}: {reason(why)}"
        for name, why in trace.rejected.items()
        if why is not Rejection.MODE
    )


def _join(words: Sequence[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
