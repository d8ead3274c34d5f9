"""The wire object of a payment method, and what a charge keeps of it."""

from typing import Final

from core.types import JsonObject
from payments.models import PaymentMethod
from payments.resources.addresses import address
from processors import registry


def payment_method(row: PaymentMethod) -> JsonObject:
    """Render a payment method."""
    return {
        "id": row.id,
        "object": "payment_method",
        "allow_redisplay": row.allow_redisplay,
        "billing_details": billing_details(row.billing_details),
        row.type: _OF_TYPE.get(row.type, _of_payer)(row),
        "created": int(row.created_at.timestamp()),
        "customer": row.customer_id,
        "customer_account": None,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "type": row.type,
    }


def _card(row: PaymentMethod) -> JsonObject:
    return {
        "brand": row.brand,
        "checks": checks(row),
        "country": row.country,
        "display_brand": row.brand,
        # Zero until the processor has said it.
        "exp_month": row.exp_month or 0,
        "exp_year": row.exp_year or 0,
        "fingerprint": row.fingerprint,
        "funding": row.funding,
        "generated_from": None,
        "last4": row.last4,
        "networks": {"available": [row.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def checks(row: PaymentMethod) -> JsonObject:
    """Render the card bank's checks of address and security code."""
    address = row.billing_details.get("address") or {}
    card = registry.load_card(row.instrument, livemode=row.livemode)
    line1, postal_code = address.get("line1"), address.get("postal_code")
    return {
        "address_line1_check": card.line1_check if card and line1 else None,
        "address_postal_code_check": card.zip_check if card and postal_code else None,
        "cvc_check": card.cvc_check if card else ("pass" if row.instrument else None),
    }


def _us_bank_account(row: PaymentMethod) -> JsonObject:
    return {
        **row.details,
        "financial_connections_account": None,
        "fingerprint": row.fingerprint,
        "last4": row.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "status_details": {},
    }


def _sepa_debit(row: PaymentMethod) -> JsonObject:
    return {
        "generated_from": {"charge": None, "setup_attempt": None},
        **row.details,
        "country": row.country,
        "fingerprint": row.fingerprint,
        "last4": row.last4,
    }


def _of_payer(row: PaymentMethod) -> JsonObject:
    """Render what a payer said of what it agrees to elsewhere."""
    return {**_SHOWN.get(row.type, {}), **row.details}


_OF_TYPE = {
    "card": _card,
    "us_bank_account": _us_bank_account,
    "sepa_debit": _sepa_debit,
}
# What readers expect of a payer's method, whatever was said.
_SHOWN: Final[dict[str, JsonObject]] = {
    "blik": {"buyer_id": None},
    "eps": {"bank": None},
    "ideal": {"bank": None, "bic": None},
    "klarna": {"dob": None},
    "p24": {"bank": None},
    "pix": {"fingerprint": None},
}


def billing_details(details: JsonObject) -> JsonObject:
    """Render billing details with every key that readers expect."""
    return {
        "address": address(details.get("address")),
        "email": details.get("email"),
        "name": details.get("name"),
        "phone": details.get("phone"),
        "tax_id": details.get("tax_id"),
    }


def card_of(row: PaymentMethod) -> JsonObject:
    """Return what a charge keeps of the card or bank account it took."""
    if not row.fingerprint:
        return dict(row.details)
    if row.type != "card":
        kept = {"country": row.country, "fingerprint": row.fingerprint, "last4": row.last4}
        return {**row.details, **kept}
    return {
        "brand": row.brand,
        "checks": checks(row),
        "country": row.country,
        "exp_month": row.exp_month or 0,
        "exp_year": row.exp_year or 0,
        "fingerprint": row.fingerprint,
        "funding": row.funding,
        "last4": row.last4,
    }
