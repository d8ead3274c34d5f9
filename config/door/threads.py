"""The threads in which views run, each with a database connection of its own."""

import asyncio
import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

logger = logging.getLogger(__name__)

Work = Callable[[], Any]


class Threads:
    """So many threads, for as long as the process lives."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self.waiting = 0
        self._loop = loop
        self._queue: SimpleQueue[tuple[Work, asyncio.Future[Any]]] = SimpleQueue()
        for number in range(count):
            threading.Thread(
                target=self._work, name=f"rialto-web-{number + 1}", daemon=True
            ).start()

    async def run(self, work: Work) -> Any:
        """Do it in the next thread that is free, and return what comes of it."""
        future = self._loop.create_future()
        self.waiting += 1
        self._queue.put((work, future))
        try:
            return await future
        finally:
            self.waiting -= 1

    def _work(self) -> None:
        while True:
            work, future = self._queue.get()
            try:
                result, error = work(), None
            except BaseException as raised:
                logger.exception("A request failed outside of its view")
                result, error = None, raised
            self._loop.call_soon_threadsafe(_settle, future, result, error)
            # Nothing of a request is kept until the next one comes.
            del work, future, result, error


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
