"""Breakers: an account that fails is left alone for a while, and tried again with a few."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# It opens at so many failures in a row, or when half of so many within the span failed.
IN_A_ROW: Final = 3
AT_LEAST: Final = 10
SPAN: Final = timedelta(seconds=10)
# How long it stays open: twice as long each time that a probe fails.
_SHORTEST: Final = timedelta(seconds=5)
_LONGEST: Final = timedelta(minutes=2)
# One of so many payments probes, and so many probes must succeed.
PROBES_ONE_OF: Final = 5
_PROBES: Final = 3


class BreakerState(StrEnum):
    """Whether payments go to an account by a method."""

    CLOSED = "closed"
    OPEN = "open"
    # A few go there, to find out.
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """How an account fares with a method.

    Args:
        retry_at: When it is tried again; None if it fares well.
        openings: How often it opened since it fared well last.
        successes: Probes in a row that succeeded.
        forced: `"open"` or `"closed"` if an operator says so; else empty.
    """

    retry_at: datetime | None = None
    openings: int = 0
    successes: int = 0
    forced: str = ""

    def state(self, at: datetime) -> BreakerState:
        """Return its state at a moment."""
        if self.forced:
            return BreakerState(self.forced)
        if self.retry_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if at < self.retry_at else BreakerState.HALF_OPEN

    def opened(self, at: datetime) -> "Breaker":
        """Return it as it is once it opened, or opened again."""
        stays = min(_LONGEST, _SHORTEST * 2 ** min(self.openings, 8))
        return replace(self, retry_at=at + stays, openings=self.openings + 1, successes=0)

    def after_probe(self, at: datetime, *, is_failure: bool) -> "Breaker":
        """Return it as it is after one of the few was answered, or was not."""
        if is_failure:
            return self.opened(at)
        if self.successes + 1 >= _PROBES:
            return Breaker(forced=self.forced)
        return replace(self, successes=self.successes + 1)


@dataclass(slots=True)
class Window:
    """The latest outcomes of an account and a method, as one process saw them."""

    outcomes: deque[tuple[datetime, bool]] = field(default_factory=lambda: deque(maxlen=200))
    in_a_row: int = 0

    def add(self, at: datetime, *, is_failure: bool) -> bool:
        """Add an outcome.

        Returns:
            True if the breaker has to open for it.
        """
        self.in_a_row = self.in_a_row + 1 if is_failure else 0
        self.outcomes.append((at, is_failure))
        while self.outcomes[0][0] < at - SPAN:
            self.outcomes.popleft()
        if not is_failure:
            return False
        failures = sum(failed for _, failed in self.outcomes)
        is_half = len(self.outcomes) >= AT_LEAST and 2 * failures >= len(self.outcomes)
        if self.in_a_row < IN_A_ROW and not is_half:
            return False
        self.outcomes.clear()
        self.in_a_row = 0
        return True
