"""What requests say, in English and in whatever else people read the console in."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.utils import translation

ENGLISH: Final = "en"


def in_english(say: Callable[[], object]) -> str:
    """Return in English what is said."""
    with translation.override(ENGLISH):
        return str(say())


def in_others(say: Callable[[], object]) -> dict[str, str]:
    """Return in each other language what is said there, by its code."""
    words = {}
    for code, _ in settings.LANGUAGES:
        if code != ENGLISH:
            with translation.override(code):
                words[code] = str(say())
    return words
