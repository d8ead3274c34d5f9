"""Charts without a script: pairs of bars, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.money import Money

# Units of a drawing.
HEIGHT: Final = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """One place of a chart: now, and the period before.

    Args:
        label: Below its bars; empty where there is no room for one.
        title: In the table.
        now: The height of its bar now.
        before: The height of its bar before.
        now_text: The amount, for people.
        before_text: The amount before.
    """

    label: str
    title: str
    now: int
    before: int
    now_text: str
    before_text: str

    @property
    def now_top(self) -> int:
        """Return where its bar begins now, from above."""
        return HEIGHT - self.now

    @property
    def before_top(self) -> int:
        """Return where its bar of the period before begins, from above."""
        return HEIGHT - self.before


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its legend.

    Args:
        id: Of its heading on the page.
        title: What it shows.
        what: What each of its places is.
        now: What the bars in front are of.
        before: What the bars behind are of.
        pairs: The bars.
    """

    id: str
    title: str
    what: str
    now: str
    before: str
    pairs: list[Pair]


def pairs(
    currency: str, found: Sequence[tuple[str, str, int, int]], *, is_over: Sequence[bool] = ()
) -> list[Pair]:
    """Draw pairs of amounts, the highest as high as the chart; what is below zero has no bar.

    Args:
        currency: Of the amounts.
        found: Label, title, amount now and amount before.
        is_over: Whether there is anything to say of now; of what is to come there is nothing.
    """
    most = max((max(now, before) for _, _, now, before in found), default=0)
    known = is_over or [True] * len(found)
    return [
        Pair(
            label,
            title,
            _height(now, most),
            _height(before, most),
            str(Money(now, currency)) if is_known else "—",
            str(Money(before, currency)),
        )
        for (label, title, now, before), is_known in zip(found, known, strict=True)
    ]


def _height(amount: int, most: int) -> int:
    if amount <= 0:
        return 0
    # What is there is seen.
    return max(amount * HEIGHT // most, 1)
