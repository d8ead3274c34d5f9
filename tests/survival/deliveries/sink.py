"""A receiver in a process of its own, whose log is written before anything is answered.

`python sink.py LOG` prints its port. What it does is said by the first part of a path
(`/slowly/a`); the log is the truth about what has arrived.
"""

import asyncio
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SLOWLY_SECONDS: Final = 0.04
_ACCEPTED: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_HOSTILE: Final = {
    "endless": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536, 0.0),
    "drips": (b"HTTP/1.1 200 OK\r\nX-A: ", b"a", 0.5),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 1_000, 0.0),
    "continues": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.2),
    "hangs": (b"", b"", 0.5),
}
_SAYS: Final = {
    "accepts": (200, _ACCEPTED),
    "slowly": (200, _ACCEPTED),
    "fails": (500, b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
    "redirects": (
        302, b"HTTP/1.1 302 Found\r\nLocation: /accepts/planted\r\nContent-Length: 0\r\n\r\n"
    ),
    "bomb": (
        200,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999999\r\n\r\n"
        + b"\x1f\x8b\x08" * 9_999,
    ),
}  # fmt: skip
# What is written of an answer before the connection breaks, once for each delivery.
_BREAKS: Final = {"resets": b"", "cuts": b"HTTP/1.1 2"}


@dataclass(frozen=True, slots=True)
class Heard:
    """One request that has arrived.

    Args:
        at: When, in seconds since 1970.
        path: Where.
        headers: What tells the event, and the signatures.
        body: The exact bytes.
        answer: The status it was to be answered with; 0 for none.
        has_arrived: False if the answer was lost on purpose.
    """

    at: float
    path: str
    headers: dict[str, str]
    body: bytes
    answer: int
    has_arrived: bool

    @property
    def event_id(self) -> str:
        """The event that it says it is."""
        return self.headers["webhook-id"]


class Sink:
    """The process, and what it has written down.

    Args:
        folder: Where its log is.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "sink.jsonl"
        self.port = 0
        self._heard: list[Heard] = []
        self._read = 0

    @contextmanager
    def running(self) -> Iterator["Sink"]:
        """Start it, and end it."""
        command = [sys.executable, "-S", __file__, str(self.log)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            self.port = int(process.stdout.readline())
            try:
                yield self
            finally:
                process.kill()

    def heard(self) -> list[Heard]:
        """Return all that has arrived, in its order."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        # A line of which the end is not there yet is read next time.
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            row = json.loads(line)
            self._heard.append(Heard(**row | {"body": row["body"].encode("latin-1")}))
        return self._heard


class _Server:
    def __init__(self, log: Path) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._seen: Counter[tuple[str, str]] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what comes on one connection, until it or its way ends."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async for path, headers, body in _requests(reader):
                if not await self._answer(path, headers, body, writer):
                    break
        writer.close()

    async def _answer(
        self, path: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        way = path.split("/")[1]
        accepts = way in _BREAKS or way == "endless"
        status, answer = _SAYS.get(way, (200, _ACCEPTED) if accepts else (0, b""))
        self._seen[path, headers.get("webhook-id", "")] += 1
        breaks = way in _BREAKS and self._seen[path, headers.get("webhook-id", "")] == 1
        self._note(path, headers, body, status, has_arrived=not breaks)
        if breaks:
            writer.write(_BREAKS[way])
            await writer.drain()
            _reset(writer)
            return False
        if way in _HOSTILE:
            head, again, pause = _HOSTILE[way]
            writer.write(head)
            while not writer.is_closing():
                writer.write(again)
                await writer.drain()
                await asyncio.sleep(pause)
            return False
        if way == "slowly":
            await asyncio.sleep(SLOWLY_SECONDS)
        writer.write(answer)
        await writer.drain()
        return way != "bomb"

    def _note(
        self, path: str, headers: dict[str, str], body: bytes, answer: int, *, has_arrived: bool
    ) -> None:
        """Write down what has arrived; a line stays whatever becomes of this process."""
        row = {
            "at": time.time(),
            "path": path,
            "headers": headers,
            "body": body.decode("latin-1"),
            "answer": answer,
            "has_arrived": has_arrived,
        }
        os.write(self._log, json.dumps(row).encode() + b"\n")


async def _requests(
    reader: asyncio.StreamReader,
) -> AsyncIterator[tuple[str, dict[str, str], bytes]]:
    while head := await reader.readuntil(b"\r\n\r\n"):
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        kept = {n: v for n, v in headers.items() if n.startswith(("webhook-", "stripe-"))}
        yield first.split(" ")[1], kept, body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Let the other side see a connection that broke, and not one that was ended."""
    sock: Any = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _main(log: Path) -> None:
    serve: Callable[..., Any] = _Server(log).serve
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
