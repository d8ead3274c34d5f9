"""Parameters that hold others."""

from typing import Any, Final

from api.params.base import Fault, Param, Params, is_unset

MAX_METADATA_KEYS: Final = 50
MAX_METADATA_KEY: Final = 40
MAX_METADATA_VALUE: Final = 500
_MAX_LISTED: Final = 100


class ListOf(Param):
    """Several values of one kind: `a[]=x&a[]=y`, `a[0]=x&a[1]=y`, or a JSON list.

    Args:
        child: A field, or the `Params` of the objects in the list.
        max_items: How many there may be.
    """

    def __init__(
        self, child: Param | Params, *, max_items: int = _MAX_LISTED, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.child = child
        self.max_items = max_items

    def convert(self, raw: Any) -> list[Any]:
        items = as_list(raw)
        if items is None:
            raise Fault("Invalid array: {param} takes a list.")
        if len(items) > self.max_items:
            raise Fault(f"Array too long: {{param}} takes at most {self.max_items} values.")
        found = []
        for i, item in enumerate(items):
            try:
                found.append(self.child.clean(item))
            except Fault as fault:
                raise fault.within(str(i)) from None
        return found


class MapOf(Param):
    """Values of one kind under names that the caller chooses.

    Args:
        child: A field, or the `Params` of the objects in the map.
        max_items: How many there may be.
    """

    def __init__(
        self, child: Param | Params, *, max_items: int = _MAX_LISTED, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.child = child
        self.max_items = max_items

    def convert(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise Fault("Invalid object: {param} takes named values.")
        if len(raw) > self.max_items:
            raise Fault(f"Too many values: {{param}} takes at most {self.max_items}.")
        found = {}
        for name, item in raw.items():
            try:
                found[name] = self.child.clean(item)
            except Fault as fault:
                raise fault.within(name[:100]) from None
        return found


class MetadataParam(Param):
    """The caller's own words, text to text.

    On an update the service is given a change for `core.changes.merged`: a key whose value was
    empty is None and goes, the others are set, and None as a whole (`metadata=`) clears it.

    Args:
        on_create: Whether there is nothing yet to change: empty values are then dropped here.
    """

    def __init__(self, *, on_create: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.on_create = on_create

    def clean(self, raw: Any) -> dict[str, str | None] | None:
        if is_unset(raw):
            return {} if self.on_create else None
        if not isinstance(raw, dict):
            raise Fault("Invalid object: {param} takes named values.")
        if len(raw) > MAX_METADATA_KEYS:
            raise Fault(f"Metadata can have at most {MAX_METADATA_KEYS} keys.")
        found = {name: _metadata_value(name, value) for name, value in raw.items()}
        if self.on_create:
            return {name: value for name, value in found.items() if value is not None}
        return found


def _metadata_value(name: str, value: Any) -> str | None:
    if len(name) > MAX_METADATA_KEY or "[" in name or "]" in name or not name:
        raise Fault(
            f"Metadata keys must have 1 to {MAX_METADATA_KEY} characters and no square brackets.",
            path=(name[:100],),
        )
    if is_unset(value):
        return None
    if not isinstance(value, str):
        value = _as_text(name, value)
    if len(value) > MAX_METADATA_VALUE:
        raise Fault(
            f"Metadata values can have at most {MAX_METADATA_VALUE} characters.", path=(name,)
        )
    return value


def _as_text(name: str, value: Any) -> str:
    """Write JSON's other scalars as a form would."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise Fault("Metadata values must be strings.", path=(name,))


def as_list(raw: Any) -> list[Any] | None:
    """Return a list that was sent as one or with indexes, or None if it is neither."""
    if isinstance(raw, list):
        return raw
    if isinstance(raw, dict) and raw:
        # str.isdecimal also accepts digits of other scripts, which int() reads as well.
        if all(key.isascii() and key.isdecimal() and len(key) <= 6 for key in raw):
            return [raw[key] for key in sorted(raw, key=int)]
    return None
