"""Proof Key for Code Exchange (RFC 7636)."""

import base64
import hashlib
import hmac


def find_error(challenge: str | None, method: str | None, verifier: str) -> str:
    """Return what is wrong with a code verifier; empty if it is right.

    One for a link without a challenge tells that somebody has dropped the challenge on the way.

    Args:
        challenge: The code challenge; empty if the link had none.
        method: The challenge's method.
        verifier: The code verifier; empty if the token request had none.
    """
    if not challenge:
        return "code_verifier was sent for a link without a code_challenge." if verifier else ""
    if method != "S256":
        return "code_challenge_method must be S256."
    computed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    fits = hmac.compare_digest(computed, challenge.encode())
    return "" if fits else "code_verifier does not go with the code_challenge."
