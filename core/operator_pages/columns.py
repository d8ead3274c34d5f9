"""Columns that show a value as people write it."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, Field, Model
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise

from core.database.fields import AmountField, StatusField
from core.money import Money

Column = Callable[[Any], str]
_named: set[type[Model]] = set()

# What the names of columns hold in small letters, as people write it.
_ABBREVIATIONS = re.compile(r"\b(api|bic|iban|id|ip|url)\b")


def name_for_people(model: type[Model]) -> None:
    """Write the names of a table and of its columns as people do, in the reader's language."""
    if model in _named:
        return
    _named.add(model)
    for named in (model._meta, *model._meta.fields):
        for kind in ("verbose_name", "verbose_name_plural", "help_text"):
            if name := str(getattr(named, kind, "") or ""):
                setattr(named, kind, gettext_lazy(_as_written(named, name)))
    for field in model._meta.fields:
        if field.choices:
            field.choices = [(value, gettext_lazy(str(word))) for value, word in field.flatchoices]


def title_for_people(page: object) -> None:
    """Have a page's own columns called in the reader's language."""
    for name in dir(type(page)):
        column = getattr(type(page), name, None)
        title = getattr(column, "short_description", None)
        if isinstance(title, str) and title:
            column.__dict__["short_description"] = gettext_lazy(title)


def _as_written(named: object, name: str) -> str:
    """Write the abbreviations in a column's name as people do."""
    if not isinstance(named, Field):
        return name
    return _ABBREVIATIONS.sub(lambda word: word[0].upper(), name)


def for_people(model: type[Model], name: object) -> object:
    """Return what shows a column: the column itself, unless its bare value says too little."""
    if not isinstance(name, str):
        return name
    field = {field.name: field for field in model._meta.fields}.get(name)
    if name == "livemode":
        return mode
    if isinstance(field, DateTimeField):
        return _column(name, field.verbose_name, moment)
    if isinstance(field, StatusField):
        return _column(name, field.verbose_name, words)
    if field is not None and field.choices:
        return _chosen(name, field)
    if isinstance(field, AmountField) and hasattr(model, "currency"):
        return _amount(name, field.verbose_name)
    return name


def showing(name: str, column: Callable[[Any], str]) -> Callable[[Any], str]:
    """Say of a column which field it shows, for exports."""
    column.__dict__["field_name"] = name
    return column


def has_mode(model: type[Model]) -> bool:
    """Tell whether a table's rows are of one mode each."""
    return any(field.name == "livemode" for field in model._meta.fields)


@admin.display(description=gettext_lazy("mode"))
def mode(row: Any) -> str:
    """Show the mode in a word."""
    return "—" if row.livemode is None else gettext("Live") if row.livemode else gettext("Test")


showing("livemode", mode)


def moment(at: datetime | None) -> str:
    """Write a moment with its zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC".replace(" ", "\u00a0") if at else "—"


def words(status: str | None) -> str:
    """Write a state as people say it."""
    return gettext(status.replace("_", " ")) if status else "—"


def _column(name: str, title: StrOrPromise, write: Callable[[Any], str]) -> Column:
    @admin.display(description=title)
    def shown(row: Any) -> str:
        return write(getattr(row, name))

    return showing(name, shown)


def _chosen(name: str, field: "Field[Any, Any]") -> Column:
    @admin.display(description=field.verbose_name)
    def shown(row: Any) -> str:
        return str(dict(field.flatchoices).get(getattr(row, name), getattr(row, name) or "—"))

    return showing(name, shown)


def _amount(name: str, title: StrOrPromise) -> Column:
    @admin.display(description=title)
    def shown(row: Any) -> str:
        amount = getattr(row, name)
        if amount is None:
            return "—"
        # A price may be of any currency.
        return str(Money(amount, row.currency)) if row.currency else f"{amount:,}"

    return showing(name, shown)
