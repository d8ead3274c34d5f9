"""Columns that show a value as people write it."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, Model

from core.database.fields import AmountField, StatusField
from core.money import Money

Column = Callable[[Any], str]

# What the names of columns hold in small letters, as people write it.
_ABBREVIATIONS = re.compile(r"\b(api|bic|iban|id|ip|url)\b")


def name_for_people(model: type[Model]) -> None:
    """Write the abbreviations in the names of a table's columns as people do."""
    for field in model._meta.fields:
        field.verbose_name = _ABBREVIATIONS.sub(
            lambda word: word[0].upper(), str(field.verbose_name)
        )


def for_people(model: type[Model], name: object) -> object:
    """Return what shows a column: the column itself, unless its bare value says too little."""
    if not isinstance(name, str):
        return name
    field = {field.name: field for field in model._meta.fields}.get(name)
    if name == "livemode":
        return mode
    if isinstance(field, DateTimeField):
        return _column(name, str(field.verbose_name), moment)
    if isinstance(field, StatusField):
        return _column(name, str(field.verbose_name), words)
    if isinstance(field, AmountField) and hasattr(model, "currency"):
        return _amount(name, str(field.verbose_name))
    return name


def showing(name: str, column: Callable[[Any], str]) -> Callable[[Any], str]:
    """Say of a column which field it shows, for exports."""
    column.__dict__["field_name"] = name
    return column


def has_mode(model: type[Model]) -> bool:
    """Tell whether a table's rows are of one mode each."""
    return any(field.name == "livemode" for field in model._meta.fields)


@admin.display(description="mode")
def mode(row: Any) -> str:
    """Show the mode in a word."""
    return "—" if row.livemode is None else "Live" if row.livemode else "Test"


showing("livemode", mode)


def moment(at: datetime | None) -> str:
    """Write a moment with its zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC".replace(" ", "\u00a0") if at else "—"


def words(status: str | None) -> str:
    """Write a state as people say it."""
    return status.replace("_", " ") if status else "—"


def _column(name: str, title: str, write: Callable[[Any], str]) -> Column:
    @admin.display(description=title)
    def shown(row: Any) -> str:
        return write(getattr(row, name))

    return showing(name, shown)


def _amount(name: str, title: str) -> Column:
    @admin.display(description=title)
    def shown(row: Any) -> str:
        amount = getattr(row, name)
        if amount is None:
            return "—"
        # A price may be of any currency.
        return str(Money(amount, row.currency)) if row.currency else f"{amount:,}"

    return showing(name, shown)
