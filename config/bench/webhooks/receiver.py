"""A receiver of webhooks in a process of its own: it takes all, and costs next to nothing."""

import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

# What every delivery has but for its own id: some two kilobytes, the id first.
BODY: Final = json.dumps({"id": "{id}", "data": {"object": {"filler": "x" * 1_900}}})
_ID: Final = b'{"id": "'
_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_END_OF_HEAD: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A running receiver.

    Args:
        port: Where it listens on 127.0.0.1.
        asked: Its end of a pipe that tells what came.
    """

    port: int
    asked: "Connection[str, dict[str, float]]"

    def arrivals(self) -> dict[str, float]:
        """Return when each delivery came first, by its id, on the clock of `time.monotonic`."""
        self.asked.send("arrivals")
        return self.asked.recv()


@contextmanager
def running() -> Iterator[Receiver]:
    """Run a receiver."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_receive, args=(its,), daemon=True)
    process.start()
    try:
        port: int = ours.recv()
        yield Receiver(port, ours)
    finally:
        process.terminate()
        process.join(10)


def _receive(pipe: "Connection[dict[str, float] | int, str]") -> None:
    came: dict[str, float] = {}

    def tell() -> None:
        pipe.recv()
        pipe.send(dict(came))

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Answering(came), "127.0.0.1", 0, backlog=1_024)
        loop.add_reader(pipe.fileno(), tell)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


class _Answering(asyncio.Protocol):
    """Answers each request once all of it is there."""

    def __init__(self, came: dict[str, float]) -> None:
        self._came = came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._heard = b""

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, rest = self._heard.partition(_END_OF_HEAD)
        if found:
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(rest) >= length:
                id = rest[len(_ID) : len(_ID) + 40].partition(b'"')[0].decode()
                self._came.setdefault(id, time.monotonic())
                self._heard = rest[length:]
                self._transport.write(_ANSWER)
