"""What may stand in a SEPA file, and how other characters are written there."""

import re
import unicodedata
from typing import Final

from text_unidecode import unidecode

# Source: EPC217-08, the Latin set that every SEPA bank must take.
_OUTSIDE: Final = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
_NEAREST: Final = str.maketrans(
    {"&": "+", "_": "-", "~": "-", '"': "'", "`": "'", ";": ",", "[": "(", "]": ")", "{": "("}
    | {"}": ")", "<": "(", ">": ")", "\\": "/", "|": "/", "@": "(at)", "%": "(pct)"}
)
_REFERENCE: Final = re.compile(r"[A-Za-z0-9?:().,'+-]+(?:[ /][A-Za-z0-9?:().,'+-]+)*")
REFERENCE_LENGTH: Final = 35


def latin(text: str) -> str:
    """Write a text in the characters that every SEPA bank takes.

    Letters lose their marks, and letters of other scripts are written as they sound. What has a
    near neighbour in the set becomes that (`&` is `+`, `_` is `-`); anything else is a full stop.
    White space is single. Slashes that a bank would take for a field's end (at either end of the
    text, or two in a row) go.

    Args:
        text: The text, in any script.

    Returns:
        The text, empty if there was nothing but space; it may be longer than what was given.
    """
    plain = unidecode(unicodedata.normalize("NFKC", text)).translate(_NEAREST)
    plain = _OUTSIDE.sub(".", " ".join(plain.split()))
    return re.sub(r"/{2,}", "/", plain).strip("/ ")


def reference(id: str) -> str:
    """Write one of our ids as a reference for banks, which know no underscore: `po-1` for `po_1`.

    `parse_reference` finds the way back: our ids have hyphens nowhere else.
    """
    return id.replace("_", "-")


def parse_reference(reference: str) -> str:
    """Read back the id that `reference` wrote."""
    return reference.replace("-", "_")


def is_reference(text: str) -> bool:
    """Return whether every SEPA bank takes and gives back this reference unchanged."""
    return len(text) <= REFERENCE_LENGTH and _REFERENCE.fullmatch(text) is not None
