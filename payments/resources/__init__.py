"""Wire objects of payments: plain functions from row to dict, ids unexpanded, no queries."""

from payments.resources.charges import charge
from payments.resources.customer_sessions import customer_session, ephemeral_key
from payments.resources.customers import customer, customer_balance_transaction, tax_id, tax_of
from payments.resources.disputes import EVIDENCE, dispute, early_fraud_warning, is_actionable
from payments.resources.domains import apple_pay_domain, payment_method_domain
from payments.resources.payment_intents import line_items, payment_intent, transfer_data
from payments.resources.payment_method_configurations import payment_method_configuration
from payments.resources.payment_methods import billing_details, card_of, payment_method
from payments.resources.refund_previews import RefundPreview, refund_preview
from payments.resources.refunds import refund
from payments.resources.setup_intents import mandate, setup_attempt, setup_intent
from payments.resources.sources import TYPES as SOURCES
from payments.resources.sources import method_id_of, source, source_id_of
from payments.resources.tokens import confirmation_token, token

__all__ = [
    "EVIDENCE",
    "SOURCES",
    "RefundPreview",
    "apple_pay_domain",
    "billing_details",
    "card_of",
    "charge",
    "confirmation_token",
    "customer",
    "customer_balance_transaction",
    "customer_session",
    "dispute",
    "early_fraud_warning",
    "ephemeral_key",
    "is_actionable",
    "line_items",
    "mandate",
    "method_id_of",
    "payment_intent",
    "payment_method",
    "payment_method_configuration",
    "payment_method_domain",
    "refund",
    "refund_preview",
    "setup_attempt",
    "setup_intent",
    "source",
    "source_id_of",
    "tax_id",
    "tax_of",
    "token",
    "transfer_data",
]
