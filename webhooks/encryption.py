"""The signing secrets of endpoints."""

import base64
import os
from typing import Final

from core.security import encryption

PURPOSE: Final = "webhook secrets"


def encrypt(text: str, *, row: str) -> bytes:
    """Encrypt a secret for one row: moved to another row, it cannot be read."""
    return encryption.encrypt(text, purpose=PURPOSE, row=row)


def decrypt(sealed: bytes | memoryview, *, row: str) -> str:
    """Read a secret of a row.

    Raises:
        cryptography.exceptions.InvalidTag: If it is another row's or was changed.
    """
    return encryption.decrypt(sealed, purpose=PURPOSE, row=row)


def new_secret() -> str:
    """Draw a signing secret, `whsec_...`, with 256 random bits."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode().rstrip("=")
