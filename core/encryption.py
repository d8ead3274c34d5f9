"""Secrets that must be read again are kept encrypted, each bound to its row."""

import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"


def encrypt(text: str, *, purpose: str, row: str) -> bytes:
    """Encrypt a secret for one row: moved to another row, it cannot be read.

    Args:
        text: The secret.
        purpose: What such secrets are, such as `"webhook secrets"`: each has a key of its own.
        row: The row's id.
    """
    nonce = os.urandom(12)
    return _VERSION + nonce + _cipher(purpose).encrypt(nonce, text.encode(), row.encode())


def decrypt(sealed: bytes | memoryview, *, purpose: str, row: str) -> str:
    """Read a secret of a row.

    Raises:
        cryptography.exceptions.InvalidTag: If it is another row's or was changed.
    """
    text = bytes(sealed)
    return _cipher(purpose).decrypt(text[1:13], text[13:], row.encode()).decode()


@lru_cache(maxsize=8)
def _cipher(purpose: str) -> AESGCM:
    secret = settings.RIALTO_ENCRYPTION_KEY or settings.SECRET_KEY
    key = HKDF(SHA256(), 32, salt=None, info=f"rialto {purpose}".encode()).derive(secret.encode())
    return AESGCM(key)
