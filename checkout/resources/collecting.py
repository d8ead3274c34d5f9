"""What a merchant asks payers for, as the wire shows it on sessions and payment links."""

from typing import Final

from core.types import Fields, JsonObject

_TEXTS: Final = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
_CONSENTS: Final = ("payment_method_reuse_agreement", "promotions", "terms_of_service")
_LENGTHS: Final = ("default_value", "maximum_length", "minimum_length")


def consent_collection(asked: Fields) -> JsonObject | None:
    """Render which consents are asked for; None for none."""
    wanted = asked.get("consent_collection")
    return None if wanted is None else {name: wanted.get(name) for name in _CONSENTS}


def custom_text(asked: Fields) -> JsonObject:
    """Render the merchant's own sentences on the page."""
    given = asked.get("custom_text") or {}
    return {name: given.get(name) for name in _TEXTS}


def custom_field(asked: Fields) -> JsonObject:
    """Render a field of the merchant's own, as it is asked."""
    kind = asked["type"]
    own = asked.get(kind) or {}
    parts = {name: own.get(name) for name in _LENGTHS}
    if kind == "dropdown":
        parts = {"default_value": own.get("default_value"), "options": own.get("options", [])}
    return {
        "key": asked["key"],
        "label": asked["label"],
        "optional": asked.get("optional", False),
        "type": kind,
        kind: parts,
    }


def answered_field(asked: Fields, given: Fields) -> JsonObject:
    """Render a field of the merchant's own with what the payer answered."""
    field, kind = custom_field(asked), asked["type"]
    value = given.get("custom_fields", {}).get(asked["key"])
    return field | {kind: field[kind] | {"value": value}}


def optional_items(asked: Fields) -> list[JsonObject] | None:
    """Render what payers may take besides; None for nothing."""
    items = asked.get("optional_items")
    return items and [
        {
            "adjustable_quantity": _adjustable(one.get("adjustable_quantity")),
            "price": one["price"],
            "quantity": one["quantity"],
        }
        for one in items
    ]


def name_collection(asked: Fields) -> JsonObject | None:
    """Render which names are asked for; None for none."""
    wanted = asked.get("name_collection")
    if wanted is None:
        return None
    kinds = [kind for kind in ("business", "individual") if wanted.get(kind)]
    return {kind: {"optional": False, **wanted[kind]} for kind in kinds}


def _adjustable(given: Fields | None) -> JsonObject | None:
    if given is None:
        return None
    return {name: given.get(name) for name in ("enabled", "maximum", "minimum")}


def no_invoice() -> JsonObject:
    """Render that no invoice is made."""
    names = ("account_tax_ids", "custom_fields", "description", "footer", "issuer")
    return {
        "enabled": False,
        "invoice_data": dict.fromkeys(names) | {"metadata": {}, "rendering_options": None},
    }
