"""The wire objects of checkout sessions and of their lines."""

from collections.abc import Mapping
from typing import Final

from checkout import pages
from checkout.models import CheckoutSession, CheckoutSessionLine
from checkout.resources import collecting
from checkout.resources.catalog import price
from checkout.states import SessionStatus
from core.types import JsonObject
from payments import method_types
from payments.method_types import offers
from payments.method_types.base import Needs, Reason
from payments.method_types.offers import Choice
from processors import registry

# The words before 2025 → the words after.
UI_MODES: Final = {"hosted": "hosted_page", "embedded": "embedded_page", "custom": "elements"}
HOSTED: Final = "hosted_page"
EMBEDDED: Final = "embedded_page"
_AS_ASKED: Final = (
    "allow_promotion_codes", "allowed_payment_method_types", "billing_address_collection",
    "cancel_url", "excluded_payment_method_types", "integration_identifier", "locale",
    "origin_context", "permissions", "redirect_on_completion", "return_url",
    "shipping_address_collection", "submit_type", "success_url", "wallet_options",
)  # fmt: skip
# What a session that has none of it is without, rather than null.
_LEFT_OUT: Final = frozenset(
    {"branding_settings", "excluded_payment_method_types", "name_collection",
     "presentment_details", "redirect_on_completion", "return_url"}
)  # fmt: skip
_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")


def checkout_session(row: CheckoutSession) -> JsonObject:
    """Render a session, without its lines."""
    asked = row.settings
    rendered = {
        "id": row.id,
        "object": "checkout.session",
        **{name: asked.get(name) for name in _AS_ASKED},
        **_money(row),
        **_payer(row),
        **_page(row),
        "client_reference_id": row.client_reference_id,
        "created": int(row.created_at.timestamp()),
        "expires_at": int(row.expires_at.timestamp()),
        "invoice": None,
        "invoice_creation": collecting.no_invoice() if row.mode == "payment" else None,
        "livemode": row.livemode,
        "managed_payments": {"enabled": False},
        "metadata": row.metadata,
        "mode": row.mode,
        "payment_intent": row.payment_intent_id,
        "payment_link": row.payment_link_id,
        "payment_status": row.payment_status,
        "setup_intent": row.setup_intent_id,
        "status": row.status,
        "subscription": None,
    }
    return {
        name: value
        for name, value in rendered.items()
        if value is not None or name not in _LEFT_OUT
    }


def _money(row: CheckoutSession) -> JsonObject:
    """Render what a session comes to, and with what it can be paid."""
    asked, is_payment = row.settings, row.mode == "payment"
    return {
        "adaptive_pricing": {"enabled": False} if is_payment else None,
        "amount_subtotal": row.amount_subtotal,
        "amount_total": row.amount_total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "currency": row.currency,
        "currency_conversion": None,
        "optional_items": collecting.optional_items(asked),
        "discounts": [
            {"coupon": one["coupon"], "promotion_code": one["promotion_code"]}
            for one in row.discounts
        ],
        "payment_method_collection": "always" if is_payment else None,
        "payment_method_configuration_details": _configuration(asked),
        "payment_method_options": asked.get("payment_method_options") or {},
        "payment_method_types": types(row),
        "presentment_details": None,
        "saved_payment_method_options": saved_options(row),
        "shipping_cost": _shipping_cost(row),
        "shipping_options": row.shipping_options,
        "total_details": total_details(row),
    }


def _payer(row: CheckoutSession) -> JsonObject:
    """Render who pays, and what the payer was asked and answered."""
    asked, given = row.settings, row.collected
    usual = "if_required" if row.mode == "payment" else None
    return {
        "collected_information": _collected(given),
        "consent": given.get("consent"),
        "consent_collection": collecting.consent_collection(asked),
        "custom_fields": [
            collecting.answered_field(one, given) for one in asked.get("custom_fields") or []
        ],
        "customer": row.customer_id,
        "customer_account": None,
        "customer_creation": asked.get("customer_creation", usual),
        "customer_details": _customer_details(row),
        "customer_email": asked.get("customer_email"),
        "name_collection": collecting.name_collection(asked),
        "phone_number_collection": {"enabled": asks_phone(row)},
        "tax_id_collection": {"enabled": False, "required": "never"},
    }


def _page(row: CheckoutSession) -> JsonObject:
    """Render the session's page, and what follows on it."""
    asked, is_open = row.settings, row.status == SessionStatus.OPEN
    return {
        "after_expiration": _after_expiration(row),
        "branding_settings": _branding(row),
        "client_secret": row.client_secret if is_open else None,
        "custom_text": collecting.custom_text(asked),
        "recovered_from": row.recovered_from_id,
        "ui_mode": row.ui_mode,
        "url": pages.address(row.id) if is_open and row.ui_mode == HOSTED else None,
    }


def types(row: CheckoutSession) -> list[str]:
    """Return the types with which a session can be paid, or that it can save."""
    asked = row.settings
    chosen = asked.get("payment_method_types") or asked.get("allowed_payment_method_types") or []
    excluded = asked.get("excluded_payment_method_types")
    configured = asked.get("configuration")
    carried = registry.methods(livemode=row.livemode)
    lacking = asked.get("lacking_types") or ()
    if row.mode == "setup":
        found = method_types.to_keep(chosen, excluded, configured, carried, lacking)
    else:
        intended = asked.get("payment_intent_data", {})
        found = method_types.available(
            chosen,
            excluded=excluded,
            configured=configured,
            carried=carried,
            lacking=lacking,
            currency=str(row.currency),
            is_manual=intended.get("capture_method") == "manual",
            is_kept="setup_future_usage" in intended,
        )
    if not stays(row):
        return found
    return [type for type in found if not method_types.of(type).is_redirect]


def named_types(row: CheckoutSession) -> list[str]:
    """Return the types that a session's merchant named, for its intent; none for what fits.

    What the seller lacks by now is left out, so that it keeps nobody from paying with another.
    """
    asked = row.settings
    named = asked.get("payment_method_types") or asked.get("allowed_payment_method_types") or []
    return named and (types(row) or named)


def offers_of(row: CheckoutSession) -> dict[str, Reason | None]:
    """Say of each type why a session does not offer it; None of those that it does."""
    asked, shown = row.settings, set(types(row))
    intended = asked.get("payment_intent_data", {})
    choice = Choice(
        asked.get("payment_method_types") or asked.get("allowed_payment_method_types") or (),
        asked.get("excluded_payment_method_types"),
        asked.get("configuration"),
        registry.methods(livemode=row.livemode),
        asked.get("lacking_types") or (),
    )
    needs = Needs(
        str(row.currency),
        row.amount_total,
        is_manual=intended.get("capture_method") == "manual",
        is_kept=row.mode == "setup" or "setup_future_usage" in intended,
        redirects=not stays(row),
    )
    found = {type: offers.why_not(of, choice, needs) for type, of in method_types.METHODS.items()}
    return {type: None if type in shown else reason for type, reason in found.items()}


def saved_options(row: CheckoutSession) -> JsonObject | None:
    """Return what payers may do with methods that they saved; None where there are none."""
    asked = row.settings.get("saved_payment_method_options")
    if row.mode != "payment" or (asked is None and row.customer_id is None):
        return None
    usual = {"payment_method_remove": "disabled", "payment_method_save": None}
    given = {name: value for name, value in (asked or {}).items() if value}
    return {"allow_redisplay_filters": ["always"]} | usual | given


def stays(row: CheckoutSession) -> bool:
    """Tell whether the payer never leaves the merchant's page, and so has nowhere to return to."""
    return bool(row.settings.get("redirect_on_completion") == "never")


def asks_phone(row: CheckoutSession) -> bool:
    """Tell whether the payer is asked for a phone number."""
    return bool((row.settings.get("phone_number_collection") or {}).get("enabled"))


def total_details(row: CheckoutSession) -> JsonObject | None:
    """Render the parts of a session's total; None in setup mode."""
    if row.totals is None:
        return None
    return {
        "amount_discount": row.totals["discount"],
        "amount_shipping": row.totals["shipping"] or 0,
        "amount_tax": row.totals["tax"],
    }


def session_breakdown(
    row: CheckoutSession, *, rates: Mapping[str, JsonObject]
) -> JsonObject | None:
    """Render what each discount and each tax rate comes to, of all lines together.

    Args:
        row: The session.
        rates: The wire's tax rates, by id.
    """
    if row.totals is None:
        return None
    discounts = {kept["id"]: discount(row, kept) for kept in row.discounts}
    return {
        "discounts": [
            {"amount": one["amount"], "discount": discounts[one["discount"]]}
            for one in row.totals["discounts"]
        ],
        "taxes": [tax_share(one, rates) for one in row.totals["taxes"]],
    }


def line_item(
    row: CheckoutSessionLine,
    currency: str,
    *,
    rates: Mapping[str, JsonObject],
    discounts: Mapping[str, JsonObject],
) -> JsonObject:
    """Render a line.

    Args:
        row: The line, with its price and product.
        currency: The session's.
        rates: The wire's tax rates, by id.
        discounts: The wire's discounts, by id.
    """
    return {
        "id": row.id,
        "object": "item",
        "adjustable_quantity": row.adjustable_quantity,
        "amount_discount": row.amount_discount,
        "amount_subtotal": row.amount_subtotal,
        "amount_tax": row.amount_tax,
        "amount_total": row.amount_total,
        "currency": currency,
        "description": row.price.product.name,
        "discounts": [
            {"amount": one["amount"], "discount": discounts[one["discount"]]}
            for one in row.discounts
        ],
        "metadata": row.metadata,
        "price": price(row.price),
        "quantity": row.quantity,
        "taxes": [tax_share(one, rates) for one in row.taxes],
    }


def discount(row: CheckoutSession, kept: JsonObject) -> JsonObject:
    """Render a discount of a session."""
    unset = (
        "customer_account",
        "end",
        "invoice",
        "invoice_item",
        "subscription",
        "subscription_item",
    )
    return dict.fromkeys(unset) | {
        "id": kept["id"],
        "object": "discount",
        "checkout_session": row.id,
        "customer": row.customer_id,
        "promotion_code": kept["promotion_code"],
        "source": {"coupon": kept["coupon"], "type": "coupon"},
        "start": int(row.created_at.timestamp()),
    }


def tax_share(share: JsonObject, rates: Mapping[str, JsonObject]) -> JsonObject:
    """Render what one rate comes to."""
    return {
        "amount": share["amount"],
        "rate": rates[share["rate"]],
        "taxability_reason": None,
        "taxable_amount": share["taxable_amount"],
    }


def _after_expiration(row: CheckoutSession) -> JsonObject | None:
    asked = (row.settings.get("after_expiration") or {}).get("recovery")
    if asked is None:
        return None
    until = row.collected.get("recoverable_until")
    return {
        "recovery": {
            "allow_promotion_codes": asked.get("allow_promotion_codes", False),
            "enabled": asked["enabled"],
            "expires_at": until,
            "url": pages.recovery_address(row.id) if until else None,
        }
    }


def _branding(row: CheckoutSession) -> JsonObject | None:
    asked = row.settings.get("branding_settings")
    if asked is None:
        return None
    usual = {
        "background_color": "#ffffff",
        "border_style": "rounded",
        "button_color": "#1a1a1a",
        "display_name": "",
        "font_family": "default",
    }
    given = {name: value for name, value in asked.items() if value is not None}
    pictures = {name: _picture(asked.get(name)) for name in ("icon", "logo")}
    return usual | given | pictures


def _picture(asked: JsonObject | None) -> JsonObject | None:
    return asked and {"file": asked.get("file"), "type": asked["type"], "url": asked.get("url")}


def _collected(given: JsonObject) -> JsonObject | None:
    parts = {name: given.get(name) for name in ("business_name", "individual_name")}
    details = given.get("shipping_details")
    if details is None and not any(parts.values()):
        return None
    return parts | {"shipping_details": details and _shipping_details(details)}


def _shipping_details(details: JsonObject) -> JsonObject:
    address = details.get("address") or {}
    return {"address": {part: address.get(part) for part in _ADDRESS}, "name": details["name"]}


def _customer_details(row: CheckoutSession) -> JsonObject | None:
    given = row.collected.get("customer_details")
    email = row.email or row.settings.get("customer_email")
    if given is None and email is None:
        return None
    given = given or {}
    address = given.get("address")
    return {
        "address": address and {part: address.get(part) for part in _ADDRESS},
        "business_name": row.collected.get("business_name"),
        "email": email,
        "individual_name": row.collected.get("individual_name"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_exempt": "none",
        "tax_ids": [] if row.status == SessionStatus.COMPLETE else None,
    }


def _configuration(asked: JsonObject) -> JsonObject | None:
    chosen = asked.get("configuration")
    return chosen and {"id": chosen["id"], "parent": None}


def _shipping_cost(row: CheckoutSession) -> JsonObject | None:
    cost = (row.totals or {}).get("shipping_cost")
    return cost and cost | {"shipping_rate": row.shipping_rate_id}
