"""Checks of what a session is asked to be: what goes together, and what does not."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from checkout.resources.sessions import EMBEDDED, HOSTED, UI_MODES
from core.errors import InvalidRequest
from core.security.origins import origin_of
from core.types import Fields, JsonObject

SOONEST: Final = timedelta(minutes=30)
LATEST: Final = timedelta(hours=24)
_SLACK: Final = timedelta(minutes=1)
PLACEHOLDER: Final = "{CHECKOUT_SESSION_ID}"
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9]+")
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_ONLY_PAYMENT: Final = (
    "customer_creation", "discounts", "allow_promotion_codes", "line_items", "optional_items",
    "payment_intent_data", "saved_payment_method_options", "shipping_options",
    "shipping_address_collection", "submit_type",
)  # fmt: skip
_ONLY_SETUP: Final = ("setup_intent_data",)
_EXCLUSIVE: Final = (
    ("customer_id", "customer_email"),
    ("customer_id", "customer_creation"),
    ("discounts", "allow_promotion_codes"),
    ("payment_method_types", "allowed_payment_method_types"),
    ("payment_method_types", "payment_method_configuration"),
)
_NAMES: Final = {"customer_id": "customer"}


def normalize(asked: JsonObject) -> JsonObject:
    """Return what was asked with the words of today, and what goes without saying."""
    given = asked.get("ui_mode", HOSTED)
    ui_mode = UI_MODES.get(given, given)
    usual = {"redirect_on_completion": "always"} if ui_mode == EMBEDDED else {}
    return usual | asked | {"mode": asked.get("mode", "payment"), "ui_mode": ui_mode}


def check(asked: Fields, *, at: datetime) -> None:
    """Refuse what does not go together.

    Args:
        asked: What the request says, as `normalize` returns it.
        at: The moment of the request.

    Raises:
        InvalidRequest: It names the parameter, and what to do.
    """
    rules: tuple[Callable[[Fields], None], ...] = (
        _check_mode,
        check_common,
        _check_addresses,
        _check_colors,
        _check_consent,
    )
    for rule in rules:
        rule(asked)
    expires_at = asked.get("expires_at")
    # The caller's clock, and whole seconds, are not ours.
    if expires_at and not at + SOONEST <= expires_at + _SLACK <= at + LATEST + 2 * _SLACK:
        raise InvalidRequest(
            "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from "
            "Checkout Session creation.",
            param="expires_at",
        )


def check_common(asked: Fields) -> None:
    """Refuse what goes together on no page, whether a session is made of it or a payment link.

    Raises:
        InvalidRequest: It names the parameter, and what to do.
    """
    _check_exclusive(asked)
    _check_custom_fields(asked)


def check_address(address: str, param: str) -> None:
    """Refuse where no payer can be sent.

    Raises:
        InvalidRequest: `url_invalid`.
    """
    if origin_of(address.replace(PLACEHOLDER, "cs")) is None:
        raise InvalidRequest(
            f"Not a valid URL: {param} has to be an http or https address without a user.",
            code="url_invalid",
            param=param,
        )


def _check_custom_fields(asked: Fields) -> None:
    """Refuse custom fields that cannot be asked for."""
    fields = asked.get("custom_fields") or []
    if fields and asked["ui_mode"] == "elements":
        raise InvalidRequest(
            "A page of your own has fields of your own: leave custom_fields out.",
            param="custom_fields",
        )
    keys = [field["key"] for field in fields]
    for number, field in enumerate(fields):
        path = f"custom_fields[{number}]"
        if not _ALPHANUMERIC.fullmatch(field["key"]) or keys.index(field["key"]) < number:
            raise InvalidRequest(
                "A key has letters and digits only, and no two fields have the same.",
                param=f"{path}[key]",
            )
        for kind in {"dropdown", "numeric", "text"} - {field["type"]}:
            if kind in field:
                raise InvalidRequest(
                    f"A field of type {field['type']} has no {kind}.", param=f"{path}[{kind}]"
                )
        _check_custom_field(field, path)


def _check_custom_field(field: Fields, path: str) -> None:
    own, kind = field.get(field["type"]) or {}, field["type"]
    if kind == "dropdown":
        values = [option["value"] for option in own.get("options", [])]
        wrong = [v for v in values if not _ALPHANUMERIC.fullmatch(v) or values.count(v) > 1]
        if not values or wrong:
            raise InvalidRequest(
                "A dropdown has options, with different values of letters and digits.",
                param=f"{path}[dropdown][options]",
            )
        if own.get("default_value") not in (None, *values):
            raise InvalidRequest(
                "The default is not one of the options.", param=f"{path}[dropdown][default_value]"
            )
        return
    least, most = own.get("minimum_length") or 0, own.get("maximum_length") or 255
    default = own.get("default_value")
    if least > most or (default and not least <= len(default) <= most):
        raise InvalidRequest(
            "The lengths do not fit each other, or the default does not fit them.",
            param=f"{path}[{kind}]",
        )
    if default and kind == "numeric" and not default.isdecimal():
        raise InvalidRequest("The default has digits only.", param=f"{path}[numeric]")


def _check_mode(asked: Fields) -> None:
    mode = asked["mode"]
    for name in _ONLY_SETUP if mode == "payment" else _ONLY_PAYMENT:
        if asked.get(name):
            raise InvalidRequest(
                f"You can not pass `{name}` in `{mode}` mode.", param=_NAMES.get(name, name)
            )
    if mode == "payment" and not asked.get("line_items"):
        raise InvalidRequest(
            "Missing required param: line_items. Say what is paid for.",
            code="parameter_missing",
            param="line_items",
        )
    has_types = asked.get("payment_method_types") or asked.get("allowed_payment_method_types")
    if mode == "setup" and not (asked.get("currency") or has_types):
        raise InvalidRequest(
            "Missing required param: currency. In setup mode, say it, or payment_method_types.",
            code="parameter_missing",
            param="currency",
        )


def _check_exclusive(asked: Fields) -> None:
    for first, second in _EXCLUSIVE:
        if asked.get(first) and asked.get(second):
            names = [_NAMES.get(name, name) for name in (first, second)]
            raise InvalidRequest(
                f"You may only specify one of these parameters: {', '.join(names)}.",
                code="parameters_exclusive",
                param=names[1],
            )
    if asked.get("customer_update") and not asked.get("customer_id"):
        raise InvalidRequest(
            "`customer_update` is for a customer: also pass `customer`.", param="customer_update"
        )
    saved = asked.get("saved_payment_method_options") or {}
    has_customer = asked.get("customer_id") or asked.get("customer_creation") == "always"
    if saved.get("payment_method_save") == "enabled" and not has_customer:
        raise InvalidRequest(
            "What a payer saves is a customer's: also pass `customer`, or "
            "`customer_creation=always`.",
            param="saved_payment_method_options[payment_method_save]",
        )
    for number, one in enumerate(asked.get("discounts") or []):
        if len(one) != 1:
            raise InvalidRequest(
                f"Send one of discounts[{number}][coupon] and discounts[{number}][promotion_code].",
                code="parameters_exclusive" if one else "parameter_missing",
                param=f"discounts[{number}]",
            )


def _check_addresses(asked: Fields) -> None:
    is_hosted = asked["ui_mode"] == HOSTED
    never = asked.get("redirect_on_completion") == "never"
    wanted = "success_url" if is_hosted else "return_url"
    unwanted = (
        ["return_url", "redirect_on_completion"] if is_hosted else ["success_url", "cancel_url"]
    )
    if never:
        unwanted.append("return_url")
    elif not asked.get(wanted):
        raise InvalidRequest(
            f"Missing required param: {wanted}. Say where the payer goes afterwards.",
            code="parameter_missing",
            param=wanted,
        )
    for name in unwanted:
        if asked.get(name):
            raise InvalidRequest(
                f"`{name}` does not go with ui_mode {asked['ui_mode']}"
                f"{' and redirect_on_completion never' if never else ''}. Leave it out.",
                param=name,
            )
    for name in ("success_url", "cancel_url", "return_url"):
        if address := asked.get(name):
            check_address(address, name)


def _check_consent(asked: Fields) -> None:
    wanted = asked.get("consent_collection") or {}
    if asked["ui_mode"] == "elements" and wanted.get("terms_of_service") == "required":
        raise InvalidRequest(
            "A page of your own asks for consent itself: leave terms_of_service out.",
            param="consent_collection[terms_of_service]",
        )


def _check_colors(asked: Fields) -> None:
    branding = asked.get("branding_settings") or {}
    for name in ("background_color", "button_color"):
        if branding.get(name) and not _COLOR.fullmatch(branding[name]):
            raise InvalidRequest(
                "A colour is written as #rrggbb.", param=f"branding_settings[{name}]"
            )
