"""The wire object of payment links."""

from typing import Final

from checkout import pages
from checkout.models import PaymentLink
from checkout.resources import collecting
from core.ids import application_id
from core.types import Fields, JsonObject

_INTENT_DATA: Final = (
    "capture_method", "description", "setup_future_usage", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_group",
)  # fmt: skip


def payment_link(row: PaymentLink) -> JsonObject:
    """Render a payment link, without its lines."""
    asked = row.settings
    rendered = {
        "id": row.id,
        "object": "payment_link",
        "active": row.is_active,
        "application": application_id(row.platform_id) if row.platform_id else None,
        **_money(row),
        **_payer(asked),
        "after_completion": _after_completion(asked),
        "inactive_message": asked.get("inactive_message"),
        "livemode": row.livemode,
        "managed_payments": {"enabled": False},
        "metadata": row.metadata,
        "restrictions": _restrictions(row),
        "submit_type": asked.get("submit_type", "auto"),
        "url": pages.link_address(row.token),
    }
    if rendered["name_collection"] is None:
        del rendered["name_collection"]
    return rendered


def _money(row: PaymentLink) -> JsonObject:
    """Render what a payer pays, with what, and to whom it goes."""
    asked = row.settings
    return {
        "allow_promotion_codes": asked.get("allow_promotion_codes", False),
        "application_fee_amount": asked.get("application_fee_amount"),
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "currency": row.currency,
        "invoice_creation": collecting.no_invoice(),
        "on_behalf_of": asked.get("on_behalf_of"),
        "optional_items": collecting.optional_items(asked),
        "payment_intent_data": _intent_data(asked.get("payment_intent_data")),
        "payment_method_collection": "always",
        "payment_method_options": None,
        "payment_method_types": asked.get("payment_method_types"),
        "shipping_options": row.shipping_options,
        "subscription_data": None,
        "transfer_data": _transfer_data(asked.get("transfer_data")),
    }


def _payer(asked: Fields) -> JsonObject:
    """Render what a payer is asked for."""
    phone = asked.get("phone_number_collection") or {}
    return {
        "billing_address_collection": asked.get("billing_address_collection", "auto"),
        "consent_collection": collecting.consent_collection(asked),
        "custom_fields": [collecting.custom_field(one) for one in asked.get("custom_fields") or []],
        "custom_text": collecting.custom_text(asked),
        "customer_creation": asked.get("customer_creation", "if_required"),
        "name_collection": collecting.name_collection(asked),
        "phone_number_collection": {"enabled": bool(phone.get("enabled"))},
        "shipping_address_collection": asked.get("shipping_address_collection"),
        "tax_id_collection": {"enabled": False, "required": "never"},
    }


def _after_completion(asked: Fields) -> JsonObject:
    wanted = asked["after_completion"]
    kind = wanted["type"]
    own = wanted.get(kind) or {}
    shown = (
        {"url": own["url"]} if kind == "redirect" else {"custom_message": own.get("custom_message")}
    )
    return {"type": kind, kind: shown}


def _intent_data(given: Fields | None) -> JsonObject | None:
    if given is None:
        return None
    return {name: given.get(name) for name in _INTENT_DATA} | {
        "metadata": given.get("metadata") or {}
    }


def _transfer_data(given: Fields | None) -> JsonObject | None:
    if given is None:
        return None
    return {"amount": given.get("amount"), "destination": given["destination"]}


def _restrictions(row: PaymentLink) -> JsonObject | None:
    if row.completed_limit is None:
        return None
    return {"completed_sessions": {"count": row.completed_count, "limit": row.completed_limit}}
