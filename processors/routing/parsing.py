"""Rule sets as JSON: read with every mistake named at its place, and written again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from core.types import Fields, JsonObject
from processors.routing.conditions import Condition, Operator
from processors.routing.rules import MOST_RETRIES, Rule, RuleSet, Strategy, StrategyKind

_MOST_RULES: Final = 100
# Codes of networks, currencies and the wire's words are written small, those of countries large.
_SMALL: Final = frozenset({"method", "brand", "currency", "charge_type", "payer"})


class InvalidRules(ValueError):
    """Rules cannot be read.

    Args:
        message: What is wrong, and where, in words for whoever wrote them.
    """


def parse(document: object, *, version: int = 0) -> RuleSet:
    """Read a rule set.

    Raises:
        InvalidRules: If it is none.
    """
    whole = _object(document, "The rules")
    rows = whole.get("rules", [])
    if not isinstance(rows, list) or len(rows) > _MOST_RULES:
        raise InvalidRules(f"`rules` is a list of at most {_MOST_RULES} rules.")
    retries = _number(whole.get("retries", MOST_RETRIES), "retries")
    if retries > MOST_RETRIES:
        raise InvalidRules(f"After a refusal, at most {MOST_RETRIES} other accounts are tried.")
    rules = tuple(_rule(row, f"Rule {position}") for position, row in enumerate(rows, 1))
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise InvalidRules(f"Two rules have the name {name!r}: traces must tell them apart.")
    return RuleSet(version, rules, retries)


def render(rules: RuleSet) -> JsonObject:
    """Write a rule set; `parse` reads it back."""
    return {"retries": rules.retries, "rules": [_render_rule(rule) for rule in rules.rules]}


def _rule(row: object, place: str) -> Rule:
    fields = _object(row, place)
    name = fields.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 60:
        raise InvalidRules(f"{place}: give it a name of at most 60 characters.")
    place = f"Rule {name!r}"
    conditions = fields.get("conditions", [])
    if not isinstance(conditions, list):
        raise InvalidRules(f"{place}: `conditions` is a list.")
    rule = Rule(
        name=name.strip(),
        strategy=_strategy(fields.get("strategy"), place),
        conditions=tuple(_condition(one, place) for one in conditions),
        starts_at=_moment(fields.get("starts_at"), place),
        ends_at=_moment(fields.get("ends_at"), place),
        is_strict=bool(fields.get("is_strict", False)),
    )
    if rule.starts_at and rule.ends_at and rule.starts_at >= rule.ends_at:
        raise InvalidRules(f"{place}: it ends before it starts.")
    return rule


def _condition(row: object, place: str) -> Condition:
    fields = _object(row, f"{place}, a condition")
    name = str(fields.get("field", ""))
    try:
        operator = Operator(str(fields.get("operator", "")))
    except ValueError as error:
        words = ", ".join(Operator)
        raise InvalidRules(f"{place}: a condition compares with one of {words}.") from error
    values = tuple(spell(name, str(value).strip()) for value in _list(fields, "values", place))
    condition = Condition(name, operator, tuple(value for value in values if value))
    if problem := condition.problem():
        raise InvalidRules(f"{place}: {problem}")
    return condition


def spell(name: str, value: str) -> str:
    """Return a value of a condition as it is compared: codes in the case that they have."""
    if name == "country":
        return value.upper()
    return value.lower() if name in _SMALL else value


def _strategy(row: object, place: str) -> Strategy:
    fields = _object(row, f"{place}, its strategy")
    try:
        kind = StrategyKind(str(fields.get("kind", "")))
    except ValueError as error:
        words = ", ".join(StrategyKind)
        raise InvalidRules(f"{place}: its strategy is one of {words}.") from error
    usual = Strategy(kind)
    shares = _list(fields, "shares", place)
    strategy = Strategy(
        kind,
        accounts=tuple(str(one) for one in _list(fields, "accounts", place)),
        shares=tuple(_number(one, f"{place}: a share") for one in shares),
        least_samples=_number(fields.get("least_samples", usual.least_samples), "least_samples"),
        explored_percent=_number(
            fields.get("explored_percent", usual.explored_percent), "explored_percent"
        ),
    )
    if problem := strategy.problem():
        raise InvalidRules(f"{place}: {problem}")
    return strategy


def _object(value: object, place: str) -> Fields:
    if not isinstance(value, dict):
        raise InvalidRules(f"{place} must be an object.")
    return value


def _list(fields: Fields, name: str, place: str) -> Iterable[object]:
    value = fields.get(name, [])
    if not isinstance(value, list | tuple):
        raise InvalidRules(f"{place}: `{name}` is a list.")
    return value


def _number(value: object, place: str) -> int:
    if type(value) is not int or value < 0:
        raise InvalidRules(f"{place} is a whole number, not {value!r}.")
    return value


def _moment(value: object, place: str) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidRules(f"{place}: {value!r} is no moment.") from error
    if moment.tzinfo is None:
        raise InvalidRules(f"{place}: {value!r} needs a time zone, such as +00:00.")
    return moment


def _render_rule(rule: Rule) -> JsonObject:
    strategy = rule.strategy
    rendered: JsonObject = {
        "kind": strategy.kind.value,
        "accounts": list(strategy.accounts),
        "shares": list(strategy.shares),
        "least_samples": strategy.least_samples,
        "explored_percent": strategy.explored_percent,
    }
    return {
        "name": rule.name,
        "conditions": [
            {"field": one.field, "operator": one.operator.value, "values": list(one.values)}
            for one in rule.conditions
        ],
        "strategy": rendered,
        "starts_at": rule.starts_at.isoformat() if rule.starts_at else None,
        "ends_at": rule.ends_at.isoformat() if rule.ends_at else None,
        "is_strict": rule.is_strict,
    }
