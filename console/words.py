"""How states look on every page of the console, and codes as people read them."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

GOOD: Final = "good"
WAITING: Final = "waiting"
BAD: Final = "bad"
NEUTRAL: Final = "neutral"

DELIVERIES: Final[Mapping[str, tuple[str, str]]] = {
    "delivered": ("delivered", GOOD),
    "pending": ("waits", WAITING),
    "failing": ("failing, tried again", BAD),
    "exhausted": ("given up", BAD),
    "canceled": ("canceled", NEUTRAL),
}


def state(status: str) -> tuple[str, str]:
    """Return the state of a delivery in words, and how it looks."""
    word, look = DELIVERIES[status]
    return gettext(word), look


def code(text: str) -> str:
    """Return a code of the wire as people read it."""
    return gettext(text.replace("_", " "))
