"""The wire object of a refund."""

from typing import Final

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
        "destination_details": _destination(row),
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
    if row.status == "requires_action" and row.asked_at:
        rendered["next_action"] = {
            "display_details": {
                "email_sent": {
                    "email_sent_at": int(row.asked_at.timestamp()),
                    "email_sent_to": row.instructions_email,
                },
                "expires_at": int(row.ask_expires_at.timestamp()) if row.ask_expires_at else None,
            },
            "type": "display_details",
        }
    if row.instructions_email:
        rendered["instructions_email"] = row.instructions_email
    return rendered


# Where money goes that was paid without a card: to an account at a bank of the country.
_BANKS: Final = {
    "bancontact": "eu_bank_transfer",
    "ideal": "eu_bank_transfer",
    "konbini": "jp_bank_transfer",
    "paynow": "paynow",
    "pix": "pix",
    "promptpay": "th_bank_transfer",
    "sepa_debit": "eu_bank_transfer",
    "us_bank_account": "us_bank_transfer",
}


def _destination(row: Refund) -> JsonObject:
    method = row.charge.method_type
    if method == "card":
        card = {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
        return {"card": card, "type": "card"}
    kind = _BANKS.get(method, method)
    known: JsonObject = {}
    if kind.endswith("_bank_transfer") or kind in _REFERRED:
        known = {"reference": None, "reference_status": None}
    if kind in _DECLINED:
        known["network_decline_code"] = None
    return {kind: known, "type": kind}


# Whose refund has a reference, and may be declined.
_REFERRED: Final = frozenset({"afterpay_clearpay", "blik", "klarna", "p24", "swish"})
_DECLINED: Final = frozenset({"blik", "swish"})
