"""Evidence of authentications: what it is signed over, and what it is good for."""

from typing import Final

from django.core import signing
from django.utils.crypto import constant_time_compare

from core.types import JsonObject
from payments.models import (
    Authentication,
    PaymentIntent,
    PaymentMethod,
    SetupIntent,
)
from payments.three_d_secure import sca

_EVIDENCE: Final = signing.Signer(salt="payments.authentication.evidence")


def is_intact(row: Authentication) -> bool:
    """Tell whether evidence carries its own signature."""
    return row.signature is not None and constant_time_compare(row.signature, sign(row))


def covers(row: Authentication, intent: PaymentIntent | SetupIntent, method: PaymentMethod) -> bool:
    """Tell whether evidence is about this payment: amount, currency, payee and card."""
    return (
        row.intent_id == intent.id
        and row.amount == intent.amount
        and row.currency == intent.currency
        and row.payee == payee(intent)
        and row.card_fingerprint == method.fingerprint
    )


def payee(intent: PaymentIntent | SetupIntent) -> str:
    """Return the payee: the seller if it is named on the statement."""
    return intent.on_behalf_of or intent.account_id


def render(row: Authentication) -> JsonObject:
    """Render an authentication for its charge."""
    return {
        "authentication_flow": row.flow,
        "electronic_commerce_indicator": row.eci,
        "exemption_indicator": "low_risk" if row.exemption else "none",
        "exemption_indicator_applied": bool(row.exemption),
        "result": row.result,
        "result_reason": row.result_reason,
        "transaction_id": row.transaction_id,
        "version": sca.VERSION,
    }


def sign(row: Authentication) -> str:
    """Sign what an authentication says, and what it is about."""
    facts = (
        row.id,
        row.account_id,
        row.intent_id,
        row.amount,
        row.currency,
        row.payee,
        row.card_fingerprint,
        row.nonce,
        str(row.status),
        row.flow,
        row.result,
        row.result_reason,
        row.exemption,
        row.eci,
        row.transaction_id,
        row.ended_at,
    )
    return _EVIDENCE.signature(sca.evidence(facts))
