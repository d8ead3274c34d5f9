"""The object of an unapplied payment: our own, for the wire has none."""

from typing import Literal, TypedDict

from core.types import JsonObject
from payments.models import UnappliedPayment


class UnappliedPaymentObject(TypedDict):
    """Money that a payer sent after its charge had ended."""

    id: str
    object: Literal["unapplied_payment"]
    amount: int
    balance_transaction: str | None
    charge: str
    created: int
    currency: str
    failure_reason: str | None
    livemode: bool
    payment_intent: str | None
    status: str


def unapplied_payment(row: UnappliedPayment) -> JsonObject:
    """Render an unapplied payment, with its charge at hand."""
    charge = row.charge
    return {
        "id": row.id,
        "object": "unapplied_payment",
        "amount": row.amount,
        "balance_transaction": row.balance_transaction_id,
        "charge": charge.id,
        "created": int(row.created_at.timestamp()),
        "currency": row.currency,
        "failure_reason": row.failure_reason,
        "livemode": row.livemode,
        "payment_intent": None if charge.is_standalone else charge.payment_intent_id,
        "status": row.status,
    }
