"""The threads in which views run, each with a database connection of its own."""

import asyncio
import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar, cast

logger = logging.getLogger(__name__)

Made = TypeVar("Made")
_Item = tuple[Callable[[], object], asyncio.Future[object]]


class Turns:
    """The queue of the threads: callers take turns, whatever each has waiting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: OrderedDict[str, deque[_Item]] = OrderedDict()
        # One for each that waits: whoever gets it may take the next one.
        self._there: SimpleQueue[None] = SimpleQueue()

    def put(self, who: str, item: _Item) -> None:
        """Queue work for a caller."""
        with self._lock:
            self._lines.setdefault(who, deque()).append(item)
        self._there.put(None)

    def get(self) -> _Item:
        """Wait for the next work, by turns of callers."""
        self._there.get()
        with self._lock:
            who, line = self._lines.popitem(last=False)
            item = line.popleft()
            if line:
                self._lines[who] = line
        return item


class Threads:
    """A fixed number of threads, for as long as the process lives."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self.waiting = 0
        # How long the last one that got a thread had waited for it, in seconds.
        self.waited = 0.0
        self.count = count
        self._loop = loop
        self._turns = Turns()
        for number in range(count):
            threading.Thread(
                target=self._work, name=f"rialto-web-{number + 1}", daemon=True
            ).start()

    @property
    def queued(self) -> int:
        """How many wait for a thread."""
        return max(0, self.waiting - self.count)

    async def run(self, work: Callable[[], Made], who: str = "") -> Made:
        """Run work in a thread at the caller's turn, and return its result.

        Args:
            work: What to do in a thread.
            who: Whom it is for.
        """
        future: asyncio.Future[object] = self._loop.create_future()
        self.waiting += 1
        queued_at = self._loop.time()

        def begin() -> Made:
            self.waited = self._loop.time() - queued_at
            return work()

        self._turns.put(who, (begin, future))
        try:
            return cast(Made, await future)
        finally:
            self.waiting -= 1

    def _work(self) -> None:
        while True:
            work, future = self._turns.get()
            try:
                result, error = work(), None
            except BaseException as raised:
                logger.exception("A request failed outside of its view")
                result, error = None, raised
            self._loop.call_soon_threadsafe(_settle, future, result, error)
            # Nothing of a request is kept until the next one comes.
            del work, future, result, error


def _settle(future: asyncio.Future[object], result: object, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
