"""What the books have of an object."""

from collections.abc import Iterable
from typing import Final, Protocol

from django.urls import reverse
from django.utils.translation import gettext

from console.words import code
from core.admin import page_of
from core.types import JsonObject
from ledger import rules
from ledger.reporting import business_objects

# The list has the rest.
_MOST: Final = 20
_MEANINGS: Final = {rule.kind: rule.meaning for rule in rules.RULES}


class Posted(Protocol):
    """An entry in the books."""

    @property
    def id(self) -> str:
        """Return its id, `je_...`."""

    @property
    def kind(self) -> str:
        """Return its rule."""


def booked(group: str) -> JsonObject:
    """Return the newest entries of an object, each with its words and page, in one query.

    Args:
        group: By which the books group what belongs together, such as `pi_...`.
    """
    entries = list(business_objects.entries_of(group)[: _MOST + 1])
    return {
        "entries": entry_lines(entries[:_MOST]),
        "has_more_entries": len(entries) > _MOST,
        "entries_page": f"{reverse('admin:ledger_journalentry_changelist')}?q={group}",
    }


def entry_lines(entries: Iterable[Posted]) -> list[tuple[Posted, str, str, str]]:
    """Return entries with their rule in words, what it says, and their pages."""
    return [
        (
            row,
            code(row.kind),
            gettext(_MEANINGS[row.kind]) if row.kind in _MEANINGS else "",
            page_of("ledger_journalentry", row.id),
        )
        for row in entries
    ]
