"""Changes of a draft, each of which makes a new one."""

from dataclasses import replace

from processors.routing.rules import Rule, RuleSet


def find(rules: RuleSet, name: str) -> Rule | None:
    """Return the rule with a name; None if there is none."""
    return next((rule for rule in rules.rules if rule.name == name), None)


def put(rules: RuleSet, rule: Rule, *, instead_of: str = "") -> RuleSet:
    """Put a rule in the place of another one, or at the end.

    Args:
        rules: The draft.
        rule: The rule.
        instead_of: The name of the other one; empty for a new rule.
    """
    if find(rules, instead_of) is None:
        return replace(rules, rules=(*rules.rules, rule))
    changed = tuple(rule if one.name == instead_of else one for one in rules.rules)
    return replace(rules, rules=changed)


def remove(rules: RuleSet, name: str) -> RuleSet:
    """Take a rule out."""
    return replace(rules, rules=tuple(one for one in rules.rules if one.name != name))


def move(rules: RuleSet, name: str, by: int) -> RuleSet:
    """Move a rule up or down by some places, as far as there are any."""
    found = list(rules.rules)
    for index, rule in enumerate(found):
        if rule.name == name:
            found.insert(max(0, index + by), found.pop(index))
            break
    return replace(rules, rules=tuple(found))
