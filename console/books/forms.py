"""What is asked of whoever reads the books: a moment, a month, a span."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise
from unfold.widgets import UnfoldAdminSelectWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextWidget

from core import currencies
from ledger.chart import CHART

_DAY: Final = {"invalid": gettext_lazy("Write a day, such as 2026-11-30.")}
_FORMATS: Final = (("csv", gettext_lazy("CSV, for spreadsheets")), ("beancount", "beancount"))


def begin(day: date) -> datetime:
    """Return the first moment of a UTC day."""
    return datetime.combine(day, clock(), UTC)


def _day(label: StrOrPromise, missing: StrOrPromise) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=TextWidget(attrs={"type": "date"}),
        error_messages={"required": missing, **_DAY},
    )


class TrialForm(forms.Form):
    """At the end of which day; now without one."""

    at = forms.DateField(
        label=gettext_lazy("At the end of (UTC); now if empty"),
        required=False,
        widget=TextWidget(attrs={"type": "date"}),
        error_messages=_DAY,
    )

    def moment(self, now: datetime) -> datetime:
        """Return the moment that is meant, which is never to come."""
        day: date | None = self.cleaned_data.get("at")
        return min(begin(day) + timedelta(days=1), now) if day else now


class StatementForm(forms.Form):
    """Whose balance, in which currency and month."""

    owner = forms.CharField(
        label=gettext_lazy("Account, or a processor"),
        max_length=64,
        widget=TextWidget(attrs={"placeholder": "acct_…"}),
        error_messages={
            "required": gettext_lazy("Say whose: acct_…, or a processor such as simulator.")
        },
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        widget=TextWidget(attrs={"placeholder": "usd"}),
        error_messages={"required": gettext_lazy("Say in which currency, such as usd.")},
    )
    month = forms.CharField(
        label=gettext_lazy("Month"),
        widget=TextWidget(attrs={"type": "month", "placeholder": "2026-11"}),
        error_messages={"required": gettext_lazy("Say of which month, such as 2026-11.")},
    )
    code = forms.ChoiceField(
        label=gettext_lazy("Bucket"),
        required=False,
        choices=[
            ("", gettext_lazy("all")),
            *((code, gettext_lazy(code.replace("_", " "))) for code in CHART),
        ],
        widget=UnfoldAdminSelectWidget,
    )

    def clean_owner(self) -> str:
        """Refuse what the database cannot hold."""
        return str(self.cleaned_data["owner"]).strip()

    def clean_currency(self) -> str:
        """Take a currency in any case."""
        currency = str(self.cleaned_data["currency"]).lower()
        if currency not in currencies.CODES:
            raise forms.ValidationError(gettext("Write an ISO 4217 code, such as usd."))
        return currency

    def clean_month(self) -> date:
        """Take a month as browsers write it."""
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise forms.ValidationError(gettext("Write a month, such as 2026-11.")) from None

    def span(self) -> tuple[datetime, datetime]:
        """Return the first moment of the month, and the first one after it."""
        first: date = self.cleaned_data["month"]
        last = (first + timedelta(days=31)).replace(day=1)
        return begin(first), begin(last)


class ExportForm(forms.Form):
    """Which days of the general ledger, in which format."""

    form = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=_FORMATS, widget=UnfoldAdminSelectWidget
    )
    first = _day(gettext_lazy("From"), gettext_lazy("Say from which day."))
    last = _day(gettext_lazy("To, with that day"), gettext_lazy("Say to which day."))

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        found = self.cleaned_data
        first, last = found.get("first"), found.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("Choose the first day, or a later one."))
        return found
