"""A TCP proxy that misbehaves: refused, silent, slow, cut off, a byte at a time."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

_CHUNK: Final = 65_536


class Way(StrEnum):
    """What becomes of what is sent through."""

    PASS = "pass"
    # Nobody listens, and what was open is reset.
    REFUSE = "refuse"
    # Connections are taken and stay open, and nothing comes through: they stay so for good, as
    # those that a firewall has forgotten. Later ones are as good as new.
    SILENT = "silent"
    # Each piece of what is asked waits for `seconds`.
    SLOW = "slow"
    # One byte at a time.
    DRIBBLE = "dribble"
    # The first `most` bytes of an answer, and a reset.
    CUT = "cut"


class Proxy:
    """A port that leads to a server; a thread carries what goes through.

    Args:
        target: The server's port on this machine, or its Unix socket; None until it is known.
    """

    seconds = 2.0
    most = 10

    def __init__(self, target: int | Path | None = None) -> None:
        self.target = target
        self.port = 0
        self._way = Way.PASS
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._dead: set[asyncio.StreamWriter] = set()

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        """Carry until the end."""
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        self._call(self._listen())
        try:
            yield self
        finally:
            self._call(self._leave())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(10)
            self._loop.close()

    @contextmanager
    def being(self, way: Way) -> Iterator[None]:
        """Misbehave for a while."""
        self._call(self._become(way))
        try:
            yield
        finally:
            self._call(self._become(Way.PASS))

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._carry, "127.0.0.1", self.port, backlog=512, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _become(self, way: Way) -> None:
        self._way = way
        if way is Way.REFUSE:
            await self._end()
        elif self._server is None:
            await self._listen()
        if way is Way.SILENT:
            self._dead |= self._writers

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            _reset(writer)

    async def _leave(self) -> None:
        await self._end()
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends: list[asyncio.StreamWriter] = [writer]
        self._writers.add(writer)
        with suppress(OSError, asyncio.CancelledError):
            there, onward = await self._connect()
            ends.append(onward)
            self._writers.add(onward)
            if self._way is Way.SILENT:
                self._dead |= {writer, onward}
            await asyncio.gather(
                self._pump(reader, onward, is_answer=False),
                self._pump(there, writer, is_answer=True),
            )
        for end in ends:
            self._writers.discard(end)
            self._dead.discard(end)
            with suppress(OSError, RuntimeError):
                end.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, int):
            return await asyncio.open_connection("127.0.0.1", self.target)
        return await asyncio.open_unix_connection(str(self.target))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool
    ) -> None:
        while data := await reader.read(_CHUNK):
            if writer in self._dead:
                continue
            if self._way is Way.SLOW and not is_answer:
                await asyncio.sleep(self.seconds)
            if self._way is Way.CUT and is_answer:
                writer.write(data[: self.most])
                _reset(writer)
                return
            step = 1 if self._way is Way.DRIBBLE else len(data)
            for start in range(0, len(data), step):
                writer.write(data[start : start + step])
                await writer.drain()
                await asyncio.sleep(0)
        if writer not in self._dead:
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock: Any = writer.get_extra_info("socket")
    if sock.family != socket.AF_UNIX:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
