"""Rows of a list as comma-separated values: what the list shows, for programs that calculate."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import strip_tags

from core.database.fields import AmountField
from core.money import Money

# A cell that begins so is a formula to a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class Sheet:
    """The columns of a list, as an export has them."""

    def __init__(self, page: "ModelAdmin[Any]", request: HttpRequest) -> None:
        self._page = page
        self._columns: Sequence[Any] = page.get_list_display(request)
        self._fields = {field.name: field for field in page.model._meta.fields}
        self._fields |= {field.attname: field for field in page.model._meta.fields}
        names = [self._name(column) for column in self._columns]
        # An amount without its currency says nothing.
        self._adds_currency = "currency" in self._fields and "currency" not in names

    def header(self) -> list[str]:
        """Return the titles of the columns."""
        titles = [self._title(column) for column in self._columns]
        return [*titles, "currency"] if self._adds_currency else titles

    def cells(self, row: Model) -> list[str]:
        """Return a row's values."""
        cells = [self._cell(column, row) for column in self._columns]
        return [*cells, row.currency.upper()] if self._adds_currency else cells  # type: ignore[attr-defined]

    def _title(self, column: Any) -> str:
        return str(label_for_field(column, self._page.model, self._page))

    def _name(self, column: Any) -> str:
        """Return the field that a column shows; empty for what is put together."""
        name = column if isinstance(column, str) else getattr(column, "field_name", "")
        return name if name in self._fields else ""

    def _cell(self, column: Any, row: Model) -> str:
        name = self._name(column)
        if not name:
            _, _, value = lookup_field(column, row, self._page)
            return guard(strip_tags(str(value)))
        value = getattr(row, name)
        if name == "livemode":
            return "" if value is None else "live" if value else "test"
        currency = getattr(row, "currency", "")
        if isinstance(self._fields[name], AmountField) and value is not None and currency:
            # A plain number, with a point before its decimals.
            return str(Money(value, currency).to_decimal())
        return _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else guard(str(value))


def guard(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
