"""Signatures by which a receiver knows that it was us. Pure."""

import base64
import hashlib
import hmac


def headers(*, secret: str, body: bytes, message_id: str, timestamp: int) -> dict[str, str]:
    """Sign a body in the wire's way, and in that of Standard Webhooks.

    Args:
        secret: The endpoint's, `whsec_...`.
        body: The exact bytes that are sent.
        message_id: The event's id.
        timestamp: Unix seconds of this attempt.

    Returns:
        `Stripe-Signature`, `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    """
    signed = hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hex()
    standard = hmac.digest(
        _standard_key(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256
    )
    return {
        "Stripe-Signature": f"t={timestamp},v1={signed}",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(standard).decode(),
    }


def _standard_key(secret: str) -> bytes:
    # Standard Webhooks signs with what the base-64 text after the prefix stands for.
    encoded = secret.removeprefix("whsec_")
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4))
