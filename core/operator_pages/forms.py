"""Forms in which people type amounts as they write them."""

from typing import Any, TypeVar

from django import forms
from django.db.models import Model

from core import currencies
from core.operator_pages import amounts
from core.operator_pages.amounts import UnclearAmount

_Row = TypeVar("_Row", bound=Model)


class AmountField(forms.CharField):
    """An amount in the currency of its form."""

    def __init__(self, **kwargs: Any) -> None:
        # What the column of a table has, which is a whole number.
        for name in ("min_value", "max_value"):
            kwargs.pop(name, None)
        super().__init__(**kwargs)
        self.currency = ""

    def prepare_value(self, value: object) -> object:
        """Show minor units as people write them, and what was typed as it was."""
        return amounts.write(value, self.currency) if isinstance(value, int) else value

    def has_changed(self, initial: object, data: object) -> bool:
        """Tell whether something else was typed than was shown."""
        shown = self.prepare_value("" if initial is None else initial)
        return str(shown) != str(data or "").strip()


class AmountsForm(forms.ModelForm[_Row]):
    """A form of a row whose amounts are read in its currency, once that is known to be one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self._amounts().values():
            field.currency = getattr(self.instance, "currency", "")

    def clean(self) -> dict[str, Any] | None:
        """Read the amounts."""
        cleaned = super().clean() or self.cleaned_data
        currency = cleaned.get("currency", getattr(self.instance, "currency", ""))
        for name, field in self._amounts().items():
            typed = cleaned.pop(name, None)
            if typed is None or (currency and currency not in currencies.CODES):
                continue
            if not typed and not field.required:
                cleaned[name] = None
                continue
            try:
                cleaned[name] = amounts.read(typed, currency)
            except UnclearAmount as error:
                self.add_error(name, str(error))
        return cleaned

    def _amounts(self) -> dict[str, AmountField]:
        return {name: one for name, one in self.fields.items() if isinstance(one, AmountField)}
