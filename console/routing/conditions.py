"""Conditions of rules as people type them."""

from typing import Final

from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount
from processors.routing import parsing
from processors.routing.conditions import AMOUNT, Condition, Operator

_METADATA: Final = "metadata"
FIELDS: Final[dict[str, StrOrPromise]] = {
    "method": gettext_lazy("payment method"),
    "brand": gettext_lazy("card's network"),
    "country": gettext_lazy("card's country"),
    "currency": gettext_lazy("currency"),
    AMOUNT: gettext_lazy("amount"),
    "account": gettext_lazy("account (acct_…)"),
    "charge_type": gettext_lazy("type of charge (own, destination, split, direct)"),
    "payer": gettext_lazy("payer (present, absent)"),
    _METADATA: gettext_lazy("metadata (key = values)"),
}
OPERATORS: Final = {
    Operator.IS_ONE_OF: gettext_lazy("is one of"),
    Operator.IS_NONE_OF: gettext_lazy("is none of"),
    Operator.AT_LEAST: gettext_lazy("is at least"),
    Operator.AT_MOST: gettext_lazy("is at most"),
}


class UnclearCondition(ValueError):
    """What was typed is no condition: the message says how to write it."""


def read_condition(field: str, operator: str, text: str, currency: str) -> Condition | None:
    """Read a condition.

    Args:
        field: A key of `FIELDS`; empty for none.
        operator: How it compares.
        text: Values, parted by commas; of metadata, the key and `=` before them.
        currency: That of the same rule, in which an amount is typed.

    Returns:
        None if nothing was typed.

    Raises:
        UnclearCondition: If it is none.
    """
    if not field:
        return None
    if field == AMOUNT:
        values: tuple[str, ...] = (_amount(text, currency),)
    elif field == _METADATA:
        key, _, text = (part.strip() for part in text.partition("="))
        if not key or not text:
            raise UnclearCondition(gettext("Write the key, =, and its values: shop = berlin."))
        field, values = f"{_METADATA}.{key}", _parted(text)
    else:
        values = tuple(parsing.spell(field, value) for value in _parted(text))
    found = Condition(field, Operator(operator), values)
    if problem := found.problem():
        raise UnclearCondition(problem)
    return found


def write_condition(one: Condition, currency: str) -> tuple[str, str]:
    """Return the field and the text of a condition, as somebody would type it."""
    text = ", ".join(one.values)
    if one.field == AMOUNT:
        return AMOUNT, amounts.write(int(one.values[0]), currency)
    if one.field in FIELDS:
        return one.field, text
    _, _, key = one.field.partition(".")
    return _METADATA, f"{key} = {text}"


def _amount(text: str, currency: str) -> str:
    if not currency:
        raise UnclearCondition(gettext("Add a condition on the currency of the amount."))
    try:
        return str(amounts.read(text, currency))
    except UnclearAmount as error:
        raise UnclearCondition(str(error)) from error


def _parted(text: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in text.split(",") if value.strip())
