"""The fields of a session's page: what is asked, with what was typed and what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Final

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from checkout.hosted import method_parts
from checkout.models import CheckoutSession
from checkout.params.collecting import COUNTRIES
from checkout.resources import sessions as rendering
from checkout.sessions.services import collecting
from core.types import JsonObject
from payments import method_types
from payments.method_types.bank_names import BANK_NAMES
from processors.protocols.instruments import display_brand

# Address part → label, what browsers call it, whether it may be left out, whether it is short.
_ADDRESS: Final[dict[str, tuple[Promise, str, bool, bool]]] = {
    "line1": (_("Address"), "address-line1", False, False),
    "line2": (_("Flat, floor, building"), "address-line2", True, False),
    "city": (_("City"), "address-level2", True, True),
    "postal_code": (_("Postal code"), "postal-code", True, True),
    "state": (_("State or province"), "address-level1", True, False),
}
_PARTS: Final[dict[str, tuple[Promise, str]]] = {
    "email": (_("E-mail"), "email"),
    "name": (_("Name"), "name"),
    "line1": (_("Address"), "billing address-line1"),
}
# The others go by the name of a brand.
_METHODS: Final[dict[str, Promise]] = {
    "card": _("Card"),
    "sepa_debit": _("SEPA Direct Debit"),
    "us_bank_account": _("US bank account"),
}


def method_title(type: str) -> str:
    """Return what a payment method is called, in the language of the page."""
    return str(_METHODS.get(type) or method_types.of(type).title)


def saved_title(method: JsonObject) -> str:
    """Return what a saved payment method is called, such as `Visa •••• 4242`."""
    type = method["type"]
    shown = method.get(type) or {}
    title = display_brand(shown["brand"]) if type == "card" else method_title(type)
    return f"{title} •••• {shown['last4']}" if shown.get("last4") else title


class Fields:
    """The fields of one showing of the page.

    Args:
        session: The session.
        values: What was typed, or is known.
        wrong: Field → problem.
    """

    def __init__(
        self, session: CheckoutSession, values: Mapping[str, str], wrong: Mapping[str, str]
    ) -> None:
        self.session, self.values, self.wrong = session, values, wrong

    def contact(self) -> list[JsonObject]:
        """Return the fields by which the payer is reached."""
        found = []
        if collecting.wants_email(self.session):
            found.append(self._field("email", _("E-mail"), type="email", auto="email"))
        if rendering.asks_phone(self.session):
            found.append(self._field("phone", _("Phone"), type="tel", auto="tel"))
        if self._asks_name():
            found.append(self._field("billing_name", _("Name"), auto="name", is_optional=True))
        names = self.session.settings.get("name_collection") or {}
        for kind, label in (
            ("individual", _("Your name")),
            ("business", _("Name of the business")),
        ):
            if (names.get(kind) or {}).get("enabled"):
                optional = names[kind].get("optional", False)
                found.append(self._field(f"{kind}_name", label, is_optional=optional))
        return found

    def shipping(self) -> list[JsonObject]:
        """Return the fields of where it is sent to."""
        wanted = self.session.settings.get("shipping_address_collection")
        return self._address("shipping", wanted["allowed_countries"]) if wanted else []

    def billing(self) -> list[JsonObject]:
        """Return the fields of the billing address."""
        return self._address("billing", COUNTRIES) if self._asks_billing() else []

    def _asks_billing(self) -> bool:
        return bool(self.session.settings.get("billing_address_collection") == "required")

    def _asks_name(self) -> bool:
        """Tell whether the name, which the customer gets, stands by itself."""
        update = self.session.settings.get("customer_update") or {}
        return update.get("name") == "auto" and not self._asks_billing()

    def custom(self) -> list[JsonObject]:
        """Return the merchant's own fields."""
        found = []
        for asked in self.session.settings.get("custom_fields") or []:
            own = asked.get(asked["type"]) or {}
            options = [(one["value"], one["label"]) for one in own.get("options", [])]
            field = self._field(
                f"custom_{asked['key']}",
                asked["label"]["custom"],
                is_optional=asked.get("optional", False),
                most=own.get("maximum_length") or 255,
                options=options if asked["type"] == "dropdown" else None,
                mode="numeric" if asked["type"] == "numeric" else "",
            )
            found.append(field | {"value": field["value"] or own.get("default_value") or ""})
        return found

    def method(self, type: str) -> list[JsonObject]:
        """Return what is typed in of a payment method; nothing where the bank's own page asks."""
        if type == "card":
            return [
                self._field(
                    "card_number", _("Card number"), auto="cc-number", mode="numeric", most=23
                ),
                self._field(
                    "card_exp",
                    _("Expires"),
                    auto="cc-exp",
                    mode="numeric",
                    most=7,
                    is_half=True,
                    hint="12/34",
                ),
                self._field(
                    "card_cvc",
                    _("Security code"),
                    auto="cc-csc",
                    mode="numeric",
                    most=4,
                    is_half=True,
                ),
            ]
        asked = self._of_method(type)
        if type not in ("sepa_debit", "us_bank_account"):
            return asked
        found = [self._field("bank_name", _("Name of the account holder"), auto="name")]
        if type == "us_bank_account":
            found.append(self._field("bank_routing", _("Routing number"), mode="numeric", most=9))
        label = _("IBAN") if type == "sepa_debit" else _("Account number")
        return [*found, self._field("bank_account", label, auto="off", most=42), *asked]

    def _of_method(self, type: str) -> list[JsonObject]:
        """Return what is asked for the sake of a type alone."""
        found = []
        for path in method_parts.paths(self.session, type):
            name, part = method_parts.field_of(type, path), path.rpartition(".")[2]
            if part == "country":
                codes = method_types.of(type).countries or COUNTRIES
                auto, options = "billing country", _countries(codes)
                field = self._field(name, _("Country"), auto=auto, options=options)
            else:
                label, auto = _PARTS[part]
                field = self._field(name, label, auto=auto)
            known = self.values.get(f"billing_{part}", "")
            found.append(field | {"value": field["value"] or known})
        if banks := method_types.of(type).banks:
            named = sorted(((bank, BANK_NAMES[bank]) for bank in banks), key=_by_name)
            name = f"{type}_{method_parts.BANK}"
            found.append(self._field(name, _("Your bank"), is_optional=True, options=named))
        if method_parts.has_code(type):
            label, name = _("Code of six digits from your bank's app"), f"{type}_code"
            found.append(self._field(name, label, auto="one-time-code", mode="numeric", most=6))
        return found

    def _address(self, kind: str, codes: Sequence[str]) -> list[JsonObject]:
        country = f"{kind}_country"
        found = [
            self._field(f"{kind}_name", _("Name"), auto=f"{kind} name"),
            self._field(country, _("Country"), auto=f"{kind} country", options=_countries(codes)),
        ]
        if len(codes) == 1:
            found[1]["value"] = codes[0]
        for part, (label, auto, is_optional, is_half) in _ADDRESS.items():
            found.append(
                self._field(
                    f"{kind}_{part}",
                    label,
                    auto=f"{kind} {auto}",
                    is_optional=is_optional,
                    is_half=is_half,
                )
            )
        return found

    def _field(
        self,
        name: str,
        label: str | Promise,
        *,
        type: str = "text",
        auto: str = "",
        mode: str = "",
        hint: str = "",
        most: int = 255,
        is_optional: bool = False,
        is_half: bool = False,
        options: Sequence[tuple[str, str]] | None = None,
    ) -> JsonObject:
        return {
            "name": name,
            "label": label,
            "type": type,
            "auto": auto,
            "mode": mode,
            "hint": hint,
            "most": most,
            "is_optional": is_optional,
            "is_half": is_half,
            "options": options,
            "value": self.values.get(name, ""),
            "problem": self.wrong.get(name),
        }


def _by_name(option: tuple[str, str]) -> str:
    return option[1].casefold()


def _countries(codes: Sequence[str]) -> list[tuple[str, str]]:
    names = Locale.parse((get_language() or "en").partition("-")[0]).territories
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda one: one[1])
