"""The text of the browser library: readable files, one behind the other."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parents[2] / "static" / "checkout" / "library"
# The release train of the API whose names and shapes it has: loaders compare it with their own.
TRAIN: Final = "endive"
_HEAD: Final = """\
// Rialto's library for payment pages. It is our own code under the names that pages written for
// Stripe.js use; Rialto is not affiliated with Stripe. Its parts are in checkout/static/checkout.
(() => {
'use strict';
"""
_FOOT: Final = "})();\n"


@cache
def text() -> bytes:
    """Return the library as it is served."""
    parts = [path.read_text() for path in sorted(_FOLDER.glob("*.js"))]
    return (_HEAD + "\n".join(parts) + _FOOT).encode()


@cache
def integrity() -> str:
    """Return the hash for a script tag's `integrity`: `sha384-...`."""
    return "sha384-" + base64.b64encode(hashlib.sha384(text()).digest()).decode()
