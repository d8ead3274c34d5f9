"""Applying an update's parameters to a row."""

from collections.abc import Mapping
from typing import Any, Protocol


class _HasMetadata(Protocol):
    metadata: dict[str, str]


def apply(row: _HasMetadata, changes: Mapping[str, Any]) -> None:
    """Set each named field; metadata is merged, for the wire changes it key by key."""
    for name, value in changes.items():
        setattr(row, name, merged(row.metadata, value) if name == "metadata" else value)


def merged(old: Mapping[str, str], change: Mapping[str, str | None] | None) -> dict[str, str]:
    """Return metadata after a change: a key given as None goes; None as a whole empties it.

    Args:
        old: What the row has.
        change: What the request said.
    """
    if change is None:
        return {}
    return {name: value for name, value in {**old, **change}.items() if value is not None}
