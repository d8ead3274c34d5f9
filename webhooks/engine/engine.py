"""The delivery engine: one event loop that sends what is due, and writes what came of it.

It loads what is due for the shards it holds, sends up to `turns.SLOTS` at once, and writes results
many at a time. Whatever stops it, what it had not written is still due in the database: whoever
takes its shards sends it again, with the same id and the same bytes.
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from socket import gethostname
from typing import Final, TypeVar

import redis
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.ids import random_text
from core.measuring import counters
from webhooks.engine import due, leases
from webhooks.engine.due import Due
from webhooks.engine.results import UNSIGNABLE, Result, Writer
from webhooks.engine.turns import Turns
from webhooks.sending import signing
from webhooks.sending.client import TOTAL_SECONDS, Client, Reply
from webhooks.services import hints

logger = logging.getLogger(__name__)

# How long a task drains; what is in flight then ends.
DRAIN_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.5
# While there is something in memory; and at once when it is less than that.
_BUSY_POLL_SECONDS: Final = 0.1
_LOW: Final = 150
# Results come together for so long before they are written; so many are written at once.
_GATHER_SECONDS: Final = 0.03
_MOST_WRITTEN: Final = 200
# Nothing is sent while more than this cannot be written.
_MOST_UNWRITTEN: Final = 1_000
_PAUSE_AFTER_ERROR_SECONDS: Final = 1.0
# Whoever is told to stop waits so long for answers; what is still on its way is sent again.
_STOP_SECONDS: Final = 5.0

_T = TypeVar("_T")


class Engine:
    """One run of the engine.

    Args:
        is_lasting: True to share the shards with other such engines; False to take what is free.
        clock: Says what time it is, in UTC.
        poll_seconds: How long it waits for a hint before it looks for itself.
        alive: Called at each turn of the loop; it must not wait for anything.
    """

    def __init__(
        self,
        *,
        is_lasting: bool = False,
        clock: Callable[[], datetime] = timezone.now,
        poll_seconds: float = POLL_SECONDS,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self.id = f"{gethostname()[:12]}.{os.getpid()}.{random_text(8)}"
        self._is_lasting = is_lasting
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._alive = alive
        self._turns = Turns()
        self._writer = Writer()
        self._results: list[Result] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._tokens: dict[int, int] = {}
        self._too_many = 0
        self._held_until = 0.0
        self._look_again_at = 0.0
        self._is_over = False
        self._look, self._ended = asyncio.Event(), asyncio.Event()
        self._cut_off = asyncio.Event()

    def stop(self) -> None:
        """End once what is in flight is written. Call it in the loop."""
        self._is_over = True
        self._look.set()

    async def run(self, *, seconds: float | None = None, until_idle: bool = False) -> None:
        """Deliver until told to stop.

        Args:
            seconds: Begin nothing new after so long; None for no such end.
            until_idle: End as soon as nothing is due.
        """
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="webhooks-read")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="webhooks-write")
        ends_at = None if seconds is None else time.monotonic() + seconds
        async with Client() as self._client:
            await self._try(self._keep_leases())
            beside = [asyncio.create_task(self._renew()), asyncio.create_task(self._write_all())]
            if not until_idle:
                beside.append(asyncio.create_task(self._listen()))
            try:
                while not self._is_over:
                    self._alive()
                    # Before it looks: a hint that comes meanwhile is not lost.
                    self._look.clear()
                    found = await self._try(self._feed())
                    self._start()
                    if until_idle and found == 0 and not self._turns.known:
                        break
                    if ends_at is not None and time.monotonic() >= ends_at:
                        break
                    await self._rest()
                await self._end()
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await self._close()

    async def _end(self) -> None:
        """Wait for what is in flight, and for its results to be written."""
        patience = _STOP_SECONDS if self._is_over else TOTAL_SECONDS + 1
        self._is_over = True
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=patience)
            for task in late:
                task.cancel()
        deadline = time.monotonic() + _STOP_SECONDS
        while self._results and time.monotonic() < deadline:
            self._ended.set()
            await asyncio.sleep(_GATHER_SECONDS)

    async def _close(self) -> None:
        with suppress(Exception):
            await self._in(self._reading, leases.release, self.id)
        for pool in (self._reading, self._writing):
            with suppress(Exception):
                await self._in(pool, connection.close)
            pool.shutdown(wait=False)

    # What is due.

    async def _feed(self) -> int:
        """Load what is due, and return how many there were."""
        if not self._tokens or not self._is_leased():
            return 0
        at, tokens, turns = self._clock(), dict(self._tokens), self._turns
        kept, rooms = turns.known, turns.rooms()

        def read() -> tuple[int, list[Due]]:
            chosen = due.choose(tokens, kept=kept, rooms=rooms, at=at)
            return len(chosen), due.load(chosen, tokens, at=at)

        count, loaded = await self._in(self._reading, read)
        turns.add(loaded)
        return count

    async def _rest(self) -> None:
        """Wait until there is room and something for it, or a hint, or half a second."""
        # A look at the database costs as much as many deliveries: let some end first.
        await asyncio.sleep(_GATHER_SECONDS)
        busy = bool(self._turns.known)
        with suppress(TimeoutError):
            async with asyncio.timeout(_BUSY_POLL_SECONDS if busy else self._poll_seconds):
                await self._look.wait()
        if time.monotonic() >= self._look_again_at:
            self._look_again_at = time.monotonic() + _BUSY_POLL_SECONDS
            self._turns.look_again()

    async def _listen(self) -> None:
        """Look at once when somebody says that there is something to send."""
        while True:
            with suppress(redis.RedisError, OSError):
                await self._hear()
            # Without Redis the clock is enough.
            await asyncio.sleep(hints.PAUSE_AFTER_ERROR_SECONDS)

    async def _hear(self) -> None:
        """Hear hints, until the connection is gone or looks as if somebody had forgotten it."""
        patience = hints.PATIENCE_SECONDS
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=patience, socket_connect_timeout=patience
        )
        async with client, client.pubsub() as listening:
            await listening.subscribe(hints.channel(client, hints.DELIVERIES))
            is_asked = False
            while True:
                message = await listening.get_message(timeout=patience)
                if message is None and is_asked:
                    return
                if is_asked := message is None:
                    await listening.ping()
                elif message["type"] == "message":
                    self._look.set()

    # Sending.

    def _start(self) -> None:
        """Send what there is room for."""
        if self._is_over or len(self._results) > _MOST_UNWRITTEN or not self._is_leased():
            return
        while one := self._turns.next(self._may_send):
            task = asyncio.create_task(self._send(one))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def _may_send(self, one: Due) -> bool:
        return self._tokens.get(one.target.shard) == one.token

    def _is_leased(self) -> bool:
        # Whoever was stopped for a while must not go on with leases that have ended.
        return time.monotonic() < self._held_until

    async def _send(self, one: Due) -> None:
        at, headers = self._clock(), {}
        try:
            headers = _sign(one, at=at)
            reply = await self._client.post(
                one.target.endpoint.url, body=one.body, headers=headers, livemode=one.livemode
            )
        except InvalidTag:
            reply = UNSIGNABLE
        except Exception as error:
            logger.exception("A delivery could not be sent.")
            reply = Reply(None, "", 0, f"Rialto could not send it: {type(error).__name__}.")
        self._turns.ended(one, reply)
        counters.note_attempt("accepted" if reply.is_success else "refused")
        self._results.append(Result(one, reply, headers, at))
        self._ended.set()
        self._start()

    # Writing, and leases.

    async def _write_all(self) -> None:
        """Write results as they come, many at a time; what cannot be written is tried again."""
        while True:
            await self._ended.wait()
            self._ended.clear()
            if not self._is_over:
                await asyncio.sleep(_GATHER_SECONDS)
            while batch := self._results[:_MOST_WRITTEN]:
                if await self._try(self._in(self._writing, self._writer.write, batch)) is None:
                    await asyncio.sleep(_PAUSE_AFTER_ERROR_SECONDS)
                    continue
                del self._results[: len(batch)]
                self._turns.forget(one.due for one in batch)
            if self._turns.waiting < _LOW or not self._turns.in_flight:
                self._look.set()

    async def _renew(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(leases.RENEWED_EVERY_SECONDS):
                    await self._cut_off.wait()
            self._cut_off.clear()
            if await self._try(self._keep_leases()) is None:
                await asyncio.sleep(_PAUSE_AFTER_ERROR_SECONDS)

    async def _keep_leases(self) -> int:
        asked_at = time.monotonic()
        idle = set(self._tokens) - self._turns.shards() if self._too_many else set()
        # What is being given up gets nothing new meanwhile.
        for shard in idle:
            self._tokens.pop(shard, None)
        self._tokens, self._too_many = await self._in(
            self._reading,
            lambda: leases.keep(self.id, is_lasting=self._is_lasting, idle=idle),
        )
        self._held_until = asked_at + leases.SECONDS
        self._turns.keep_only(self._tokens)
        self._look.set()
        return len(self._tokens)

    async def _in(self, pool: ThreadPoolExecutor, work: Callable[..., _T], *values: object) -> _T:
        """Run work with the database in a thread that does nothing else."""
        return await asyncio.get_running_loop().run_in_executor(pool, _reconnecting, work, *values)

    async def _try(self, work: Coroutine[None, None, _T]) -> _T | None:
        """Wait for work; what fails is logged, and done again later."""
        try:
            return await work
        except Exception:
            logger.exception("The delivery engine could not reach the database.")
            # Its shards are free as soon as its connection is gone: nothing is sent on these
            # leases before they are renewed.
            self._held_until = 0.0
            self._cut_off.set()
            return None


def drain() -> None:
    """Deliver for a while, unless an engine runs that does nothing else."""
    if not leases.lasting_engines():
        asyncio.run(Engine().run(seconds=DRAIN_SECONDS))


def drain_until_idle(clock: Callable[[], datetime] = timezone.now) -> None:
    """Deliver until nothing is due.

    Args:
        clock: Says what time it is, in UTC.
    """
    asyncio.run(Engine(clock=clock).run(until_idle=True))


def run_forever(alive: Callable[[], None] = lambda: None) -> None:
    """Deliver until the process is told to end, and what is in flight is written.

    Args:
        alive: Called at each turn of the loop; it must not wait for anything.
    """
    asyncio.run(_until_told(alive))


async def _until_told(alive: Callable[[], None]) -> None:
    engine = Engine(is_lasting=True, alive=alive)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, engine.stop)
    await engine.run()


def _reconnecting(work: Callable[..., _T], *values: object) -> _T:
    try:
        return work(*values)
    finally:
        # The next time must not meet a connection that is broken.
        connection.close_if_unusable_or_obsolete()


def _sign(one: Due, *, at: datetime) -> dict[str, str]:
    return signing.headers(
        secrets=one.target.secrets(at=at),
        body=one.body,
        message_id=one.event_id,
        timestamp=int(at.timestamp()),
    )
