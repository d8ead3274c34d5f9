"""Whose turn it is: in memory, pure, and fair to everybody whatever some receivers do."""

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from webhooks.engine.due import Due
from webhooks.sending.client import Reply
from webhooks.services.endpoint_health import SLOW_MS

# Requests in flight at one moment, of one engine. First tries always have 60 % of the slots,
# others 10 %; the rest goes to whoever comes.
SLOTS: Final = 300
MOST_FRESH: Final = SLOTS - SLOTS // 10
MOST_RETRIES: Final = SLOTS - SLOTS * 6 // 10
# To all endpoints together whose last answer took long or never came, to one account's and one
# host's: nobody who is silent takes everybody's turns.
MOST_SLOW: Final = SLOTS // 4
MOST_PER_ACCOUNT: Final = SLOTS // 4
MOST_PER_HOST: Final = SLOTS // 4
# An endpoint begins with half of its places and earns the rest by quick answers.
MOST_PER_ENDPOINT: Final = 8
_FIRST_PLACES: Final = 4.0
_EARNED: Final = 0.5
_LOADED_PER_PLACE: Final = 32
# What was loaded longer ago is loaded again: meanwhile somebody may have canceled it.
FRESH_SECONDS: Final = 1.0
_TOO_MANY: Final = 429


# What slots are counted of: a lane, an account, a host, or all that is slow.
_Key = tuple[str, str]


class _Waiting(NamedTuple):
    due: Due
    loaded_at: float


@dataclass(slots=True)
class _Line:
    """What waits for one endpoint, first tries and others, and how much it takes at once."""

    fresh: deque[_Waiting] = field(default_factory=deque)
    retries: deque[_Waiting] = field(default_factory=deque)
    in_flight: int = 0
    places: float = _FIRST_PLACES
    allowance: float = 1.0
    allowed_at: float = 0.0
    retries_first: bool = False

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return len(self.fresh) + len(self.retries)

    def lanes(self) -> tuple[deque[_Waiting], deque[_Waiting]]:
        """Return both lanes, the one whose turn it is first."""
        return (self.retries, self.fresh) if self.retries_first else (self.fresh, self.retries)

    def may_start(self, due: Due, now: float) -> bool:
        """Return whether one more may be sent, by its places and by its rate."""
        if self.in_flight >= (1 if due.target.endpoint.is_slow else int(self.places)):
            return False
        rate = due.target.endpoint.most_per_second
        if rate is None:
            return True
        # What was not used in half a second is lost.
        earned = self.allowance + (now - self.allowed_at) * rate
        self.allowance, self.allowed_at = min(earned, max(1.0, rate / 2)), now
        return self.allowance >= 1

    def earn(self, reply: Reply) -> None:
        """Give the endpoint more places or fewer, by how it answered."""
        if reply.timed_out or reply.latency_ms >= SLOW_MS:
            self.places = 1.0
        elif reply.status_code == _TOO_MANY:
            self.places = max(1.0, self.places / 2)
        else:
            self.places = min(self.places + _EARNED, MOST_PER_ENDPOINT)


class Turns:
    """The deliveries that an engine has in memory: those that wait, and those in flight.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        # Endpoints that may have something to send, in the order of their turns.
        self._ready: OrderedDict[str, None] = OrderedDict()
        # Those that wait for a slot of an account, a host or a lane, by what is full.
        self._parked: dict[_Key, deque[str]] = {}
        self._known: dict[str, Due] = {}
        self._counts: Counter[_Key] = Counter()
        self.in_flight = 0
        self.waiting = 0

    @property
    def known(self) -> list[str]:
        """Return the ids of all that wait, are in flight, or are not written yet."""
        return list(self._known)

    def shards(self) -> set[int]:
        """Return the shards of all of these."""
        return {due.target.shard for due in self._known.values()}

    def rooms(self) -> dict[str, int]:
        """Return how many more of each known endpoint may be loaded."""
        return {
            id: max(0, _LOADED_PER_PLACE * int(line.places) - line.waiting)
            for id, line in self._lines.items()
        }

    def add(self, loaded: Iterable[Due]) -> None:
        """Add deliveries that were loaded just now."""
        now = self._clock()
        for due in loaded:
            if due.id not in self._known:
                self._known[due.id] = due
                line = self._lines.setdefault(due.target.endpoint.id, _Line(allowed_at=now))
                lane = line.retries if due.is_retry else line.fresh
                lane.append(_Waiting(due, now))
                self.waiting += 1
                self._ready[due.target.endpoint.id] = None

    def look_again(self) -> None:
        """Let all that wait be considered, such as after a moment for those with a rate."""
        self._parked.clear()
        self._ready.update((id, None) for id, line in self._lines.items() if line.waiting)
        for id in [id for id, line in self._lines.items() if _is_over(line)]:
            del self._lines[id]

    def next(self, may_send: Callable[[Due], bool] = lambda _: True) -> Due | None:
        """Take the next delivery to be sent, of the endpoint whose turn it is.

        Args:
            may_send: Whether the engine may still send one; what it may not is forgotten.
        """
        now = self._clock()
        for _ in range(len(self._ready)):
            if self.in_flight >= SLOTS:
                return None
            id = next(iter(self._ready))
            line = self._lines.get(id)
            if line is None or not self._may_start(line, now, may_send):
                # It is ready again once one of its answers is there.
                del self._ready[id]
                continue
            self._ready.move_to_end(id)
            full = None
            for lane in filter(None, line.lanes()):
                full = self._find_full(lane[0].due)
                if full is None:
                    return self._take(line, lane)
            del self._ready[id]
            if full is not None:
                self._parked.setdefault(full, deque()).append(id)
        return None

    def ended(self, due: Due, reply: Reply) -> None:
        """Free the place of a delivery whose answer is there; it stays known until it is written.

        Args:
            due: The delivery.
            reply: The reply, by which the endpoint earns places or loses them.
        """
        self._count(due, -1)
        self._unpark(due)
        id = due.target.endpoint.id
        self._lines[id].earn(reply)
        if self._lines[id].waiting:
            self._ready[id] = None

    def forget(self, written: Iterable[Due]) -> None:
        """Forget deliveries that were written."""
        for due in written:
            self._known.pop(due.id, None)

    def keep_only(self, tokens: dict[int, int]) -> None:
        """Forget what waits for endpoints whose shard is somebody else's by now."""
        for line in self._lines.values():
            for lane in line.lanes():
                lost = [one for one in lane if tokens.get(one.due.target.shard) != one.due.token]
                for one in lost:
                    lane.remove(one)
                    self.waiting -= 1
                self.forget(one.due for one in lost)

    def _may_start(self, line: _Line, now: float, may_send: Callable[[Due], bool]) -> bool:
        for lane in line.lanes():
            while lane and (now - lane[0].loaded_at > FRESH_SECONDS or not may_send(lane[0].due)):
                self.forget([lane.popleft().due])
                self.waiting -= 1
        return any(lane and line.may_start(lane[0].due, now) for lane in line.lanes())

    def _take(self, line: _Line, lane: deque[_Waiting]) -> Due:
        due = lane.popleft().due
        self.waiting -= 1
        line.allowance -= 1
        line.retries_first = lane is line.fresh
        self._count(due, 1)
        return due

    def _find_full(self, due: Due) -> _Key | None:
        """Return what a delivery would need a slot of that has none."""
        return next((key for key, most in _bounds(due) if self._counts[key] >= most), None)

    def _unpark(self, due: Due) -> None:
        """Let one that waits for each of the slots that a delivery gave back be considered."""
        for key, _ in _bounds(due):
            if parked := self._parked.get(key):
                self._ready[parked.popleft()] = None

    def _count(self, due: Due, change: int) -> None:
        self.in_flight += change
        self._lines[due.target.endpoint.id].in_flight += change
        for key, _ in _bounds(due):
            self._counts[key] += change
            if not self._counts[key]:
                del self._counts[key]


def _bounds(due: Due) -> list[tuple[_Key, int]]:
    """Return what a delivery in flight counts for, each with how many there may be."""
    if not due.bounds:
        due.bounds = _find_bounds(due)
    return due.bounds


def _find_bounds(due: Due) -> list[tuple[_Key, int]]:
    endpoint = due.target.endpoint
    found = [
        (("lane", "retries"), MOST_RETRIES) if due.is_retry else (("lane", "fresh"), MOST_FRESH),
        (("account", endpoint.account_id), MOST_PER_ACCOUNT),
        (("host", due.target.host), MOST_PER_HOST),
    ]
    if endpoint.is_slow:
        found.append((("slow", ""), MOST_SLOW))
    return found


def _is_over(line: _Line) -> bool:
    return not line.waiting and not line.in_flight and line.places == MOST_PER_ENDPOINT
