"""What is wrong with rules that can be read: held against the accounts there are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from processors.routing.conditions import Condition, Operator
from processors.routing.facts import Candidate, Standing
from processors.routing.rules import Rule, RuleSet


def problems(
    rules: RuleSet,
    candidates: Sequence[Candidate],
    *,
    currencies: Collection[tuple[bool, str]] = (),
    at: datetime,
) -> list[str]:
    """Return what keeps rules from being published, in words for whoever wrote them.

    Args:
        rules: A draft.
        candidates: All accounts.
        currencies: The currencies in use, each with whether it is used in live mode.
        at: The moment.
    """
    modes = {one.name: one.livemode for one in candidates}
    found = []
    for position, rule in enumerate(rules.rules):
        found += [
            f"Rule {rule.name!r} names {name!r}, and there is no such account."
            for name in rule.strategy.accounts
            if name not in modes
        ]
        found += _problems_of_amounts(rule)
        if rule.ends_at is not None and rule.ends_at <= at:
            found.append(f"Rule {rule.name!r} has ended: remove it, or give it another end.")
        for earlier in rules.rules[:position]:
            if _covers(earlier, rule, modes):
                found.append(
                    f"Rule {rule.name!r} is never reached: {earlier.name!r} takes all its "
                    "payments first. Move it up, or remove it."
                )
                break
    return found + _currencies_without_account(candidates, currencies)


def _problems_of_amounts(rule: Rule) -> list[str]:
    fields = {one.field for one in rule.conditions}
    one_currency = any(
        one.field == "currency" and one.operator is Operator.IS_ONE_OF and len(one.values) == 1
        for one in rule.conditions
    )
    if "amount" not in fields or one_currency:
        return []
    return [f"Rule {rule.name!r} compares an amount: add a condition that names its one currency."]


def _covers(earlier: Rule, later: Rule, modes: Mapping[str, bool]) -> bool:
    """Tell whether every payment of a rule is taken by one before it."""
    if not _modes_of(later, modes) <= _modes_of(earlier, modes):
        return False
    if earlier.starts_at and (not later.starts_at or later.starts_at < earlier.starts_at):
        return False
    if earlier.ends_at and (not later.ends_at or later.ends_at > earlier.ends_at):
        return False
    return all(
        any(_implies(narrow, wide) for narrow in later.conditions) for wide in earlier.conditions
    )


def _modes_of(rule: Rule, modes: Mapping[str, bool]) -> set[bool]:
    """Return the modes of whose payments a rule is."""
    named = rule.strategy.accounts
    found = [modes[name] for name in named if name in modes] if named else modes.values()
    return set(found)


def _implies(narrow: Condition, wide: Condition) -> bool:
    """Tell whether one condition holds wherever another does."""
    if narrow.field != wide.field:
        return False
    inside, outside = set(narrow.values), set(wide.values)
    match narrow.operator, wide.operator:
        case Operator.IS_ONE_OF, Operator.IS_ONE_OF:
            return inside <= outside
        case Operator.IS_ONE_OF, Operator.IS_NONE_OF:
            return not inside & outside
        case Operator.IS_NONE_OF, Operator.IS_NONE_OF:
            return outside <= inside
        case Operator.AT_LEAST, Operator.AT_LEAST:
            return int(narrow.values[0]) >= int(wide.values[0])
        case Operator.AT_MOST, Operator.AT_MOST:
            return int(narrow.values[0]) <= int(wide.values[0])
    return False


def _currencies_without_account(
    candidates: Sequence[Candidate], currencies: Collection[tuple[bool, str]]
) -> list[str]:
    missing = []
    for livemode, currency in sorted(currencies):
        taken = any(
            one.standing is Standing.ENABLED
            and one.livemode is livemode
            and (one.capabilities.currencies is None or currency in one.capabilities.currencies)
            for one in candidates
        )
        if not taken:
            mode = "live" if livemode else "test"
            missing.append(f"{currency.upper()} is in use, and no {mode} account takes it.")
    return missing
