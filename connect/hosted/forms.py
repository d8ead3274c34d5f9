"""Forms of onboarding, with the fields that are required of an account."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias, cast

from babel import Locale
from babel.dates import format_date
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.catalog import MIB, PURPOSES
from connect.hosted import seller_checks
from connect.hosted.fields import (
    BANK_NUMBERS,
    BUSINESSES,
    LABELS,
    NUMBERS,
    PROBLEMS,
    TRADES,
)
from connect.hosted.services.papers import PURPOSE
from connect.onboarding.countries import banks, rules
from core.types import Fields, JsonObject

Files: TypeAlias = MultiValueDict[str, Any]


# The calendar of Thailand is 543 years ahead: nobody's year of the Common Era is as late as this.
_BUDDHIST: Final = 2400


class SellerForm(forms.Form):
    def __init__(
        self,
        data: Fields | None = None,
        files: Files | None = None,
        *,
        initial: JsonObject | None = None,
    ) -> None:
        super().__init__(data, files, label_suffix="", initial=initial)

    def full_clean(self) -> None:
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill this in.")
        super().full_clean()

    def answers(self) -> list[tuple[object, str]]:
        """Return label and answer of each field that was given; numbers are not shown."""
        given = getattr(self, "given", ())
        found: list[tuple[object, str]] = []
        for name, field in self.fields.items():
            value = self.get_initial_for_field(field, name)
            if name in NUMBERS:
                value = _("given") if name in given else ""
            if value:
                found.append((field.label, _display(field, value)))
        return found

    def payload(self) -> JsonObject:
        """Return the answers, as the wire spells them."""
        return self.cleaned_data

    def show_errors(self, errors: Mapping[str, Iterable[str]]) -> None:
        """Replace the errors of the form by those of its draft."""
        self.errors.clear()
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class BusinessForm(SellerForm):
    business_type = forms.ChoiceField(
        label=_("Who sells?"), choices=BUSINESSES, widget=forms.RadioSelect
    )


class DetailsForm(SellerForm):
    """The required fields of a person, of a company or of the business.

    Args:
        names: The fields, as the wire spells them without the party's name.
        known: Stored answers, nested as on the wire.
        given: Names of stored numbers, which are not shown.
        country: Of the account, by whose rules numbers and addresses are checked.
        livemode: False if the numbers of tests are valid.
    """

    def __init__(
        self,
        names: Iterable[str],
        known: Fields,
        given: Iterable[str] = (),
        data: Fields | None = None,
        *,
        country: str,
        livemode: bool,
    ) -> None:
        super().__init__(data)
        self.country, self.livemode = country, livemode
        self.given = set(given)
        wanted = {_form_field(name) for name in names}
        for name in [*LABELS, *sorted(wanted - LABELS.keys())]:
            if name in wanted:
                self.fields[name] = self._field(name)
                self.initial[name] = _initial_value(name, known)

    def clean(self) -> JsonObject:
        cleaned: JsonObject = super().clean() or {}
        for name, value in list(cleaned.items()):
            kind = name.rpartition(".")[2]
            if isinstance(value, date) and value.year >= _BUDDHIST:
                self.add_error(name, _("Give the year of the Common Era, such as 1990."))
            elif isinstance(value, str) and value and kind in PROBLEMS:
                kept = seller_checks.normalize(
                    kind, value, country=self.country, livemode=self.livemode
                )
                if kept is None:
                    self.add_error(name, PROBLEMS[kind])
                else:
                    cleaned[name] = kept
        return cleaned

    def payload(self) -> JsonObject:
        """Return the answers, nested as on the wire, without empty ones."""
        found: JsonObject = {}
        for name, value in self.cleaned_data.items():
            if value in (None, ""):
                continue
            *path, last = name.split(".")
            inner = found
            for part in path:
                inner = inner.setdefault(part, {})
            inner[last] = _wire_value(value)
        return found

    def _field(self, name: str) -> forms.Field:
        label, fill = LABELS.get(name, (name, ""))
        attrs = {"autocomplete": fill or "off"}
        if name in ("dob", "registration_date"):
            widget = forms.DateInput(attrs={**attrs, "type": "date"}, format="%Y-%m-%d")
            return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"])
        if name == "nationality":
            return forms.ChoiceField(
                label=label, choices=[("", "—"), *_territories()], widget=forms.Select(attrs=attrs)
            )
        if name == "mcc":
            return forms.ChoiceField(label=label, choices=[("", "—"), *TRADES])
        if name == "email":
            return forms.EmailField(label=label, widget=forms.EmailInput(attrs=attrs))
        if name in ("url", "product_description"):
            # One of the two is enough; the requirements say whether it was given.
            kind = forms.URLInput if name == "url" else forms.Textarea
            shape = attrs if name == "url" else {**attrs, "rows": "3"}
            return forms.CharField(
                label=label, required=False, max_length=2_000, widget=kind(attrs=shape)
            )
        is_known = name in NUMBERS and name in self.given
        return forms.CharField(
            label=label,
            max_length=4 if name == "ssn_last_4" else 200,
            required=not is_known,
            help_text=_("Given already. Leave it empty to keep it.") if is_known else "",
            widget=forms.TextInput(attrs={**attrs, **_keyboard(name)}),
        )


class BankForm(SellerForm):
    """A bank account for payouts, in the form of the country's banks.

    Args:
        country: Of the account, ISO 3166.
        currencies: Currencies of its balance, and its own.
        currency: The preselected one.
    """

    def __init__(
        self, country: str, *, currencies: Sequence[str], currency: str, data: Fields | None = None
    ) -> None:
        super().__init__(data)
        self.country = country
        if len(currencies) > 1:
            self.fields["currency"] = forms.ChoiceField(
                label=_("Currency"),
                choices=[(code, code.upper()) for code in currencies],
                initial=currency,
            )
        self.fields["account_holder_name"] = forms.CharField(
            label=_("Name of the account's holder"),
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )
        off = forms.TextInput(attrs={"autocomplete": "off"})
        if example := banks.routing_example(country):
            self.fields["routing_number"] = forms.CharField(
                label=BANK_NUMBERS.get(country, _("Number of the bank and branch")),
                help_text=_("For example %(number)s") % {"number": example},
                max_length=20,
                widget=off,
            )
        self.has_ibans = banks.has_ibans_only(country)
        self.fields["account_number"] = forms.CharField(
            label=_("IBAN") if self.has_ibans else _("Account number"), max_length=64, widget=off
        )

    def payload(self) -> JsonObject:
        """Return the bank account as the wire spells it; the country of an IBAN is in it."""
        number = self.cleaned_data["account_number"].strip()
        country = number[:2].upper() if self.has_ibans else self.country
        return {"object": "bank_account", "country": country, **self.cleaned_data}


class PaperForm(SellerForm):
    """An identity document, front and back."""

    front = forms.FileField(label=_("Front of the passport, identity card or driving licence"))
    back = forms.FileField(label=_("Back, unless it is a passport"), required=False)

    def __init__(self, data: Fields | None = None, files: Files | None = None) -> None:
        super().__init__(data, files)
        for field in self.fields.values():
            field.widget.attrs["accept"] = "image/jpeg,image/png,application/pdf"

    def clean(self) -> JsonObject:
        cleaned: JsonObject = super().clean() or {}
        most = PURPOSES[PURPOSE].most_bytes
        for name in ("front", "back"):
            if (paper := cleaned.get(name)) and paper.size > most:
                self.add_error(
                    name, _("The file is larger than %(most)s MB.") % {"most": most // MIB}
                )
        return cleaned


class PersonForm(DetailsForm):
    """A representative, owner, director or executive of a company.

    Args:
        lists: The lists that the country asks for, such as `owners`.
        relationship: The stored roles and title of the person.
        is_representative: True of the representative, who needs no other role.
    """

    ROLES: Final = {
        "owners": ("owner", _("Owns a quarter of the company or more")),
        "directors": ("director", _("Is a director")),
        "executives": ("executive", _("Leads the company")),
    }

    def __init__(
        self,
        names: Iterable[str],
        known: Fields,
        given: Iterable[str] = (),
        data: Fields | None = None,
        *,
        country: str,
        livemode: bool,
        lists: Container[str],
        relationship: Fields,
        is_representative: bool = False,
    ) -> None:
        super().__init__(
            names,
            {**known, "relationship": relationship},
            given,
            data,
            country=country,
            livemode=livemode,
        )
        self.offered = [self.ROLES[one] for one in self.ROLES if one in lists]
        if self.offered:
            self.fields["roles"] = forms.MultipleChoiceField(
                label=_("This person also") if is_representative else _("This person"),
                choices=self.offered,
                required=not is_representative,
                widget=forms.CheckboxSelectMultiple,
                initial=[role for role, _label in self.offered if relationship.get(role)],
            )

    def payload(self) -> JsonObject:
        chosen = self.cleaned_data.pop("roles", [])
        found = super().payload()
        roles = {role: role in chosen for role, _label in self.offered}
        return {**found, "relationship": {**found.get("relationship", {}), **roles}}


def _display(field: forms.Field, value: object) -> str:
    """Format an answer for the page."""
    if isinstance(value, date):
        return format_date(value, "long", locale=(get_language() or "en").partition("-")[0])
    if isinstance(field, forms.ChoiceField):
        labels = dict(cast(Any, field.choices))
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(labels.get(one, one)) for one in chosen)
    return str(value)


def _form_field(name: str) -> str:
    """Return the form field of a wire field: a date is one field."""
    head, _, last = name.rpartition(".")
    return head if last in ("day", "month", "year") else name


def _initial_value(name: str, known: Fields) -> object:
    value: object = known
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and value.get("year"):
        return date(value["year"], value["month"], value["day"])
    return value


def _wire_value(value: object) -> object:
    if isinstance(value, date):
        return {"day": value.day, "month": value.month, "year": value.year}
    return value


def _keyboard(name: str) -> dict[str, str]:
    if name == "phone":
        return {"type": "tel"}
    return {"inputmode": "numeric"} if name == "ssn_last_4" else {}


def _territories() -> list[tuple[str, str]]:
    names = Locale.parse((get_language() or "en").partition("-")[0]).territories
    first = rules.codes()
    codes = [str(code) for code in names]
    return sorted(
        ((code, names[code]) for code in codes if len(code) == 2 and code.isalpha()),
        key=lambda pair: (pair[0] not in first, pair[1]),
    )
