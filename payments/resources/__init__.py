"""Wire objects of payments: plain functions from row to dict, ids unexpanded, no queries."""

from payments.resources.charges import charge
from payments.resources.customers import customer
from payments.resources.payment_intents import payment_intent, transfer_data
from payments.resources.payment_methods import billing_details, card_of, payment_method
from payments.resources.refund_previews import refund_preview
from payments.resources.refunds import refund

__all__ = [
    "billing_details",
    "card_of",
    "charge",
    "customer",
    "payment_intent",
    "payment_method",
    "refund",
    "refund_preview",
    "transfer_data",
]
