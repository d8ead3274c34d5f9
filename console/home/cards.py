"""What a card of the first page says: how much of something waits, and how bad that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext

from core.money import Money

# Up to so many are counted; of more it is said that there are more.
MOST: Final = 100


class Level(StrEnum):
    """How much a card wants to be looked at, by the styles of the page."""

    QUIET = "quiet"
    WAITING = "waiting"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Card:
    """One queue of the first page.

    Args:
        title: What is in it.
        page: Where it is worked on.
        count: How much is in it.
        note: One sentence more.
        level: How much it wants to be looked at.
    """

    title: str
    page: str
    count: str
    note: str
    level: Level


def card(
    title: str, page: str, count: int, note: str, *, empty: str, level: Level = Level.WAITING
) -> Card:
    """Build the card of a queue that was counted up to `MOST`; at zero it is quiet."""
    if not count:
        return Card(title, page, "0", empty, Level.QUIET)
    return Card(title, page, f"{MOST}+" if count > MOST else str(count), note, level)


def plural(count: int, one: str, many: str) -> str:
    """Write a count with its noun, such as `"1 file"`, or `"100+ files"`."""
    return f"{MOST}+ {many}" if count > MOST else f"{count} {one if count == 1 else many}"


def listed(amounts: Iterable[tuple[int, str]]) -> str:
    """Write amounts of several currencies as people do: `"12.00 USD and 500 JPY"`."""
    texts = [str(Money(amount, currency)) for amount, currency in amounts]
    if len(texts) < 2:
        return "".join(texts)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(texts[:-1]), "last": texts[-1]}
