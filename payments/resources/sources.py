"""The wire's older objects of a customer's payment methods: cards and bank accounts."""

from typing import Final

from core.types import JsonObject
from payments.models import PaymentMethod
from payments.resources.addresses import address
from payments.resources.payment_methods import checks
from processors.protocols.instruments import display_brand

# Source: the wire's older ids of cards and bank accounts begin with these.
_PREFIXES: Final = {"card": "card", "us_bank_account": "ba"}
TYPES: Final = tuple(_PREFIXES)
# And those of what was made as a source of any type.
_SOURCE: Final = "src"


def source_id_of(row: PaymentMethod) -> str:
    """Return the older id of a payment method."""
    prefix = _PREFIXES[row.type] if row.source is None else _SOURCE
    return f"{prefix}_{row.id.partition('_')[2]}"


def method_id_of(source_id: str) -> str:
    """Return the id of the payment method that an older id stands for."""
    prefix, _, random = source_id.partition("_")
    is_older = prefix in (_SOURCE, *_PREFIXES.values()) and random.isalnum()
    return f"pm_{random}" if is_older else source_id


def source(row: PaymentMethod) -> JsonObject:
    """Render a customer's card or bank account, or what was made as a source."""
    if row.source is not None:
        return _source(row, row.source)
    return _card(row) if row.type == "card" else _bank_account(row)


def _source(row: PaymentMethod, source: JsonObject) -> JsonObject:
    card, billing = _card(row), row.billing_details
    names = (
        "address_line1_check",
        "address_zip_check",
        "brand",
        "country",
        "cvc_check",
        "dynamic_last4",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "name",
        "tokenization_method",
    )
    is_gone = row.used_at or row.detached_at
    return {
        "id": card["id"],
        "object": "source",
        "allow_redisplay": row.allow_redisplay,
        "amount": source["amount"],
        "card": {name: card[name] for name in names} | {"three_d_secure": "optional"},
        "client_secret": source["client_secret"],
        "created": int(row.created_at.timestamp()),
        "currency": source["currency"],
        "flow": "none",
        "livemode": row.livemode,
        "metadata": row.metadata,
        "owner": {
            "address": address(billing["address"]) if billing.get("address") else None,
            **{name: billing.get(name) for name in ("email", "name", "phone")},
            **dict.fromkeys(
                ("verified_address", "verified_email", "verified_name", "verified_phone")
            ),
        },
        "statement_descriptor": source["statement_descriptor"],
        "status": "consumed" if is_gone else "chargeable",
        "type": "card",
        "usage": source["usage"],
    } | ({"customer": row.customer_id} if row.customer_id else {})


def _card(row: PaymentMethod) -> JsonObject:
    place, found = row.billing_details.get("address") or {}, checks(row)
    return {
        "id": source_id_of(row),
        "object": "card",
        "address_city": place.get("city"),
        "address_country": place.get("country"),
        "address_line1": place.get("line1"),
        "address_line1_check": found["address_line1_check"],
        "address_line2": place.get("line2"),
        "address_state": place.get("state"),
        "address_zip": place.get("postal_code"),
        "address_zip_check": found["address_postal_code_check"],
        "brand": display_brand(row.brand),
        "country": row.country,
        "customer": row.customer_id,
        "cvc_check": found["cvc_check"],
        "dynamic_last4": None,
        "exp_month": row.exp_month,
        "exp_year": row.exp_year,
        "fingerprint": row.fingerprint,
        "funding": row.funding,
        "last4": row.last4,
        "metadata": row.metadata,
        "name": row.billing_details.get("name"),
        "regulated_status": "unregulated",
        "tokenization_method": None,
    }


def _bank_account(row: PaymentMethod) -> JsonObject:
    return {
        "id": source_id_of(row),
        "object": "bank_account",
        "account_holder_name": row.billing_details.get("name"),
        "account_holder_type": row.details.get("account_holder_type"),
        "account_type": row.details.get("account_type"),
        "bank_name": row.details.get("bank_name"),
        "country": "US",
        "currency": "usd",
        "customer": row.customer_id,
        "fingerprint": row.fingerprint,
        "last4": row.last4,
        "metadata": row.metadata,
        "routing_number": row.details.get("routing_number"),
        # What was not added as a source is debited by a mandate, for which its taker answers.
        "status": row.verification or "verified",
    }
