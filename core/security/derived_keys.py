"""Keys that follow from the installation's one secret, each for one purpose."""

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@lru_cache(maxsize=16)
def derive(purpose: str) -> bytes:
    """Return the 32 bytes of the key for a purpose, such as `"webhook secrets"`."""
    secret = settings.RIALTO_ENCRYPTION_KEY or settings.SECRET_KEY
    return HKDF(SHA256(), 32, salt=None, info=f"rialto {purpose}".encode()).derive(secret.encode())


def mac(purpose: str, data: bytes) -> str:
    """Return a keyed hash in hexadecimal, which tells nobody without the key what was hashed."""
    return hmac.new(derive(purpose), data, "sha256").hexdigest()
