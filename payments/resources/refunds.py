"""The wire object of a refund."""

from core.types import JsonObject
from payments.models import Refund


def refund(row: Refund) -> JsonObject:
    """Render a refund, with its charge at hand."""
    rendered: JsonObject = {
        "id": row.id,
        "object": "refund",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "charge": row.charge_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "customer": row.charge.customer_id,
        "customer_account": None,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": row.metadata,
        "payment_intent": row.payment_intent_id,
        "payment_method": row.charge.payment_method_id,
        "reason": row.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": row.status,
        "transfer_reversal": row.transfer_reversal_id,
    }
    if row.status == "pending":
        rendered["pending_reason"] = "processing"
    if row.failure_reason:
        rendered["failure_reason"] = row.failure_reason
        rendered["failure_balance_transaction"] = row.failure_balance_transaction_id
    if row.instructions_email:
        rendered["instructions_email"] = row.instructions_email
    return rendered
