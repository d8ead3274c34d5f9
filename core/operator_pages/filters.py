"""Filters of lists, as the table's columns call for them; all are inputs of one form."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import ceil, floor
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import BooleanField, CheckConstraint, DateTimeField, Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from core import currencies
from core.database.fields import AmountField, CurrencyField, StatusField

# Columns of words and of ids by which a list is filtered where it has them.
_WORDS: Final = (
    "type", "kind", "method_type", "brand", "reason", "failure_code", "error_code", "processor",
    "method", "status_code", "code", "owner", "purpose", "interval", "matched_by", "role",
)  # fmt: skip
_IDS: Final = (
    "account", "seller", "destination", "platform", "customer", "endpoint", "account_id",
    "seller_id", "platform_id", "customer_id", "user", "transfer_destination",
)  # fmt: skip
_FLAGS: Final = ("livemode", "is_automatic", "is_guarded", "is_default", "is_enabled")
_MOMENTS: Final = (
    "created_at", "posted_at", "received_at", "sealed_at", "began_at", "started_at", "updated_at",
)  # fmt: skip
_MOST: Final = 2**63


class ColumnFilter(admin.ListFilter):
    """One column of a list, with its inputs."""

    template = "admin/column_filter.html"
    field: ClassVar["Field[Any, Any]"]

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: "ModelAdmin[Any]",
    ) -> None:
        self.title = _title(self.field)
        super().__init__(request, params, model, model_admin)
        self.complaint = ""
        for name in self.inputs():
            if name in params:
                value = params.pop(name)[-1].replace("\x00", "").strip()
                if value:
                    self.used_parameters[name] = value

    def has_output(self) -> bool:
        """Return that it is shown."""
        return True

    def choices(self, changelist: object) -> Iterator[Mapping[str, object]]:
        """Return the inputs: name, label, type, value, and what can be chosen."""
        for name, how in self.inputs().items():
            yield {"name": name, "value": self.used_parameters.get(name, ""), **how}

    def expected_parameters(self) -> list[str | None]:
        """Return the names of the inputs."""
        return list(self.inputs())

    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Return name → how the input is shown."""
        return {self.field.name: {"type": "text", "label": self.title}}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows that have what was typed."""
        value = self.used_parameters.get(self.field.name)
        return queryset.filter(**{self.field.attname: value}) if value else queryset


class WordFilter(ColumnFilter):
    """A whole word, or one of those that the database knows."""

    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the words, if they are known."""
        known = known_words(self.field)
        if not known:
            return super().inputs()
        options = [("", "any"), *((word, word.replace("_", " ")) for word in known)]
        return {self.field.name: {"type": "select", "label": self.title, "options": options}}


class CodeFilter(ColumnFilter):
    """A currency, in any case."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the currency."""
        value = str(self.used_parameters.get(self.field.name, "")).lower()
        return queryset.filter(**{self.field.name: value}) if value else queryset


class NumberFilter(ColumnFilter):
    """A whole number."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows that have it."""
        value = str(self.used_parameters.get(self.field.name, ""))
        if not value:
            return queryset
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            self.complaint = gettext("“%(value)s” is no whole number.") % {"value": value}
            return queryset.none()
        return queryset.filter(**{self.field.name: int(value)})


class FlagFilter(ColumnFilter):
    """Yes or no; of the mode, live or test."""

    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Return both answers."""
        yes, no = ("Live", "Test") if self.field.name == "livemode" else ("Yes", "No")
        options = [("", "any"), ("1", yes), ("0", no)]
        return {self.field.name: {"type": "select", "label": self.title, "options": options}}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the answer."""
        value = self.used_parameters.get(self.field.name)
        return queryset.filter(**{self.field.name: value == "1"}) if value else queryset


class DayFilter(ColumnFilter):
    """Days, of which the last one counts in full; in UTC."""

    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the first day and the last one."""
        name, what = self.field.name, {"what": self.title}
        first, last = gettext("%(what)s from"), gettext("%(what)s to, with that day")
        return {
            f"{name}_from": {"type": "date", "label": first % what},
            f"{name}_to": {"type": "date", "label": last % what},
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the days."""
        name = self.field.name
        for end, lookup, days in (("from", "gte", 0), ("to", "lt", 1)):
            value = str(self.used_parameters.get(f"{name}_{end}", ""))
            if not value:
                continue
            try:
                day = date.fromisoformat(value) + timedelta(days=days)
            except (ValueError, OverflowError):
                self.complaint = gettext("“%(value)s” is no day. Write it like 2026-11-29.") % {
                    "value": value
                }
                return queryset.none()
            at = datetime(day.year, day.month, day.day, tzinfo=UTC)
            queryset = queryset.filter(**{f"{name}__{lookup}": at})
        return queryset


class AmountFilter(ColumnFilter):
    """Amounts as people write them, whatever the currency's minor unit."""

    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the least and the most."""
        name, what = self.field.name, {"what": self.title}
        least, most = gettext("%(what)s from, such as 56.56"), gettext("%(what)s up to")
        return {
            f"{name}_from": {"type": "decimal", "label": least % what},
            f"{name}_to": {"type": "decimal", "label": most % what},
        }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows between both."""
        name = self.field.name
        for end, lookup in (("from", "gte"), ("to", "lte")):
            value = str(self.used_parameters.get(f"{name}_{end}", ""))
            if not value:
                continue
            try:
                number = Decimal(value.replace(",", ".") if "." not in value else value)
            except InvalidOperation:
                number = Decimal("NaN")
            if not number.is_finite() or abs(number) * 1000 >= _MOST:
                self.complaint = gettext("“%(value)s” is no amount. Write it like 1234.50.") % {
                    "value": value
                }
                return queryset.none()
            queryset = queryset.filter(_between(name, lookup, number))
        return queryset


def _between(name: str, lookup: str, number: Decimal) -> Q:
    """Compare in the minor units of each currency; most have two decimals."""
    none, three = sorted(currencies.ZERO_DECIMAL), sorted(currencies.THREE_DECIMAL)

    def bound(exponent: int) -> dict[str, int]:
        minor = number.scaleb(exponent)
        return {f"{name}__{lookup}": ceil(minor) if lookup == "gte" else floor(minor)}

    two = ~Q(currency__in=[*none, *three])
    return (
        two & Q(**bound(2)) | Q(currency__in=none, **bound(0)) | Q(currency__in=three, **bound(3))
    )


def filters_of(model: type[Model]) -> list[type[ColumnFilter]]:
    """Return the filters that a table's columns call for, in the order in which they are shown."""
    fields = {field.name: field for field in model._meta.fields}
    states = [field for field in fields.values() if isinstance(field, StatusField)]
    found = [_filter(WordFilter, field) for field in states]
    found += [_filter(FlagFilter, fields[name]) for name in _FLAGS if _is_flag(fields, name)]
    day = next((name for name in _MOMENTS if name in fields), None)
    if day and isinstance(fields[day], DateTimeField):
        found.append(_filter(DayFilter, fields[day]))
    if "currency" in fields and isinstance(fields["currency"], CurrencyField):
        if isinstance(fields.get("amount"), AmountField):
            found.append(_filter(AmountFilter, fields["amount"]))
        found.append(_filter(CodeFilter, fields["currency"]))
    for name in (*_IDS, *_WORDS):
        if name in fields and not isinstance(fields[name], StatusField):
            is_number = fields[name].get_internal_type().endswith("IntegerField")
            found.append(_filter(NumberFilter if is_number else WordFilter, fields[name]))
    return found


def _filter(kind: type[ColumnFilter], field: "Field[Any, Any]") -> type[ColumnFilter]:
    return type(f"{kind.__name__}Of{field.name}", (kind,), {"field": field})


def _is_flag(fields: Mapping[str, "Field[Any, Any]"], name: str) -> bool:
    return isinstance(fields.get(name), BooleanField)


def _title(field: "Field[Any, Any]") -> str:
    return gettext("mode") if field.name == "livemode" else str(field.verbose_name)


def known_words(field: "Field[Any, Any]") -> list[str]:
    """Return the words to which a constraint keeps a column, or those that it may choose from."""
    if field.choices:
        return [str(value) for value, _ in field.flatchoices if value]
    for constraint in field.model._meta.constraints:
        if isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q):
            for part in constraint.condition.children:
                if isinstance(part, tuple) and part[0] == f"{field.name}__in":
                    return list(part[1])
    return []
