"""The wire object of a customer."""

from typing import Final

from core.types import JsonObject
from payments.models import Customer, CustomerBalanceTransaction, TaxId
from payments.resources.addresses import address, customer_shipping

# What tax ids call Greece, Northern Ireland and the Canary Islands.
_COUNTRIES: Final = {"EL": "GR", "XI": "GB", "IC": "ES"}


def customer(row: Customer) -> JsonObject:
    """Render a customer; of a deleted one only the id."""
    if row.deleted_at:
        return {"id": row.id, "object": "customer", "deleted": True}
    settings = {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    }
    return {
        "id": row.id,
        "object": "customer",
        "address": row.address and address(row.address),
        "balance": row.balance_amount,
        "created": int(row.created_at.timestamp()),
        "currency": row.balance_currency,
        "customer_account": None,
        "default_source": row.default_source_id,
        "delinquent": False,
        "description": row.description,
        "discount": None,
        "email": row.email,
        "invoice_prefix": row.invoice_prefix,
        "invoice_settings": settings | row.invoice_settings,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "name": row.name,
        "next_invoice_sequence": row.next_invoice_sequence,
        "phone": row.phone,
        "preferred_locales": row.preferred_locales,
        "shipping": customer_shipping(row.shipping),
        "tax_exempt": row.tax_exempt,
        "test_clock": None,
    } | _names(row)


def _names(row: Customer) -> JsonObject:
    names = {"business_name": row.business_name, "individual_name": row.individual_name}
    return {name: value for name, value in names.items() if value is not None}


def tax_of(row: Customer) -> JsonObject:
    """Render a customer's tax details; no tax is computed."""
    return {
        "automatic_tax": "not_collecting",
        "ip_address": row.tax_ip_address,
        "location": None,
        "provider": "stripe",
    }


def customer_balance_transaction(row: CustomerBalanceTransaction) -> JsonObject:
    """Render an entry of a customer's invoice balance."""
    return {
        "id": row.id,
        "object": "customer_balance_transaction",
        "amount": row.amount,
        "checkout_session": None,
        "created": int(row.created_at.timestamp()),
        "credit_note": None,
        "currency": row.currency,
        "customer": row.customer_id,
        "customer_account": None,
        "description": row.description,
        "ending_balance": row.ending_balance_amount,
        "invoice": None,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "type": "adjustment",
    }


def tax_id(row: TaxId) -> JsonObject:
    """Render a tax id, which is never verified."""
    verification = {"status": "unavailable", "verified_address": None, "verified_name": None}
    return {
        "id": row.id,
        "object": "tax_id",
        "country": _country(row),
        "created": int(row.created_at.timestamp()),
        "customer": row.customer_id,
        "customer_account": None,
        "livemode": row.livemode,
        "owner": _owner(row),
        "type": row.type,
        "value": row.value,
        "verification": verification if row.customer_id else None,
    }


def _owner(row: TaxId) -> JsonObject:
    own = {"type": "customer", "customer": row.customer_id} if row.customer_id else {"type": "self"}
    return own | {"customer_account": None}


def _country(row: TaxId) -> str | None:
    if row.type == "eu_oss_vat":
        return None
    # Those of the European Union begin with their country, all others' types do.
    code = (row.value[:2] if row.type == "eu_vat" else row.type[:2]).upper()
    code = _COUNTRIES.get(code, code)
    return code if code.isascii() and code.isalpha() else None
