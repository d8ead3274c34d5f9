"""The wire objects of a dispute and of an early fraud warning."""

from datetime import datetime
from typing import Final

from core.types import JsonObject
from ledger.resources import copied_adjustment
from payments.models import Charge, Dispute, EarlyFraudWarning

# Each is shown, null where nobody has said anything.
EVIDENCE: Final = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip


def dispute(row: Dispute, *, at: datetime) -> JsonObject:
    """Render a dispute, with its charge at hand.

    Args:
        row: The dispute.
        at: Now, for whether it can still be answered.
    """
    is_inquiry = row.status.startswith("warning_")
    return {
        "id": row.id,
        "object": "dispute",
        "amount": row.amount,
        "balance_transactions": [
            copied_adjustment(line, source=row.id, currency=row.currency, at=at)
            for line in row.lines
        ],
        "charge": row.charge_id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE) | row.evidence | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": int(row.due_at.timestamp()) if row.due_at else None,
            "enhanced_eligibility": {},
            "has_evidence": bool(row.evidence),
            "past_due": bool(row.due_at and row.due_at <= at and not row.submission_count),
            "submission_count": row.submission_count,
            "submission_method": "manual" if row.submission_count else "not_submitted",
        },
        # Nothing answers disputes by itself.
        "intended_submission_method": None,
        "is_charge_refundable": is_inquiry,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "network_reason_code": row.network_reason_code,
        "payment_intent": row.payment_intent_id,
        "payment_method_details": _method_details(row, is_inquiry=is_inquiry),
        "reason": row.reason,
        "status": row.status,
    }


def _method_details(row: Dispute, *, is_inquiry: bool) -> JsonObject:
    if row.charge.method_type == "klarna":
        klarna = {"chargeback_loss_reason_code": None, "reason_code": row.network_reason_code}
        return {"klarna": klarna, "type": "klarna"}
    card = {
        "brand": row.charge.card.get("brand") or "unknown",
        "case_type": "inquiry" if is_inquiry else "chargeback",
        "network": row.charge.card.get("brand") or "unknown",
        "network_reason_code": row.network_reason_code,
    }
    return {"card": card, "type": "card"}


def is_actionable(charge: Charge) -> bool:
    """Return whether a refund would still keep a dispute of a charge away."""
    return not charge.is_disputed and charge.amount_refunded < charge.amount_captured


def early_fraud_warning(row: EarlyFraudWarning) -> JsonObject:
    """Render a warning, with its charge at hand; refund the charge while it is actionable."""
    charge = row.charge
    return {
        "id": row.id,
        "object": "radar.early_fraud_warning",
        "actionable": is_actionable(charge),
        "charge": row.charge_id,
        "created": int(row.created_at.timestamp()),
        "fraud_type": row.fraud_type,
        "livemode": row.livemode,
        "payment_intent": row.payment_intent_id,
    }
