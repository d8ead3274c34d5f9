"""Secrets that must be read again are kept encrypted, each bound to its row."""

import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.security import derived_keys

_VERSION = b"\x01"


def encrypt(text: str, *, purpose: str, row: str) -> bytes:
    """Encrypt a secret for one row: moved to another row, it cannot be read.

    Args:
        text: The secret.
        purpose: What such secrets are, such as `"webhook secrets"`: each has a key of its own.
        row: The row's id.
    """
    return seal(text.encode(), purpose=purpose, row=row)


def decrypt(sealed: bytes | memoryview, *, purpose: str, row: str) -> str:
    """Read a secret of a row.

    Raises:
        cryptography.exceptions.InvalidTag: If it is another row's or was changed.
    """
    return unseal(bytes(sealed), purpose=purpose, row=row).decode()


def seal(data: bytes, *, purpose: str, row: str) -> bytes:
    """Encrypt bytes as `encrypt` does text."""
    nonce = os.urandom(12)
    return _VERSION + nonce + _cipher(purpose).encrypt(nonce, data, row.encode())


def unseal(sealed: bytes, *, purpose: str, row: str) -> bytes:
    """Read the bytes of a row.

    Raises:
        cryptography.exceptions.InvalidTag: If they are another row's or were changed.
    """
    return _cipher(purpose).decrypt(sealed[1:13], sealed[13:], row.encode())


@lru_cache(maxsize=8)
def _cipher(purpose: str) -> AESGCM:
    return AESGCM(derived_keys.derive(purpose))
