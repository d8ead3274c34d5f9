"""Codes to scan, as pictures."""

import io
from typing import Final

import segno

TYPES: Final = {"png": "image/png", "svg": "image/svg+xml"}
# Pixels, or units, of each square: a phone reads it from a screen at arm's length.
_SCALE: Final = 8


def draw(payload: str, kind: str) -> bytes:
    """Draw a code.

    Args:
        payload: What it says.
        kind: One of `TYPES`.
    """
    picture = io.BytesIO()
    drawn = segno.make(payload, error="m", micro=False)
    drawn.save(picture, kind=kind, scale=_SCALE, border=4, light="white")
    return picture.getvalue()
