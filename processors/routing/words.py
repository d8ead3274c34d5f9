"""Rules and choices as sentences, for people."""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from core.money import Money
from processors.routing.conditions import AMOUNT, Condition, Operator
from processors.routing.eligibility import Rejection
from processors.routing.rules import Rule, Strategy, StrategyKind
from processors.routing.traces import Trace

Say: TypeAlias = Callable[[str], str]

REASONS: Final = {
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
FIELDS: Final = {
    "method": "the payment method", "brand": "the card's network", "country": "the card's country",
    "currency": "the currency", "account": "the account", "charge_type": "the type of charge",
    "payer": "the payer",
}  # fmt: skip
AND, OR = "and", "or"
AT_LEAST: Final = "the amount is at least %(amount)s"
AT_MOST: Final = "the amount is at most %(amount)s"
IS: Final = "%(name)s is %(values)s"
IS_NOT: Final = "%(name)s is not %(values)s"
# What is said of conditions, besides what the functions below say.
WORDS: Final = (AND, OR, AT_LEAST, AT_MOST, IS, IS_NOT)


def _as_it_is(words: str) -> str:
    return words


def reason(rejection: Rejection, *, say: Say = _as_it_is) -> str:
    """Return why an account could not take a payment, to follow its name."""
    return say(REASONS[rejection])


def rule(rule: Rule, *, say: Say = _as_it_is) -> str:
    """Return a rule as one sentence.

    Args:
        rule: The rule.
        say: Says what it is given in the reader's language.
    """
    what = _strategy(rule.strategy, say)
    if rule.conditions:
        currency = _currency_of(rule)
        conditions = _join([_condition(one, currency, say) for one in rule.conditions], AND, say)
        start = say("When %(conditions)s, %(what)s") % {"conditions": conditions, "what": what}
    else:
        start = say("For every payment, %(what)s") % {"what": what}
    if rule.is_strict:
        start = say("%(rule)s; if none of them can, refuse it") % {"rule": start}
    return f"{start}{_dates(rule, say)}."


def _dates(rule: Rule, say: Say) -> str:
    words = ""
    if rule.starts_at:
        words += ", " + say("from %(at)s") % {"at": f"{rule.starts_at:%-d %B %Y %H:%M %Z}"}
    if rule.ends_at:
        words += ", " + say("until %(at)s") % {"at": f"{rule.ends_at:%-d %B %Y %H:%M %Z}"}
    return words


def _currency_of(rule: Rule) -> str:
    for one in rule.conditions:
        if one.field == "currency" and len(one.values) == 1:
            return one.values[0]
    return ""


def _condition(one: Condition, currency: str, say: Say) -> str:
    if one.field == AMOUNT:
        amount = str(Money(int(one.values[0]), currency)) if currency else one.values[0]
        words = AT_LEAST if one.operator is Operator.AT_LEAST else AT_MOST
        return say(words) % {"amount": amount}
    key = f"metadata {one.field.removeprefix('metadata.')!r}"
    name = say(FIELDS[one.field]) if one.field in FIELDS else key
    is_code = one.field == "currency"
    values = _join([value.upper() if is_code else value for value in one.values], OR, say)
    words = IS if one.operator is Operator.IS_ONE_OF else IS_NOT
    return say(words) % {"name": name, "values": values}


def _strategy(strategy: Strategy, say: Say) -> str:
    names = strategy.accounts
    among = say("of all that can")
    if names:
        among = say("of %(names)s") % {"names": _join(names, AND, say)}
    if strategy.kind is StrategyKind.SINGLE:
        return say("use %(name)s") % {"name": names[0]}
    if strategy.kind is StrategyKind.PRIORITY:
        return say("use %(name)s") % {"name": f", {say('then')} ".join(names)}
    if strategy.kind is StrategyKind.VOLUME_SPLIT:
        pairs = zip(strategy.shares, names, strict=True)
        parts = [
            say("%(share)s %% to %(name)s") % {"share": share, "name": name}
            for share, name in pairs
        ]
        return say("send %(parts)s") % {"parts": _join(parts, AND, say)}
    if strategy.kind is StrategyKind.LEAST_COST:
        return say("use the cheapest %(among)s") % {"among": among}
    return say(
        "use whichever %(among)s approves most, once %(count)s attempts are known, and let "
        "%(explored)s %% go anywhere to learn"
    ) % {
        "among": among,
        "count": strategy.least_samples,
        "explored": strategy.explored_percent,
    }


def choice(trace: Trace, *, currency: str, say: Say = _as_it_is) -> str:
    """Return in one sentence why a payment went where it went.

    Args:
        trace: What was kept of the choice.
        currency: Of the payment.
        say: Says what it is given in the reader's language.
    """
    if not trace.order:
        return say("No account could take it: %(why)s.") % {"why": _rejected(trace, say)}
    told = {
        "number": trace.attempt,
        "name": trace.order[0],
        "why": _because(trace, currency, say),
    }
    if trace.attempt > 1:
        words = say("Attempt %(number)s: it went to %(name)s because %(why)s") % told
    else:
        words = say("It went to %(name)s because %(why)s") % told
    rejected = {name: why for name, why in trace.rejected.items() if why is not Rejection.MODE}
    return f"{words}{f'; {_rejected(trace, say)}' if rejected else ''}."


def _because(trace: Trace, currency: str, say: Say) -> str:
    if not trace.rule:
        if len(trace.order) == 1:
            return say("no other account could take it")
        return say("no rule matched, and it is the first in the list")
    where = say("rule %(rule)s of version %(version)s") % {
        "rule": repr(trace.rule),
        "version": trace.version,
    }
    if trace.is_fallback:
        return say("none of the accounts that %(where)s names could take it") % {"where": where}
    chosen, kind = trace.order[0], StrategyKind(trace.strategy)
    figure = trace.figures.get(chosen)
    if trace.is_explored:
        return say("%(where)s lets a few payments go anywhere to learn") % {"where": where}
    if kind is StrategyKind.VOLUME_SPLIT:
        return say("%(where)s divides payments among accounts by lot") % {"where": where}
    if kind is StrategyKind.LEAST_COST and figure is not None:
        told = {"where": where, "costs": _costs(trace, currency, say)}
        return say("%(where)s takes the cheapest, and it costs %(costs)s") % told
    if kind is StrategyKind.SUCCESS_RATE and figure is not None:
        told = {"where": where, "rates": _rates(trace, say)}
        return say("%(where)s takes the one that approves most: %(rates)s") % told
    return say("%(where)s names it first of those that could take it") % {"where": where}


def _costs(trace: Trace, currency: str, say: Say) -> str:
    others = [
        say("%(cost)s at %(name)s") % {"cost": Money(trace.figures[name], currency), "name": name}
        for name in trace.order[1:]
        if name in trace.figures
    ]
    mine = say("%(cost)s there") % {"cost": Money(trace.figures[trace.order[0]], currency)}
    return _join([mine, *others], AND, say)


def _rates(trace: Trace, say: Say) -> str:
    shown = [
        say("%(rate)s %% at %(name)s") % {"rate": f"{trace.figures[name] / 100:.1f}", "name": name}
        for name in trace.order
        if name in trace.figures
    ]
    return _join(shown, AND, say)


def _rejected(trace: Trace, say: Say) -> str:
    return "; ".join(
        say("not to %(name)s: %(why)s") % {"name": name, "why": reason(why, say=say)}
        for name, why in trace.rejected.items()
        if why is not Rejection.MODE
    )


def _join(words: Sequence[str], last: str, say: Say) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {say(last)} {words[-1]}"
