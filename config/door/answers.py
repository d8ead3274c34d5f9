"""Giving an answer to a client: at once if it is small, piece by piece if it is not."""

import asyncio
import io
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Final

from django.http import FileResponse
from django.http.response import HttpResponseBase

from config.door.budget import Budget
from config.door.rsgi import Exchange, Headers
from core.browsers.content_policies import NOTHING

# A larger answer waits here, and not in the server's own buffers, until the client reads it.
SMALL_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 64 * 1024
# What is made piece by piece goes to the disk beyond this.
_IN_MEMORY_BYTES: Final = 256 * 1024
# A client that takes no piece for so long has gone.
UNREAD_SECONDS: Final = 20
# Neither does one that takes less than this, once so long has passed: whoever reads a byte a
# second holds as much as whoever reads none.
LEAST_BYTES_PER_SECOND: Final = 4 * 1024


@dataclass(slots=True)
class Answer:
    """A response as a thread has made it.

    Args:
        status: The HTTP status.
        headers: The headers, in order.
        content: All of it if it is small.
        source: Otherwise what it is read from.
        size: What the source holds in this process's memory or temporary files.
    """

    status: int
    headers: Headers
    content: bytes = b""
    source: IO[bytes] | None = None
    size: int = 0


def gather(response: HttpResponseBase | Iterable[bytes], status: int, headers: Headers) -> Answer:
    """Read a view's whole response in its thread, which is free afterwards."""
    if isinstance(response, FileResponse) and (
        file := _reopen(getattr(response, "file_to_stream", None))
    ):
        return Answer(status, headers, source=file)
    if getattr(response, "streaming", False):
        spool = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  closed when sent
        for piece in response:
            spool.write(piece)
        size = spool.tell()
        spool.seek(0)
        if size > SMALL_BYTES:
            return Answer(status, headers, source=spool, size=size)
        with spool:
            return Answer(status, headers, spool.read())
    content = b"".join(response)
    if len(content) > SMALL_BYTES:
        return Answer(status, headers, source=io.BytesIO(content), size=len(content))
    return Answer(status, headers, content)


def _reopen(file: IO[bytes] | None) -> IO[bytes] | None:
    """Open a file of the disk once more, since the view's own ends with the view."""
    if file is None:
        return None
    try:
        return os.fdopen(os.dup(file.fileno()), "rb")
    except (AttributeError, OSError):
        return None


async def send(answer: Answer, proto: Exchange, budget: Budget) -> None:
    """Send a large answer as fast as the client takes it, and give up on one that does not."""
    assert answer.source is not None
    with answer.source as source:
        if not budget.take(answer.size):
            proto.response_bytes(
                503,
                [
                    ("retry-after", "20"),
                    ("content-type", "text/plain; charset=utf-8"),
                    ("content-security-policy", NOTHING),
                    ("x-content-type-options", "nosniff"),
                ],
                b"Too much is being read at once. Ask again in a while.",
            )
            return
        try:
            transport = proto.response_stream(answer.status, answer.headers)
            clock = asyncio.get_running_loop().time
            due, sent = clock() + UNREAD_SECONDS, 0
            while piece := source.read(_PIECE_BYTES):
                late = min(clock() + UNREAD_SECONDS, due + sent / LEAST_BYTES_PER_SECOND)
                async with asyncio.timeout_at(late):
                    await transport.send_bytes(piece)
                sent += len(piece)
        except (TimeoutError, RuntimeError):
            # It reads no more, or has gone: nobody is left to tell.
            return
        finally:
            budget.give_back(answer.size)
