"""Tests of chance and of faults: how often they are repeated, from which seed, and the scoreboard.

Few times with every change, many with `make soak`.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

_FACTOR = int(os.environ.get("RIALTO_SOAK", "1"))
# What chance does in one run it does again in another with the same seed.
SEED = int(os.environ.get("RIALTO_SEED", "1"))
_BOARD = "scoreboard"


def times(count: int) -> int:
    """Return how often, for a count that fits the ordinary run."""
    return count * _FACTOR


def dice(*of: object) -> random.Random:
    """Return chance that depends on the run's seed and on whose it is."""
    return random.Random(f"{SEED} {of}")


class Scoreboard:
    """What a run of faults has done and seen, by name.

    Names that begin with "worst" keep the largest figure, all others the sum.
    """

    def __init__(self) -> None:
        self.figures: Counter[str] = Counter()

    def count(self, name: str, figure: float = 1) -> None:
        """Add a figure."""
        add: Callable[[float, float], float] = max if name.startswith("worst") else float.__add__
        self.figures[name] = add(float(self.figures[name]), float(figure))  # type: ignore[assignment]


@pytest.fixture
def scoreboard(record_property: Callable[[str, object], None]) -> Iterator[Scoreboard]:
    """What this test adds to the run's scoreboard."""
    board = Scoreboard()
    yield board
    record_property(_BOARD, dict(board.figures))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what all tests of the run have counted together."""
    together = Scoreboard()
    for report in (report for each in terminalreporter.stats.values() for report in each):
        if getattr(report, "when", "") == "teardown":
            for name, figures in report.user_properties:
                for what, figure in figures.items() if name == _BOARD else ():
                    together.count(what, figure)
    if not together.figures:
        return
    say = terminalreporter.write_line
    say(f"Scoreboard, seed {SEED} (again with: make soak times={_FACTOR} seed={SEED})")
    for what, figure in sorted(together.figures.items()):
        say(f"  {what:<44} {figure:>12,.10g}")
