"""Signatures by which a receiver knows that it was us. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def headers(
    *, secrets: Sequence[str], body: bytes, message_id: str, timestamp: int
) -> dict[str, str]:
    """Sign a body in the wire's way, and in that of Standard Webhooks.

    Args:
        secrets: Those of the endpoint, `whsec_...`: a receiver that knows one of them is content.
        body: The exact bytes that are sent.
        message_id: The event's id.
        timestamp: Unix seconds of this attempt.

    Returns:
        `Stripe-Signature`, `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    """
    signed = [
        hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hex()
        for secret in secrets
    ]
    standard = [
        hmac.digest(
            _standard_key(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256
        )
        for secret in secrets
    ]
    return {
        "Stripe-Signature": ",".join([f"t={timestamp}", *(f"v1={one}" for one in signed)]),
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join("v1," + base64.b64encode(one).decode() for one in standard),
    }


def _standard_key(secret: str) -> bytes:
    # Standard Webhooks signs with what the base-64 text after the prefix stands for.
    encoded = secret.removeprefix("whsec_")
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4))
