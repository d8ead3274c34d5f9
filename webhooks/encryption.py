"""Secrets that must be read again are kept encrypted, each bound to its row."""

import base64
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"


def encrypt(text: str, *, row: str) -> bytes:
    """Encrypt a secret for one row: moved to another row, it cannot be read."""
    nonce = os.urandom(12)
    return _VERSION + nonce + _cipher().encrypt(nonce, text.encode(), row.encode())


def decrypt(sealed: bytes | memoryview, *, row: str) -> str:
    """Read a secret of a row.

    Raises:
        cryptography.exceptions.InvalidTag: If it is another row's or was changed.
    """
    text = bytes(sealed)
    return _cipher().decrypt(text[1:13], text[13:], row.encode()).decode()


def new_secret() -> str:
    """Draw a signing secret, `whsec_...`, with 256 random bits."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode().rstrip("=")


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    secret = settings.RIALTO_ENCRYPTION_KEY or settings.SECRET_KEY
    key = HKDF(SHA256(), 32, salt=None, info=b"rialto webhook secrets").derive(secret.encode())
    return AESGCM(key)
