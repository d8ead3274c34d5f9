"""Columns of minor units, which people see as money."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import Model
from django_stubs_ext import StrOrPromise

from core.database.fields import AmountField, StatusField
from core.operator_pages import amounts, columns

_Page = TypeVar("_Page")
_Row = TypeVar("_Row", bound=Model)


def once(show: Callable[[_Page, _Row], str]) -> Callable[[_Page, _Row], str]:
    """Find out once what a page shows of a row: the admin asks for each value three times."""

    @wraps(show)
    def shown(page: _Page, row: _Row) -> str:
        known: dict[str, str] = row.__dict__.setdefault("_shown_once", {})
        if show.__name__ not in known:
            known[show.__name__] = show(page, row)
        return known[show.__name__]

    return shown


def currency_of(row: Any, column: str) -> str:
    """Return the currency of one of a row's amounts.

    It is that of `payment_currency` for `payment_amount`, else the row's own, else that of the
    account it is about.
    """
    words = column.split("_")
    for count in range(len(words), 0, -1):
        named = getattr(row, "_".join([*words[:count], "currency"]), None)
        if isinstance(named, str):
            return named
    if isinstance(own := getattr(row, "currency", None), str):
        return own
    return str(getattr(getattr(row, "account", None), "currency", ""))


def _state(name: str, title: StrOrPromise) -> Callable[[Any], str]:
    @admin.display(description=title)
    def shown(row: Any) -> str:
        return columns.words(getattr(row, name))

    return shown


class ShowsAmounts:
    """Shows minor units as money, and states in words, wherever they are only looked at."""

    model: type[Model]
    # Of amounts whose rows do not say it.
    currencies_of: ClassVar[Mapping[str, Callable[[Any], str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shown = {}
        for field in self.model._meta.fields:
            if isinstance(field, StatusField):
                self._shown[field.name] = f"shown_{field.name}"
                setattr(self, f"shown_{field.name}", _state(field.name, field.verbose_name))
            if isinstance(field, AmountField):
                self._shown[field.name] = f"shown_{field.name}"
                setattr(self, f"shown_{field.name}", self._column(field.name, field.verbose_name))

    def show(self, names: Iterable[Any]) -> tuple[Any, ...]:
        """Name the columns that show amounts instead of those that hold them."""
        return tuple(self._shown.get(name, name) for name in names)

    def _column(self, name: str, title: StrOrPromise) -> Callable[[Any], str]:
        find = self.currencies_of.get(name)

        @admin.display(description=title)
        def shown(row: Any) -> str:
            currency = find(row) if find else currency_of(row, name)
            return amounts.write(getattr(row, name), currency) or "—"

        return shown
