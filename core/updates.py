"""Applying an update's parameters to a row."""

from collections.abc import Mapping
from typing import Final, Protocol

from core.errors import InvalidRequest
from core.types import Fields, JsonObject

MAX_KEYS: Final = 50


class _HasMetadata(Protocol):
    metadata: dict[str, str]


def apply(row: _HasMetadata, changes: Fields) -> None:
    """Set each named field; metadata is merged, for the wire changes it key by key."""
    for name, value in changes.items():
        setattr(row, name, merge(row.metadata, value) if name == "metadata" else value)


def deep_merge(old: Fields, change: Fields) -> JsonObject:
    """Return a hash after a change of some of its values; hashes inside are merged too."""
    new = dict(old)
    for name, value in change.items():
        was = new.get(name)
        both_hashes = isinstance(was, Mapping) and isinstance(value, Mapping)
        new[name] = deep_merge(was, value) if both_hashes else value  # type: ignore[arg-type]
    return new


def merge(old: Mapping[str, str], change: Mapping[str, str | None] | None) -> dict[str, str]:
    """Return metadata after a change: a key given as None goes; None as a whole empties it.

    Args:
        old: What the row has.
        change: What the request said.

    Raises:
        InvalidRequest: If there would be more keys than the wire allows.
    """
    if change is None:
        return {}
    new = {name: value for name, value in {**old, **change}.items() if value is not None}
    if len(new) > MAX_KEYS:
        raise InvalidRequest(f"Metadata can have up to {MAX_KEYS} keys.", param="metadata")
    return new


def previous_values(before: Fields, after: Fields) -> JsonObject:
    """Return what changed of an object as it was, for the event of the change.

    Of a hash that was there and still is, only what changed inside; lists are told whole.

    Args:
        before: The object as the wire showed it.
        after: The object as the wire shows it now.
    """
    names = sorted(before.keys() | after.keys())
    return {
        name: _as_it_was(before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }


def _as_it_was(old: object, new: object) -> object:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return previous_values(old, new)
    return old


def differences(before: Fields, after: Fields) -> dict[str, tuple[object, object]]:
    """Return what differs between two hashes: the path of each value → what it was and is."""
    old, new = _flat(before), _flat(after)
    return {
        path: (old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    }


def _flat(values: Fields, start: str = "") -> JsonObject:
    found: JsonObject = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{start}{name}.")
        else:
            found[f"{start}{name}"] = value
    return found
