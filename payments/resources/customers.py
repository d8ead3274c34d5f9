"""The wire object of a customer."""

from core.types import JsonObject
from payments.models import Customer, CustomerBalanceTransaction
from payments.resources.addresses import address, customer_shipping


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
    """Render what is known for taxes, of which none are computed."""
    return {
        "automatic_tax": "not_collecting",
        "ip_address": row.tax_ip_address,
        "location": None,
        "provider": "stripe",
    }


def customer_balance_transaction(row: CustomerBalanceTransaction) -> JsonObject:
    """Render a change of what later invoices are less or more by."""
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
