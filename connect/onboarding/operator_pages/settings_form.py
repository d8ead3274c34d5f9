"""The form of an account's settings: each field with its place on the wire."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django_stubs_ext import StrOrPromise
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.models import Account, File
from accounts.services.alerts import Alert
from core.operator_pages import countries
from core.types import JsonObject

_ADDRESS: Final = ("line1", "line2", "postal_code", "city", "state", "country")
# Field → where its value stands in the account.
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "name": ("business_profile", "name"),
    "support_email": ("business_profile", "support_email"),
    "support_phone": ("business_profile", "support_phone"),
    "support_url": ("business_profile", "support_url"),
    **{name: ("business_profile", "support_address", name) for name in _ADDRESS},
    "statement_descriptor": ("settings", "payments", "statement_descriptor"),
    "card_prefix": ("settings", "card_payments", "statement_descriptor_prefix"),
    "payout_descriptor": ("settings", "payouts", "statement_descriptor"),
    "primary_color": ("settings", "branding", "primary_color"),
    "secondary_color": ("settings", "branding", "secondary_color"),
    "icon": ("settings", "branding", "icon"),
    "logo": ("settings", "branding", "logo"),
    "email": ("email",),
    **{alert.value: ("alerts", alert.value) for alert in Alert},
    "alert_address": ("alerts", "address"),
    "own_receipts": ("alerts", "own_receipts"),
}
SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "What payers see on statements": ("statement_descriptor", "card_prefix", "payout_descriptor"),
    "Whom payers turn to": ("name", "support_email", "support_phone", "support_url", *_ADDRESS),
    "Branding": ("primary_color", "secondary_color", "icon", "logo"),
    "Letters": ("email",),
    "Letters to payers": ("own_receipts",),
    "Alerts by e-mail": (*(alert.value for alert in Alert), "alert_address"),
}
_PURPOSES: Final = {"icon": "business_icon", "logo": "business_logo"}
_MOST_FILES: Final = 50
# What banks print: Latin letters, at least one, digits, and most signs.
_PRINTED: Final = r"^(?=.*[A-Za-z])[ !#$%&()+,\-./0-9:;=?@A-Z\[\]^_`a-z{|}~]+\Z"
_HOW_PRINTED: Final = gettext_lazy(
    "Banks print Latin letters, digits and most signs: with at least one letter, "
    "and none of < > \\ ' \" *."
)
_WEB: Final = r"^(https?://)?[^\s/.]+\.\S+\Z"


def _text(label: StrOrPromise, most: int = 200) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


def _shaped(
    shape: str, label: StrOrPromise, most: int, wrong: StrOrPromise, help_text: StrOrPromise = ""
) -> forms.RegexField:
    return forms.RegexField(
        shape,
        label=label,
        max_length=most,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"invalid": wrong},
    )


def _color(label: StrOrPromise) -> forms.RegexField:
    wrong = gettext_lazy("Write a colour as # and six digits, such as #0a7f5a.")
    return _shaped(r"^#[0-9A-Fa-f]{6}\Z", label, 7, wrong, gettext_lazy("Such as #0a7f5a."))


def _choice(label: StrOrPromise, choices: Any, help_text: StrOrPromise = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminSelectWidget,
    )


def _email(label: StrOrPromise, help_text: StrOrPromise = "") -> forms.EmailField:
    return forms.EmailField(
        label=label, required=False, help_text=help_text, widget=UnfoldAdminEmailInputWidget
    )


def _alert(label: StrOrPromise, help_text: StrOrPromise) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, help_text=help_text, widget=UnfoldBooleanWidget
    )


class SettingsForm(forms.Form):
    """What payers are shown of an account, filled in with what it says now."""

    statement_descriptor = _shaped(
        _PRINTED,
        gettext_lazy("Payments"),
        22,
        _HOW_PRINTED,
        gettext_lazy("Up to 22 characters. Printed where a payment names nothing itself."),
    )
    card_prefix = _shaped(
        _PRINTED,
        gettext_lazy("Beginning of card payments"),
        10,
        _HOW_PRINTED,
        gettext_lazy("Up to 10 characters, before what a card payment names: HARBOUR* ORDER 7."),
    )
    payout_descriptor = _shaped(
        _PRINTED,
        gettext_lazy("Payouts"),
        22,
        _HOW_PRINTED,
        gettext_lazy("Up to 22 characters. Printed where a payout names nothing itself."),
    )
    name = _text(gettext_lazy("Name of the business"))
    support_email = _email(gettext_lazy("E-mail address"))
    support_phone = _text(gettext_lazy("Phone number"), 40)
    support_url = _shaped(
        _WEB,
        gettext_lazy("Page on the web"),
        2_000,
        gettext_lazy("Write an address on the web, such as https://example.com/."),
    )
    line1, line2 = _text(gettext_lazy("Address")), _text(gettext_lazy("Second line of the address"))
    postal_code, city, state = (
        _text(gettext_lazy("Postal code")),
        _text(gettext_lazy("City")),
        _text(gettext_lazy("State or province")),
    )
    country = _choice(gettext_lazy("Country"), countries.choices_or_none)
    primary_color, secondary_color = (
        _color(gettext_lazy("First colour")),
        _color(gettext_lazy("Second colour")),
    )
    icon, logo = _choice(gettext_lazy("Icon"), []), _choice(gettext_lazy("Logo"), [])
    email = _email(
        gettext_lazy("Address of the account"),
        gettext_lazy("Besides its owners and admins, who is told by letter."),
    )
    own_receipts = _alert(
        gettext_lazy("No receipts of Rialto's page"),
        gettext_lazy(
            "For those who write to payers themselves. A receipt_email that a request "
            "names is written to all the same."
        ),
    )
    dispute_opened = _alert(
        gettext_lazy("A dispute was opened"),
        gettext_lazy("With the amount, why, and until when it can be answered."),
    )
    payout_failed = _alert(
        gettext_lazy("A payout failed"), gettext_lazy("With the amount, why, and what to do.")
    )
    endpoint_failing = _alert(
        gettext_lazy("A webhook endpoint fails"),
        gettext_lazy(
            "When it has accepted nothing for a day, or was disabled because it answered "
            "410 Gone: with its address and its last answer."
        ),
    )
    alert_address = _email(
        gettext_lazy("Address for alerts"),
        gettext_lazy("Empty: the addresses that the letters above go to."),
    )

    def __init__(self, data: Any, *, account: Account, livemode: bool) -> None:
        self.kept = {name: _at(account, path) for name, path in PLACES.items()}
        super().__init__(data, initial=self.kept)
        files = File.objects.filter(
            account_id=account.id,
            livemode=livemode,
            purpose__in=_PURPOSES.values(),
            removed_at=None,
        )
        found = list(files.order_by("-id").values_list("purpose", "id", "filename")[:_MOST_FILES])
        for name, purpose in _PURPOSES.items():
            pictures = [(id, filename or id) for kind, id, filename in found if kind == purpose]
            now = self.kept[name]
            if isinstance(now, str) and now and now not in dict(pictures):
                pictures.append((now, now))
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", gettext("none")), *pictures]
            field.help_text = gettext("One of the account's files of the purpose %(purpose)s.") % {
                "purpose": purpose
            }

    def changes(self) -> JsonObject:
        """Return what was changed, as the wire has it; an emptied field is null."""
        found: JsonObject = {}
        for name in self.changed_data:
            *above, last = PLACES[name]
            place = found
            for part in above:
                place = place.setdefault(part, {})
            place[last] = self.cleaned_data[name] or None
        return found


def _at(account: Account, path: tuple[str, ...]) -> str | bool:
    """Return what stands at a place in an account; the name stands for itself."""
    value: object = getattr(account, path[0])
    for part in path[1:]:
        value = value.get(part) if isinstance(value, dict) else None
    if value is None and path == PLACES["name"]:
        value = account.name
    return value if isinstance(value, (str, bool)) else ""
