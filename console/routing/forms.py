"""The form of one rule of routing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextWidget

from console.routing.conditions import (
    FIELDS,
    OPERATORS,
    UnclearCondition,
    read_condition,
    write_condition,
)
from core.types import JsonObject
from processors.routing.conditions import Condition
from processors.routing.facts import Candidate
from processors.routing.rules import Rule, Strategy, StrategyKind

_CONDITIONS: Final = 4
_STRATEGIES: Final = {
    StrategyKind.SINGLE: gettext_lazy("one account"),
    StrategyKind.PRIORITY: gettext_lazy("in the order of the accounts below"),
    StrategyKind.VOLUME_SPLIT: gettext_lazy("divided by lot, by the percentages below"),
    StrategyKind.LEAST_COST: gettext_lazy("the cheapest"),
    StrategyKind.SUCCESS_RATE: gettext_lazy("the one that approves most"),
}  # fmt: skip


def _select(
    label: StrOrPromise, choices: Sequence[tuple[str, StrOrPromise]], **more: Any
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget, **more)


def _text(label: StrOrPromise, **more: Any) -> forms.CharField:
    attributes = more.pop("attrs", {})
    return forms.CharField(label=label, widget=TextWidget(attrs=attributes), **more)


def _number(label: StrOrPromise, least: int, most: int, **more: Any) -> forms.IntegerField:
    attributes = {"type": "number", "min": least, "max": most}
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=TextWidget(attrs=attributes), **more
    )


def _moment(label: StrOrPromise) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False, widget=TextWidget(attrs={"type": "datetime-local"})
    )


class RuleForm(forms.Form):
    """When a rule counts, and where it sends payments."""

    name = _text(
        gettext_lazy("Name"),
        max_length=60,
        error_messages={"required": gettext_lazy("Give it a short name.")},
    )
    kind = _select(
        gettext_lazy("Send them to"), [(one.value, words) for one, words in _STRATEGIES.items()]
    )
    least_samples = _number(
        gettext_lazy("For success rates: attempts that must be known of an account"),
        1,
        100_000,
        initial=50,
    )
    explored_percent = _number(
        gettext_lazy("For success rates: percentage that goes anywhere, to learn"), 0, 50, initial=5
    )
    is_strict = forms.BooleanField(
        label=gettext_lazy("Refuse payments that none of its accounts can take"),
        required=False,
        widget=UnfoldBooleanWidget,
    )
    starts_at = _moment(gettext_lazy("Counts from (UTC); at once if empty"))
    ends_at = _moment(gettext_lazy("Counts until (UTC); for ever if empty"))

    def __init__(self, *args: Any, accounts: Sequence[Candidate], **kwargs: Any) -> None:
        """Offer conditions, and the accounts there are.

        Args:
            args: As for any form.
            accounts: Those that rules may name.
            kwargs: As for any form.
        """
        super().__init__(*args, **kwargs)
        self.accounts = accounts
        fields: list[tuple[str, StrOrPromise]] = [("", "—"), *FIELDS.items()]
        operators = [(one.value, words) for one, words in OPERATORS.items()]
        for n in range(_CONDITIONS):
            self.fields[f"field_{n}"] = _select(
                gettext("Condition %(n)s") % {"n": n + 1}, fields, required=False
            )
            self.fields[f"operator_{n}"] = _select(gettext("Compares"), operators, required=False)
            self.fields[f"values_{n}"] = _text(gettext("With"), required=False, max_length=500)
        for index, one in enumerate(accounts):
            self.fields[f"order_{index}"] = _number(
                gettext("Place of %(name)s") % {"name": one.name}, 1, 99, required=False
            )
            self.fields[f"share_{index}"] = _number(
                gettext("Percentage of %(name)s") % {"name": one.name}, 1, 100, required=False
            )

    def conditions(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """Yield the fields of each condition, for the page."""
        for n in range(_CONDITIONS):
            yield self[f"field_{n}"], self[f"operator_{n}"], self[f"values_{n}"]

    def places(self) -> Iterator[tuple[Candidate, BoundField, BoundField]]:
        """Yield the fields of each account, for the page."""
        for index, one in enumerate(self.accounts):
            yield one, self[f"order_{index}"], self[f"share_{index}"]

    def clean(self) -> dict[str, Any]:
        """Read conditions and strategy, each mistake at its field."""
        found = self.cleaned_data
        currency = next(
            (
                str(found.get(f"values_{n}", "")).strip().lower()
                for n in range(_CONDITIONS)
                if found.get(f"field_{n}") == "currency"
            ),
            "",
        )
        conditions = [self._condition(n, currency) for n in range(_CONDITIONS)]
        found["conditions"] = tuple(one for one in conditions if one)
        strategy = self._strategy()
        if problem := strategy.problem():
            self.add_error("kind", problem)
        starts, ends = found.get("starts_at"), found.get("ends_at")
        if starts and ends and starts >= ends:
            self.add_error(
                "ends_at", gettext("Choose a moment after the one from which it counts.")
            )
        found["strategy"] = strategy
        return found

    def _condition(self, n: int, currency: str) -> Condition | None:
        found = self.cleaned_data
        try:
            return read_condition(
                found.get(f"field_{n}", ""),
                found.get(f"operator_{n}", ""),
                str(found.get(f"values_{n}", "")),
                currency,
            )
        except UnclearCondition as error:
            self.add_error(f"values_{n}", str(error))
            return None

    def _strategy(self) -> Strategy:
        found = self.cleaned_data
        kind = StrategyKind(found.get("kind") or StrategyKind.PRIORITY)
        is_split = kind is StrategyKind.VOLUME_SPLIT
        named = []
        for index, one in enumerate(self.accounts):
            place, share = found.get(f"order_{index}"), found.get(f"share_{index}")
            if place or (is_split and share):
                named.append((place or 100, index, one.name, share or 0))
        named.sort()
        return Strategy(
            kind,
            accounts=tuple(name for _, _, name, _ in named),
            shares=tuple(share for *_, share in named) if is_split else (),
            least_samples=found.get("least_samples") or 50,
            explored_percent=found.get("explored_percent") or 0,
        )

    def rule(self) -> Rule:
        """Return what was typed."""
        found = self.cleaned_data
        return Rule(
            name=found["name"],
            strategy=found["strategy"],
            conditions=found["conditions"],
            starts_at=_utc(found["starts_at"]),
            ends_at=_utc(found["ends_at"]),
            is_strict=found["is_strict"],
        )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def typed(rule: Rule, accounts: Sequence[Candidate]) -> JsonObject:
    """Return what a form shows of a rule, as somebody would type it."""
    strategy = rule.strategy
    shown: JsonObject = {
        "name": rule.name,
        "kind": strategy.kind.value,
        "least_samples": strategy.least_samples,
        "explored_percent": strategy.explored_percent,
        "is_strict": rule.is_strict,
        "starts_at": rule.starts_at and f"{rule.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M}",
        "ends_at": rule.ends_at and f"{rule.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M}",
    }
    currency = next((one.values[0] for one in rule.conditions if one.field == "currency"), "")
    for n, one in enumerate(rule.conditions):
        field, text = write_condition(one, currency)
        shown |= {f"field_{n}": field, f"operator_{n}": one.operator.value, f"values_{n}": text}
    names = {one.name: index for index, one in enumerate(accounts)}
    for place, name in enumerate(strategy.accounts, 1):
        if name in names:
            shown[f"order_{names[name]}"] = place
    for name, share in zip(strategy.accounts, strategy.shares, strict=False):
        if name in names:
            shown[f"share_{names[name]}"] = share
    return shown
