"""Conditions of rules: what a payment must be for a rule to match."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
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


_WORDS: Final[dict[str, Callable[[PaymentFacts], str]]] = {
    "method": lambda facts: facts.method,
    "brand": lambda facts: facts.brand,
    "country": lambda facts: facts.country,
    "currency": lambda facts: facts.currency or "",
    "account": lambda facts: facts.account,
    "charge_type": lambda facts: facts.charge_type.value,
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


@dataclass(frozen=True, slots=True)
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
        if self.field == AMOUNT:
            wanted = int(self.values[0])
            if self.operator is Operator.AT_LEAST:
                return facts.amount >= wanted
            return facts.amount <= wanted
        if word := _WORDS.get(self.field):
            value = word(facts)
        else:
            value = facts.metadata.get(self.field.removeprefix(_METADATA), "")
        return (value in self.values) is (self.operator is Operator.IS_ONE_OF)
