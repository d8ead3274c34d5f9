"""Secrets that must be read again are kept encrypted, each bound to its row."""

import os
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
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
    cipher = _cipher(purpose, derived_keys.all_secrets()[0])
    return _VERSION + nonce + cipher.encrypt(nonce, data, row.encode())


def unseal(sealed: bytes, *, purpose: str, row: str) -> bytes:
    """Read the bytes of a row, under the key in use or an old one.

    Raises:
        cryptography.exceptions.InvalidTag: If they are another row's or were changed.
    """
    return _read(sealed, derived_keys.all_secrets(), purpose=purpose, row=row)


def reseal(sealed: bytes, *, purpose: str, row: str) -> bytes | None:
    """Encrypt anew what is under an old key.

    Returns:
        None if it is under the key in use.

    Raises:
        cryptography.exceptions.InvalidTag: If no key reads it.
    """
    secret, *old = derived_keys.all_secrets()
    try:
        _read(sealed, [secret], purpose=purpose, row=row)
    except InvalidTag:
        return seal(_read(sealed, old, purpose=purpose, row=row), purpose=purpose, row=row)
    return None


def _read(sealed: bytes, secrets: Iterable[str], *, purpose: str, row: str) -> bytes:
    for secret in secrets:
        try:
            return _cipher(purpose, secret).decrypt(sealed[1:13], sealed[13:], row.encode())
        except InvalidTag:
            continue
    raise InvalidTag


@lru_cache(maxsize=32)
def _cipher(purpose: str, secret: str) -> AESGCM:
    return AESGCM(derived_keys.derive_from(secret, purpose))
