"""Connections that take what they asked for too slowly, or are too many from one address.

The server tells nothing of its connections, and the system all that is needed. They are hung up
on: whoever reads a byte a second costs as little as whoever reads nothing.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from config.door.answers import LEAST_BYTES_PER_SECOND, UNREAD_SECONDS
from config.door.sockets import listening, sockets

LOOK_SECONDS: Final = 2.0
# Where Linux tells, in what it knows of a connection, of the silence and of what was taken.
_INFO_BYTES: Final = 128
_SILENT_MILLISECONDS: Final = 52
_TAKEN: Final = 120


class Link(NamedTuple):
    """A client's connection.

    Args:
        descriptor: The descriptor in this process.
        peer: The client's address and port.
        silent: Milliseconds since it said anything.
        taken: Bytes that it has taken.
        waiting: Bytes that it has yet to take.
    """

    descriptor: int
    peer: tuple[str, int]
    silent: int
    taken: int
    waiting: int


class _Debt(NamedTuple):
    """The bytes that waited for a client when it was first seen, and the moment."""

    since: float
    taken: int
    until: int


class Watch:
    """Looks at the connections of this process from time to time.

    Args:
        most: Of one address; 0 for any number. Behind a proxy all are of its address.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._debts: dict[tuple[int, tuple[str, int]], _Debt] = {}

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Check connections now and periodically."""
        loop.call_later(LOOK_SECONDS, self.begin, loop)
        self.check(loop.time())

    def check(self, at: float) -> int:
        """Hang up on those that are too slow or too many.

        Args:
            at: Seconds, by any clock that only goes forward.

        Returns:
            On how many.
        """
        links = list(_links())
        slow = self._slow(links, at)
        left = [link for link in links if link not in slow]
        ended = [*slow, *self._too_many(left)]
        for link in ended:
            _hang_up(link)
        return len(ended)

    def _slow(self, links: list[Link], at: float) -> list[Link]:
        """Return the connections on which what waited was not taken in time."""
        before, self._debts, found = self._debts, {}, []
        for link in links:
            key = link.descriptor, link.peer
            debt = before.get(key)
            if debt is None or not debt.taken <= link.taken < debt.until:
                debt = _Debt(at, link.taken, link.taken + link.waiting)
            if not link.waiting:
                continue
            self._debts[key] = debt
            due = LEAST_BYTES_PER_SECOND * (at - debt.since - UNREAD_SECONDS)
            if link.taken < min(debt.until, debt.taken + due):
                found.append(link)
        return found

    def _too_many(self, links: list[Link]) -> list[Link]:
        """Return, of addresses with too many connections, those that were silent longest."""
        if not self.most:
            return []
        of_address: defaultdict[str, list[Link]] = defaultdict(list)
        for link in links:
            of_address[link.peer[0]].append(link)
        found: list[Link] = []
        for some in of_address.values():
            some.sort(key=lambda link: link.silent)
            found += some[self.most :]
        return found


def _links() -> Iterator[Link]:
    """Yield the connections of clients, not those that this process opened."""
    found = sockets()
    ports = {one.getsockname()[1] for descriptor in found for one in listening(descriptor)}
    for descriptor in found:
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as one:
            if one.family not in (socket.AF_INET, socket.AF_INET6):
                continue
            peer = one.getpeername()
            if one.getsockname()[1] not in ports:
                continue
            info = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
            waiting = fcntl.ioctl(one, termios.TIOCOUTQ, bytes(4))
            yield Link(
                descriptor,
                (peer[0], peer[1]),
                struct.unpack_from("I", info, _SILENT_MILLISECONDS)[0],
                struct.unpack_from("Q", info, _TAKEN)[0],
                struct.unpack("i", waiting)[0],
            )


def _hang_up(link: Link) -> None:
    """End a connection, unless its descriptor is another's by now."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(link.descriptor)) as one:
        if one.getpeername()[:2] == link.peer:
            # What it has not taken is thrown away too.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.shutdown(socket.SHUT_RDWR)
