"""The same limits in the memory of one process, for as long as Redis is away."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from core.limits.figures import Rate

_MOST_REMEMBERED: Final = 20_000


class LocalCounts:
    """What `core.limits.script` does, without a server.

    Args:
        clock: Tells seconds, and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, int] = {}
        self._places: Counter[str] = Counter()

    def take(
        self, rates: Sequence[tuple[str, Rate]], place: tuple[str, int] | None = None
    ) -> tuple[int, int, int]:
        """Count one of each, or nothing if one of them refuses.

        Args:
            rates: Name and figures of each.
            place: Name and number of places, of which one is taken until `leave`.

        Returns:
            Which refused (from 1; 0 for none), after how many microseconds it will not, and which
            would have refused if it were enforced.
        """
        with self._lock:
            now = round(self._clock() * 1_000_000)
            refused, wait, exceeded, after = self._weigh(rates, now)
            if not refused and place and self._places[place[0]] >= place[1]:
                refused = len(rates) + 1
            if not refused:
                self._keep(after, now)
                if place:
                    self._places[place[0]] += 1
            return refused, wait, exceeded

    def _weigh(
        self, rates: Sequence[tuple[str, Rate]], now: int
    ) -> tuple[int, int, int, dict[str, int]]:
        refused, wait, exceeded = 0, 0, 0
        after: dict[str, int] = {}
        for number, (name, rate) in enumerate(rates, 1):
            kept = max(now, self._kept.get(name, now))
            over = kept - now - (rate.burst - 1) * rate.interval
            if over <= 0:
                after[name] = kept + rate.interval
            elif not rate.is_enforced:
                exceeded = number
            elif over > wait:
                refused, wait = number, over
        return refused, wait, exceeded, after

    def _keep(self, after: dict[str, int], now: int) -> None:
        if len(self._kept) >= _MOST_REMEMBERED:
            self._kept = {name: kept for name, kept in self._kept.items() if kept > now}
        self._kept |= after

    def leave(self, place: str) -> None:
        """Give a place back."""
        with self._lock:
            self._places[place] -= 1
            if self._places[place] <= 0:
                del self._places[place]
