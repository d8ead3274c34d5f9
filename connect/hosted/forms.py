"""The forms of the pages on which sellers tell about themselves: fields by what is asked."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from babel import Locale
from babel.dates import format_date
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.catalog import MIB, PURPOSES
from connect.hosted import seller_checks
from connect.onboarding.countries import banks, rules
from core.types import Fields, JsonObject

PAPER: Final = "identity_document"

# Field → label and what browsers may fill it with, in the order in which people are asked.
_LABELS: Final[dict[str, tuple[Any, str]]] = {
    "name": (_("Name of the company"), "organization"),
    "name_kana": (_("Name of the company (kana)"), ""),
    "name_kanji": (_("Name of the company (kanji)"), ""),
    "tax_id": (_("Tax number"), ""),
    "registration_date": (_("Registered on"), ""),
    "first_name": (_("First name"), "given-name"),
    "last_name": (_("Last name"), "family-name"),
    "first_name_kana": (_("First name (kana)"), ""),
    "last_name_kana": (_("Last name (kana)"), ""),
    "first_name_kanji": (_("First name (kanji)"), "given-name"),
    "last_name_kanji": (_("Last name (kanji)"), "family-name"),
    "relationship.title": (_("Job title"), "organization-title"),
    "dob": (_("Date of birth"), "bday"),
    "nationality": (_("Nationality"), "country"),
    "id_number": (_("Identification number"), ""),
    "ssn_last_4": (_("Last four digits of the Social Security number"), ""),
    "email": (_("E-mail address"), "email"),
    "phone": (_("Phone number"), "tel"),
    "address.line1": (_("Street and number"), "address-line1"),
    "address.city": (_("City"), "address-level2"),
    "address.state": (_("State or province"), "address-level1"),
    "address.postal_code": (_("Postal code"), "postal-code"),
    "address_kana.postal_code": (_("Postal code"), "postal-code"),
    "address_kana.state": (_("Prefecture (kana)"), ""),
    "address_kana.city": (_("City (kana)"), ""),
    "address_kana.town": (_("Town (kana)"), ""),
    "address_kana.line1": (_("Block and building (kana)"), ""),
    "address_kanji.postal_code": (_("Postal code (kanji address)"), "postal-code"),
    "address_kanji.state": (_("Prefecture (kanji)"), ""),
    "address_kanji.city": (_("City (kanji)"), ""),
    "address_kanji.town": (_("Town (kanji)"), ""),
    "address_kanji.line1": (_("Block and building (kanji)"), ""),
    "mcc": (_("What do you sell?"), ""),
    "url": (_("Website"), "url"),
    "product_description": (_("Or describe what you sell, if you have no website"), ""),
    "statement_descriptor": (_("Name on your customers' statements"), ""),
}
# What is said at a field whose answer cannot be right in the account's country.
_WRONG: Final = {
    "phone": _("This is not a phone number. Begin with + if it is one of another country."),
    "postal_code": _("This is not a postal code of your country."),
    "state": _("This is not a state. Give its two letters or its name, such as IL or Illinois."),
    "id_number": _("This number has a wrong digit, or too many or too few."),
    "ssn_last_4": _("Give four digits."),
    "tax_id": _("This number has a wrong digit, or too many or too few."),
}
# The calendar of Thailand is 543 years ahead: nobody's year of the Common Era is as late as this.
_BUDDHIST: Final = 2400
_NUMBERS: Final = ("id_number", "ssn_last_4", "tax_id")
# Source: ISO 18245, the codes that marketplaces' sellers have most often.
_TRADES: Final = (
    ("5411", _("Food and groceries")),
    ("5812", _("Restaurant or catering")),
    ("5691", _("Clothing and shoes")),
    ("5945", _("Toys, games and hobbies")),
    ("5734", _("Software and digital goods")),
    ("5732", _("Electronics")),
    ("5712", _("Furniture and household")),
    ("5970", _("Arts and crafts")),
    ("5942", _("Books")),
    ("4215", _("Delivery and courier")),
    ("7299", _("Personal services")),
    ("8299", _("Lessons and courses")),
    ("7392", _("Consulting")),
    ("7011", _("Rooms and lodging")),
    ("5999", _("Something else")),
)
BUSINESSES: Final = (
    ("individual", _("I trade alone")),
    ("company", _("A company")),
    ("non_profit", _("A charity or association")),
    ("government_entity", _("A public body")),
)
# What the number of a bank and branch is called where it has a name.
_BANK_NUMBERS: Final = {
    "US": _("Routing number"), "GB": _("Sort code"), "AU": _("BSB number"),
}  # fmt: skip


class SellerForm(forms.Form):
    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, label_suffix="", **more)

    def full_clean(self) -> None:
        for field in self.fields.values():
            field.error_messages["required"] = _("Fill this in.")
        super().full_clean()

    def answers(self) -> list[tuple[Any, str]]:
        """Return label and answer of what has been told; of a number only that it was given."""
        given = getattr(self, "given", ())
        found = []
        for name, field in self.fields.items():
            value = self.get_initial_for_field(field, name)
            if name in _NUMBERS:
                value = _("given") if name in given else ""
            if value:
                found.append((field.label, _display(field, value)))
        return found

    def show_errors(self, errors: Mapping[str, Iterable[str]]) -> None:
        """Show what was typed with what was said of it, and with nothing else."""
        self.errors.clear()
        for name, messages in errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class BusinessForm(SellerForm):
    business_type = forms.ChoiceField(
        label=_("Who sells?"), choices=BUSINESSES, widget=forms.RadioSelect
    )


class DetailsForm(SellerForm):
    """What is asked of somebody, of a company or of the business.

    Args:
        names: The fields, as the wire spells them without the party's name.
        known: What has been given, nested as on the wire.
        given: Numbers that were given and are not shown.
        country: Of the account, by whose rules numbers and addresses are checked.
        livemode: False to take the numbers of tests.
    """

    def __init__(
        self,
        names: Iterable[str],
        known: Fields,
        given: Iterable[str] = (),
        data: Any = None,
        *,
        country: str,
        livemode: bool,
    ) -> None:
        super().__init__(data)
        self.country, self.livemode = country, livemode
        self.given = set(given)
        wanted = {_form_field(name) for name in names}
        for name in [*_LABELS, *sorted(wanted - _LABELS.keys())]:
            if name in wanted:
                self.fields[name] = self._field(name)
                self.initial[name] = _initial_value(name, known)

    def clean(self) -> JsonObject:
        cleaned: JsonObject = super().clean() or {}
        for name, value in list(cleaned.items()):
            kind = name.rpartition(".")[2]
            if isinstance(value, date) and value.year >= _BUDDHIST:
                self.add_error(name, _("Give the year of the Common Era, such as 1990."))
            elif isinstance(value, str) and value and kind in _WRONG:
                kept = seller_checks.normalize(
                    kind, value, country=self.country, livemode=self.livemode
                )
                if kept is None:
                    self.add_error(name, _WRONG[kind])
                else:
                    cleaned[name] = kept
        return cleaned

    def payload(self) -> JsonObject:
        """Return what was typed in, nested as on the wire. What was left empty is left out."""
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
        label, fill = _LABELS.get(name, (name, ""))
        attrs = {"autocomplete": fill or "off"}
        if name in ("dob", "registration_date"):
            widget = forms.DateInput(attrs={**attrs, "type": "date"}, format="%Y-%m-%d")
            return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"])
        if name == "nationality":
            return forms.ChoiceField(
                label=label, choices=[("", "—"), *_territories()], widget=forms.Select(attrs=attrs)
            )
        if name == "mcc":
            return forms.ChoiceField(label=label, choices=[("", "—"), *_TRADES])
        if name == "email":
            return forms.EmailField(label=label, widget=forms.EmailInput(attrs=attrs))
        if name in ("url", "product_description"):
            # One of the two is enough; the requirements say whether it was given.
            kind = forms.URLInput if name == "url" else forms.Textarea
            shape = attrs if name == "url" else {**attrs, "rows": "3"}
            return forms.CharField(
                label=label, required=False, max_length=2_000, widget=kind(attrs=shape)
            )
        is_known = name in _NUMBERS and name in self.given
        return forms.CharField(
            label=label,
            max_length=4 if name == "ssn_last_4" else 200,
            required=not is_known,
            help_text=_("Given already. Leave it empty to keep it.") if is_known else "",
            widget=forms.TextInput(attrs={**attrs, **_keyboard(name)}),
        )


class BankForm(SellerForm):
    """Where a seller is paid out to, asked for as the country's banks count.

    Args:
        country: Of the account, ISO 3166.
        currencies: Those in which there is something to pay, or may be.
        currency: The one to begin with.
    """

    def __init__(
        self, country: str, *, currencies: Sequence[str], currency: str, data: Any = None
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
                label=_BANK_NUMBERS.get(country, _("Number of the bank and branch")),
                help_text=_("For example %(number)s") % {"number": example},
                max_length=20,
                widget=off,
            )
        self.has_ibans = banks.has_ibans_only(country)
        self.fields["account_number"] = forms.CharField(
            label=_("IBAN") if self.has_ibans else _("Account number"), max_length=64, widget=off
        )

    def payload(self) -> JsonObject:
        """Return the account as the wire spells it. An IBAN says itself where it is."""
        number = self.cleaned_data["account_number"].strip()
        country = number[:2].upper() if self.has_ibans else self.country
        return {"object": "bank_account", "country": country, **self.cleaned_data}


class PaperForm(SellerForm):
    """A picture or scan of a document that shows who somebody is."""

    front = forms.FileField(label=_("Front of the passport, identity card or driving licence"))
    back = forms.FileField(label=_("Back, unless it is a passport"), required=False)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        for field in self.fields.values():
            field.widget.attrs["accept"] = "image/jpeg,image/png,application/pdf"

    def clean(self) -> JsonObject:
        cleaned: JsonObject = super().clean() or {}
        most = PURPOSES[PAPER].most_bytes
        for name in ("front", "back"):
            if (paper := cleaned.get(name)) and paper.size > most:
                self.add_error(
                    name, _("The file is larger than %(most)s MB.") % {"most": most // MIB}
                )
        return cleaned


class PersonForm(DetailsForm):
    """Somebody behind a company: who represents it, owns it or leads it.

    Args:
        lists: The lists that the country asks for, such as `owners`.
        relationship: What the person is known to be.
        is_boss: True of the one who represents the company, and need be nothing else.
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
        data: Any = None,
        *,
        country: str,
        livemode: bool,
        lists: Container[str],
        relationship: Fields,
        is_boss: bool = False,
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
                label=_("This person also") if is_boss else _("This person"),
                choices=self.offered,
                required=not is_boss,
                widget=forms.CheckboxSelectMultiple,
                initial=[role for role, _label in self.offered if relationship.get(role)],
            )

    def payload(self) -> JsonObject:
        chosen = self.cleaned_data.pop("roles", [])
        found = super().payload()
        roles = {role: role in chosen for role, _label in self.offered}
        return {**found, "relationship": {**found.get("relationship", {}), **roles}}


def _display(field: forms.Field, value: Any) -> str:
    """Spell an answer as the page shows it."""
    if isinstance(value, date):
        return format_date(value, "long", locale=(get_language() or "en").partition("-")[0])
    if isinstance(field, forms.ChoiceField):
        labels = dict(cast(Any, field.choices))
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(labels.get(one, one)) for one in chosen)
    return str(value)


def _form_field(name: str) -> str:
    """A date is asked for as one."""
    head, _, last = name.rpartition(".")
    return head if last in ("day", "month", "year") else name


def _initial_value(name: str, known: Fields) -> Any:
    value: Any = known
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and value.get("year"):
        return date(value["year"], value["month"], value["day"])
    return value


def _wire_value(value: Any) -> Any:
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
