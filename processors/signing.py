"""Telling whether a notice is from whom it says. Clocks may differ, by so much and no more."""

import hashlib
import hmac
from datetime import datetime

from processors.protocols.notices import NoticeRefused

# How far the sender's clock may be from ours, either way. A notice that is sent again is signed
# again, so one that comes late is not old.
TOLERANCE_SECONDS = 300


def check(body: bytes, header: str, *secrets: str, at: datetime) -> None:
    """Refuse a body that was not signed with one of some secrets, or not about now.

    The scheme is Stripe's; it is written out here because importing their package costs every
    process that is only listening more than this page.

    Args:
        body: The exact bytes that came.
        header: `t=...,v1=...`; there may be several `v1`, while secrets are being changed.
        secrets: What the sender signs with: two while they are changed. None, or an empty one,
            refuses everything.
        at: The moment at which it came.

    Raises:
        NoticeRefused: If so.
    """
    parts = [part.partition("=") for part in header.split(",")]
    signed_at = next((value for name, _, value in parts if name == "t"), "")
    known = [secret for secret in secrets if secret]
    if not known or not (signed_at.isascii() and signed_at.isdigit() and len(signed_at) < 15):
        raise NoticeRefused("It is not signed.")
    expected = [_signature(body, signed_at, secret).encode() for secret in known]
    given = [value.encode() for name, _, value in parts if name == "v1"]
    if not any(hmac.compare_digest(one, other) for one in expected for other in given):
        raise NoticeRefused("The signature does not fit.")
    if abs(at.timestamp() - int(signed_at)) > TOLERANCE_SECONDS:
        raise NoticeRefused("It was signed at another time: are both clocks right?")


def sign(body: bytes, secret: str, *, at: datetime) -> str:
    """Return the header for a body: what the simulated processor sends."""
    signed_at = str(int(at.timestamp()))
    return f"t={signed_at},v1={_signature(body, signed_at, secret)}"


def _signature(body: bytes, signed_at: str, secret: str) -> str:
    return hmac.digest(secret.encode(), f"{signed_at}.".encode() + body, hashlib.sha256).hex()
