"""The wire's older objects of a customer's payment methods: cards and bank accounts."""

from typing import Any, Final

from payments.models import PaymentMethod
from payments.resources.payment_methods import checks
from processors.protocols.instruments import display_brand

# Source: the wire's older ids of cards and bank accounts begin with these.
_PREFIXES: Final = {"card": "card", "us_bank_account": "ba"}
TYPES: Final = tuple(_PREFIXES)


def source_id_of(row: PaymentMethod) -> str:
    """Return the older id of a payment method."""
    return f"{_PREFIXES[row.type]}_{row.id.partition('_')[2]}"


def method_id_of(source_id: str) -> str:
    """Return the id of the payment method that an older id stands for."""
    prefix, _, random = source_id.partition("_")
    return f"pm_{random}" if prefix in _PREFIXES.values() and random.isalnum() else source_id


def source(row: PaymentMethod) -> dict[str, Any]:
    """Render a customer's card or bank account."""
    return _card(row) if row.type == "card" else _bank_account(row)


def _card(row: PaymentMethod) -> dict[str, Any]:
    address, found = row.billing_details.get("address") or {}, checks(row)
    return {
        "id": source_id_of(row),
        "object": "card",
        "address_city": address.get("city"),
        "address_country": address.get("country"),
        "address_line1": address.get("line1"),
        "address_line1_check": found["address_line1_check"],
        "address_line2": address.get("line2"),
        "address_state": address.get("state"),
        "address_zip": address.get("postal_code"),
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


def _bank_account(row: PaymentMethod) -> dict[str, Any]:
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
