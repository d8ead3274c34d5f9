"""Whether a secret is one."""

from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Final

LEAST_CHARACTERS: Final = 32
# 32 random hexadecimal digits have fewer once in some ten million times.
_LEAST_DIFFERENT: Final = 8
# Out of examples, and what frameworks write until somebody says something better.
_PLACEHOLDERS: Final = (
    "for-tests-only", "insecure", "changeme", "change-me", "change_me", "example", "secret",
    "password", "rialto", "abcdefgh", "12345678", "qwerty",
)  # fmt: skip


def weaknesses(secrets: Mapping[str, str]) -> list[str]:
    """Return the weaknesses of secrets, each with what to do.

    Args:
        secrets: Name of the setting → value.
    """
    found = [
        f"{name} {why}: draw one with `openssl rand -base64 48`."
        for name, value in secrets.items()
        if (why := _weakness(value))
    ]
    return found + [
        f"{name} and {other} are the same: whoever learns one has both. Draw another."
        for other, name in combinations(secrets, 2)
        if secrets[name] and secrets[name] == secrets[other]
    ]


def _weakness(value: str) -> str | None:
    if len(value) < LEAST_CHARACTERS:
        return f"must be at least {LEAST_CHARACTERS} random characters"
    if any(word in value.lower() for word in _PLACEHOLDERS):
        return "is a placeholder, or has one in it"
    if len(set(value)) < _LEAST_DIFFERENT or _is_repeated(value) or _counts(value):
        return "is no random text"
    return None


def _is_repeated(value: str) -> bool:
    """Return whether a text repeats a shorter one, perhaps cut off at the end."""
    half = len(value) // 2
    return any(value == (value[:size] * len(value))[: len(value)] for size in range(1, half + 1))


def _counts(value: str) -> bool:
    """Return whether most characters just follow the one before."""
    steps = [ord(after) - ord(before) for before, after in pairwise(value)]
    return sum(step in (0, 1, -1) for step in steps) > len(steps) * 2 // 3
