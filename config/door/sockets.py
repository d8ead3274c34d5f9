"""Connections of clients that take nothing any more, and say nothing of it."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from config.door.answers import UNREAD_SECONDS

_FIRST_LOOK_SECONDS: Final = 0.2
_LOOKS: Final = 50


def set_keepalive(loop: asyncio.AbstractEventLoop, looks: int = _LOOKS) -> None:
    """Have the system close connections that read nothing for long.

    The server opens its socket a moment after this process begins; those that it accepts have the
    option from it.
    """
    if not set_deadline() and looks:
        loop.call_later(_FIRST_LOOK_SECONDS, set_keepalive, loop, looks - 1)


def set_deadline() -> bool:
    """Set the option on every listening socket of this process, and tell if there is one."""
    found = False
    for descriptor in sockets():
        for one in listening(descriptor):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
            found = True
    return found


def listening(descriptor: int) -> Iterator[socket.socket]:
    """Yield a TCP socket, if it is listening."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as one:
        is_open = one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if is_open and one.family in (socket.AF_INET, socket.AF_INET6):
            yield one


def sockets() -> list[int]:
    """Return the descriptors of this process that are sockets."""
    with contextlib.suppress(OSError):
        return [int(one.name) for one in Path("/proc/self/fd").iterdir() if _is_socket(one)]
    return []


def _is_socket(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return file.is_socket()
    return False
