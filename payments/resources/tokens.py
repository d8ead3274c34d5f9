"""The wire objects of a token and of a confirmation token."""

from core.types import JsonObject
from payments.models import ConfirmationToken, Token
from payments.resources.addresses import shipping
from payments.resources.payment_methods import payment_method
from processors import registry
from processors.protocols.instruments import display_brand


def token(row: Token) -> JsonObject:
    """Render a card's token."""
    address = row.billing_details.get("address") or {}
    return {
        "id": row.id,
        "object": "token",
        "card": {
            # The wire's card has an id of its own; it is the token's.
            "id": f"card_{row.id.partition('_')[2]}",
            "object": "card",
            "address_city": address.get("city"),
            "address_country": address.get("country"),
            "address_line1": address.get("line1"),
            "address_line1_check": None,
            "address_line2": address.get("line2"),
            "address_state": address.get("state"),
            "address_zip": address.get("postal_code"),
            "address_zip_check": None,
            **_card(row),
        },
        "client_ip": None,
        "created": int(row.created_at.timestamp()),
        "livemode": row.livemode,
        "type": "card",
        "used": row.used_at is not None,
    }


def _card(row: Token) -> JsonObject:
    card = registry.load_card(row.instrument, livemode=row.livemode)
    return {
        "brand": display_brand(card.brand) if card else "Unknown",
        "country": card.country if card else None,
        "cvc_check": "unchecked",
        "dynamic_last4": None,
        "exp_month": row.exp_month,
        "exp_year": row.exp_year,
        "fingerprint": row.fingerprint,
        "funding": card.funding if card else "unknown",
        "last4": card.last4 if card else None,
        "metadata": {},
        "name": row.billing_details.get("name"),
        "networks": {"preferred": None},
        "regulated_status": "unregulated",
        "tokenization_method": None,
    }


def confirmation_token(row: ConfirmationToken) -> JsonObject:
    """Render a confirmation token, with its payment method at hand."""
    method = payment_method(row.payment_method)
    shown = ("allow_redisplay", "billing_details", "customer", "customer_account", "type")
    intent = row.intent_id or ""
    return {
        "id": row.id,
        "object": "confirmation_token",
        "created": int(row.created_at.timestamp()),
        "expires_at": int(row.expires_at.timestamp()),
        "livemode": row.livemode,
        "mandate_data": None,
        "metadata": {},
        "payment_intent": intent if intent.startswith("pi_") else None,
        "payment_method_options": {"card": {"cvc_token": None}},
        "payment_method_preview": {
            name: method[name] for name in (*shown, row.payment_method.type)
        },
        "return_url": row.return_url,
        "setup_future_usage": row.setup_future_usage,
        "setup_intent": intent if intent.startswith("seti_") else None,
        "shipping": shipping(row.shipping),
        "use_stripe_sdk": False,
    }
