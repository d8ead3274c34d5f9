"""What an event says has changed: each value as it was, beside what it has become."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext

from core.money import Money
from core.types import Fields

# Ids, texts and tables that are longer stand whole in the payload.
_LONGEST: Final = 200
_MOMENTS: Final = ("created", "arrival_date", "available_on", "expires_at", "canceled_at")


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed.

    Args:
        name: As the wire has it, with a dot before each name inside another.
        before: As people write it; a dash for none.
        after: The same, of what it has become.
    """

    name: str
    before: str
    after: str


def changes(data: Fields) -> list[Change]:
    """Return what changed, by what an event says of its object before."""
    now = data.get("object") or {}
    before = data.get("previous_attributes") or {}
    currency = now.get("currency")
    return list(_walk(before, now, str(currency) if currency else "", ""))


def _walk(before: Fields, now: Fields, currency: str, inside: str) -> Iterator[Change]:
    for name, value in sorted(before.items()):
        later = now.get(name)
        if isinstance(value, dict) and isinstance(later, dict):
            yield from _walk(value, later, currency, f"{inside}{name}.")
        elif value != later:
            yield Change(
                f"{inside}{name}", _text(name, value, currency), _text(name, later, currency)
            )


def _text(name: str, value: object, currency: str) -> str:
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int):
        if currency and (name.startswith("amount") or name.endswith("amount")):
            return str(Money(value, currency))
        if name in _MOMENTS:
            return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
