"""The answers of the API, as people say them."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from console.words import BAD, GOOD, WAITING
from core.error_codes import CODES

# From this status on an answer is a refusal, and from this one a failure of ours.
_REFUSED: Final = 400
_FAILED: Final = 500
MEANINGS: Final[Mapping[int, str]] = {
    400: "It was not understood as it was sent: a parameter is missing, unknown or wrong.",
    401: "No valid key came with it.",
    402: "It was understood, and could not be done.",
    403: "The key may not do this.",
    404: "There is no such object or address for this key, or it is of the other mode.",
    405: "There is such an address, but not for this method.",
    409: "Another request was at work on the same thing. It can be sent again.",
    429: "There were too many requests at once. It can be sent again a little later.",
    503: "Rialto was not ready. It can be sent again with the same idempotency key.",
}


def state(status: int) -> tuple[str, str]:
    """Return how a request ended, and how that looks."""
    if status >= _FAILED:
        return gettext("Failed on our side"), BAD
    return (gettext("Refused"), WAITING) if status >= _REFUSED else (gettext("Done"), GOOD)


def meaning(status: int, code: str | None) -> str:
    """Return in words why a request was not done; empty for one that was."""
    if code and code in CODES:
        return gettext(CODES[code])
    if status < _REFUSED:
        return ""
    if known := MEANINGS.get(status):
        return gettext(known)
    if status >= _FAILED:
        return gettext("Something failed inside of Rialto; its log says more.")
    return gettext("It was refused.")
