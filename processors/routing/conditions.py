"""Conditions of rules: what a payment must be for a rule to match."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Final

from core import currencies
from processors.routing.facts import PaymentFacts

_METADATA: Final = "metadata."


class Operator(StrEnum):
    """How a condition compares."""

    IS_ONE_OF = "is_one_of"
    IS_NONE_OF = "is_none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


_WORDS: Final[dict[str, Callable[[PaymentFacts], str | None]]] = {
    "method": attrgetter("method"),
    "brand": attrgetter("brand"),
    "country": attrgetter("country"),
    "currency": attrgetter("currency"),
    "account": attrgetter("account"),
    "charge_type": attrgetter("charge_type.value"),
    "payer": lambda facts: "absent" if facts.is_off_session else "present",
}
AMOUNT: Final = "amount"
# In the order in which they are offered. One of metadata is `metadata.` with its key.
FIELDS: Final = (
    "method",
    "brand",
    "country",
    "currency",
    AMOUNT,
    "account",
    "charge_type",
    "payer",
)
_OF_WORDS: Final = frozenset({Operator.IS_ONE_OF, Operator.IS_NONE_OF})


@dataclass(frozen=True)
class Condition:
    """One condition.

    Args:
        field: One of `FIELDS`, or `metadata.` and a key.
        operator: How it compares.
        values: Words to compare with; of an amount, its minor units.
    """

    field: str
    operator: Operator
    values: tuple[str, ...]

    def problem(self) -> str | None:
        """Return what is wrong with it, in words for whoever wrote it; None if nothing."""
        is_metadata = self.field.startswith(_METADATA) and len(self.field) > len(_METADATA)
        if self.field not in FIELDS and not is_metadata:
            return f"There is no field {self.field!r}: use {', '.join(FIELDS)} or metadata.KEY."
        if not self.values:
            return f"Say what {self.field} is compared with."
        if (self.field == AMOUNT) == (self.operator in _OF_WORDS):
            return f"{self.field} cannot be compared with {self.operator.value}."
        if self.field == "currency" and (unknown := set(self.values) - currencies.CODES):
            return f"There is no currency {min(unknown)}."
        if self.field == AMOUNT and not (len(self.values) == 1 and self.values[0].isdecimal()):
            return "An amount is one whole number of minor units."
        return None

    def holds(self, facts: PaymentFacts) -> bool:
        """Tell whether a payment is so."""
        return self.test(facts)

    @cached_property
    def test(self) -> Callable[[PaymentFacts], bool]:
        """Return what tells it: made once, since each payment is held against all conditions.

        It must have no problem.
        """
        if self.field == AMOUNT:
            wanted = int(self.values[0])
            if self.operator is Operator.AT_LEAST:
                return lambda facts: facts.amount >= wanted
            return lambda facts: facts.amount <= wanted
        values, is_one_of = self.values, self.operator is Operator.IS_ONE_OF
        if word := _WORDS.get(self.field):
            return lambda facts: (word(facts) in values) is is_one_of
        key = self.field.removeprefix(_METADATA)
        return lambda facts: (facts.metadata.get(key, "") in values) is is_one_of
