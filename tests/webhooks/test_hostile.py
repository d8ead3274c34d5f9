"""Hostile targets and hostile receivers: nothing inside is reached, and nothing is used up."""

import asyncio
import gzip
import socket
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from webhooks.sending import addresses
from webhooks.sending.client import KEPT_BYTES, Client, Reply

SECONDS = 1.0

# Hosts as they may be written in the address of an endpoint.
LITERALS = (
    "127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 169.254.169.254 172.16.0.1 "
    "172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 "
    "203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 "
    "[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:a9fe:a9fe] "
    "[::127.0.0.1] [fe80::1] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [64:ff9b::7f00:1] "
    "[64:ff9b:1::1] [2002:7f00:1::] [2001::1] [2001:db8::1] [3fff::1] [5f00::1] [100::1]"
).split()
SPELLINGS = (
    "127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0 0x7f.0.0x0.1 "
    "169.16689662 0xa9fea9fe 2852039166 10.1 192.168.257"
).split()
# Names, and all that their servers answer.
NAMES = {
    "localhost": ("127.0.0.1", "::1"),
    "localhost.": ("127.0.0.1",),
    "inside.example": ("10.1.2.3",),
    "metadata.example": ("169.254.169.254",),
    "both.example": ("93.184.216.34", "127.0.0.1"),
    "both6.example": ("2606:4700::1111", "::1"),
    "mapped.example": ("::ffff:127.0.0.1",),
    "translated.example": ("64:ff9b::a00:1",),
}
TARGETS = (*LITERALS, *SPELLINGS, *NAMES)


def as_the_system_does(host: str, port: int, family: int = 0, type: int = 0):
    """Look up as resolvers do, with every old spelling of an address, and names of our own."""
    if host in NAMES:
        found = NAMES[host]
    else:
        try:
            found = (socket.inet_ntoa(socket.inet_aton(host)),)
        except OSError as error:
            raise socket.gaierror(socket.EAI_NONAME, "unknown") from error
    kinds = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in found]
    return [(kind, type, 6, "", (one, port)) for kind, one in zip(kinds, found, strict=True)]


def test_of_sixty_hostile_targets_none_reaches_a_listener_on_this_machine(settings, monkeypatch):
    settings.WEBHOOKS_ALLOW_LOOPBACK = False
    monkeypatch.setattr(socket, "getaddrinfo", as_the_system_does)
    reached: list[str] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append("somebody")
        writer.close()

    async def try_all() -> list[Reply]:
        server = await asyncio.start_server(note, sock=_listener())
        port = server.sockets[0].getsockname()[1]
        async with server, Client() as client:
            return await asyncio.gather(*(_post(client, f"http://{t}:{port}/") for t in TARGETS))

    replies = dict(zip(TARGETS, asyncio.run(try_all()), strict=True))

    assert len(TARGETS) >= 60
    assert reached == []
    assert {reply.status_code for reply in replies.values()} == {None}
    # What is no address by today's rules is no address at all.
    refused = ("is not a public address", "not a canonical IPv4 address", "InvalidUrl")
    wrong = {t: r.error for t, r in replies.items() if not any(w in r.error for w in refused)}
    assert wrong == {}


def test_the_public_internet_may_be_reached():
    public = ("1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1")

    assert all(addresses.is_public(one) for one in public)


def test_a_name_that_leads_elsewhere_later_is_not_followed_there(monkeypatch):
    asked: list[str] = []

    def rebind(host: str, port: int, family: int = 0, type: int = 0):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, type, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebind)

    async def ask() -> list[Reply]:
        async with _receiver() as port, Client() as client:
            url = f"http://rebinding.example:{port}"
            kept = [await _post(client, f"{url}/accepts") for _ in range(3)]
            async with Client() as another:
                return [*kept, await _post(another, f"{url}/accepts")]

    replies = asyncio.run(ask())

    assert [reply.status_code for reply in replies] == [200, 200, 200, None]
    assert "10.0.0.1, which is not a public address" in replies[-1].error
    assert len(asked) == 2


Writer = asyncio.StreamWriter
Behave = Callable[[Writer], Awaitable[None]]


async def write(writer: Writer, *parts: bytes, pause: float = 0.0) -> None:
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(pause)


async def forever(writer: Writer, head: bytes, again: bytes, *, pause: float = 0.0) -> None:
    writer.write(head)
    while True:
        await write(writer, again, pause=pause)


OK = b"HTTP/1.1 200 OK\r\n"
LONG = b"x" * 65_536
BOMB = gzip.compress(bytes(20_000_000))


def says(*parts: bytes, pause: float = 0.0) -> Behave:
    return lambda writer: write(writer, *parts, pause=pause)


def repeats(head: bytes, again: bytes, *, pause: float = 0.0) -> Behave:
    return lambda writer: forever(writer, head, again, pause=pause)


# What a receiver does → the status that counts, and whether it took too long.
RECEIVERS: dict[str, tuple[Behave, int | None, bool]] = {
    "accepts": (says(OK + b"Content-Length: 0\r\n\r\n"), 200, False),
    "endless-body": (repeats(OK + b"\r\n", LONG), 200, False),
    "endless-chunks": (
        repeats(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + LONG + b"\r\n"),
        200,
        False,
    ),
    "long-body": (says(OK + b"Content-Length: 65536\r\n\r\n" + LONG), 200, False),
    "bomb": (
        says(
            OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
        ),
        200,
        False,
    ),
    "cut-body": (says(OK + b"Content-Length: 500\r\n\r\nab"), 200, False),
    "drips-body": (repeats(OK + b"Content-Length: 999\r\n\r\n", b"a", pause=0.05), 200, False),
    "drips-head": (repeats(OK + b"X-A: ", b"a", pause=0.05), None, True),
    "silent": (repeats(b"", b"", pause=0.05), None, True),
    "continues": (repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01), None, True),
    "endless-header": (repeats(OK + b"X-A: ", LONG), None, False),
    "endless-headers": (repeats(OK, b"X-A: b\r\n" * 1_000), None, False),
    "endless-status": (repeats(b"HTTP/1.1 200 ", LONG), None, False),
    "negative-length": (says(OK + b"Content-Length: -1\r\n\r\n"), None, False),
    "two-lengths": (says(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), None, False),
    "no-status": (says(b"HTTP/1.1 abc\r\n\r\n"), None, False),
    "no-http": (says(b"SSH-2.0-x\r\n"), None, False),
    "nothing": (says(b""), None, False),
    "redirect": (
        says(b"HTTP/1.1 302 Found\r\nLocation: /accepts\r\nContent-Length: 0\r\n\r\n"),
        302,
        False,
    ),
    "upgrades": (
        says(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        101,
        False,
    ),
}


def test_no_receiver_keeps_us_fills_memory_or_leads_us_elsewhere():
    paths: list[str] = []

    async def try_each() -> dict[str, Reply]:
        async with _receiver(paths) as port, Client() as client:
            url = f"http://127.0.0.1:{port}"
            found = await asyncio.gather(*(_post(client, f"{url}/{way}") for way in RECEIVERS))
            return dict(zip(RECEIVERS, found, strict=True))

    tracemalloc.start()
    started = time.monotonic()
    replies = asyncio.run(try_each())
    took, (_, most) = time.monotonic() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    expected = {way: (status, late) for way, (_, status, late) in RECEIVERS.items()}
    assert {w: (r.status_code, r.timed_out) for w, r in replies.items()} == expected
    assert all(reply.error for reply in replies.values() if reply.status_code is None)
    assert max(len(reply.body) for reply in replies.values()) == KEPT_BYTES
    assert sorted(paths) == sorted(RECEIVERS)
    assert took < 5 * SECONDS
    assert most < 5_000_000 * len(RECEIVERS)


async def _post(client: Client, url: str) -> Reply:
    return await client.post(url, body=b"{}", headers={}, livemode=False, seconds=SECONDS)


@asynccontextmanager
async def _receiver(paths: list[str] | None = None) -> AsyncIterator[int]:
    """Listen on this machine, and behave as the path says."""

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(2)
                way = head.split(b" ")[1].decode().strip("/")
                if paths is not None:
                    paths.append(way)
                await RECEIVERS[way][0](writer)
                if way != "accepts":
                    break
        writer.close()

    server = await asyncio.start_server(serve, sock=_listener())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=128)
