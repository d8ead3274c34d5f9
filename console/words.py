"""How states look on every page of the console, and codes as people read them."""

from collections.abc import Mapping
from typing import Final

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


def code(text: str) -> str:
    """Return a code of the wire as people read it."""
    return text.replace("_", " ")
