"""Keys that follow from the installation's one secret, each for one purpose."""

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def derive(purpose: str) -> bytes:
    """Return the 32 bytes of the key for a purpose, such as `"webhook secrets"`."""
    return derive_from(all_secrets()[0], purpose)


def all_secrets() -> tuple[str, ...]:
    """Return the secret in use, and after it those that it took the place of."""
    in_use = settings.RIALTO_ENCRYPTION_KEY or settings.SECRET_KEY
    return (in_use, *settings.RIALTO_OLD_ENCRYPTION_KEYS)


@lru_cache(maxsize=64)
def derive_from(secret: str, purpose: str) -> bytes:
    """Return the 32 bytes of the key for a purpose that follow from a secret."""
    return HKDF(SHA256(), 32, salt=None, info=f"rialto {purpose}".encode()).derive(secret.encode())


def mac(purpose: str, data: bytes) -> str:
    """Return a keyed hash in hexadecimal, which tells nobody without the key what was hashed."""
    return hmac.new(derive(purpose), data, "sha256").hexdigest()
