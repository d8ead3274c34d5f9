"""The operators' form of fee schedules: what a price is for is chosen from lists."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy

from core import currencies
from core.operator_pages import countries
from core.operator_pages.forms import AmountsForm
from payments import method_types
from payments.models import FeeSchedule

METHODS: Final = [
    ("", gettext_lazy("any")),
    *((name, name.replace("_", " ")) for name in method_types.TYPES),
]


def card_countries() -> list[tuple[str, str]]:
    """Return the countries of cards that a price may be for."""
    return [
        ("", gettext("any")),
        ("other", gettext("any but the account's own")),
        *countries.choices(),
    ]


class FeeScheduleForm(AmountsForm[FeeSchedule]):
    """A form that refuses, at the field, prices that no payment would ever find."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("method", "card_country"):
            kept = getattr(self.instance, name)
            field = self.fields.get(name)
            # What was written before there was a list is shown, and refused.
            if isinstance(field, forms.ChoiceField) and not field.valid_value(kept):
                field.widget.choices = [
                    (kept, gettext("%(word)s (unknown)") % {"word": kept}),
                    *field.widget.choices,
                ]

    def clean_currency(self) -> str:
        """Write the code as the wire does."""
        code = str(self.cleaned_data["currency"]).lower()
        if code and code not in currencies.CODES:
            raise forms.ValidationError(gettext("Write an ISO 4217 code, such as usd, or nothing."))
        return code
