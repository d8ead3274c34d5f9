"""The only outgoing HTTP of this room: hostile receivers get nothing out of it."""

import os
import socket
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

from core.database.transactions import forbid_transaction
from webhooks.sending import addresses

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
KEPT_BYTES = 16_384
_KEPT_HEADERS = 50
_KEPT_HEADER_LENGTH = 500
_KEPT_ERROR_LENGTH = 300
_SECRET_HEADERS = frozenset(
    "authorization proxy-authorization cookie set-cookie x-api-key "
    "stripe-signature webhook-signature".split()
)
_BLANK = "[redacted]"
_TOO_LATE = "The endpoint did not answer in time."

# The system's resolver knows no deadline; here it can be left behind.
_lookups = ThreadPoolExecutor(8, thread_name_prefix="webhooks-lookup")


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one attempt.

    Args:
        status_code: The receiver's status; None if there was none.
        body: The first 16 KB of what it said.
        latency_ms: How long it took.
        error: Why there is no status, for people.
        retry_after_seconds: What the receiver asked us to wait.
        timed_out: True if it took too long.
        headers: What it sent along, without what opens doors.
    """

    status_code: int | None
    body: str
    latency_ms: int
    error: str = ""
    retry_after_seconds: int | None = None
    timed_out: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class AddressRefused(Exception):
    """The receiver's name leads to an address that we may not send to."""


def send(
    url: str,
    *,
    body: bytes,
    headers: dict[str, str],
    livemode: bool,
    seconds: float = TOTAL_SECONDS,
) -> Reply:
    """Post a body once: no redirect, no proxy, vetted address, one deadline over all.

    Args:
        url: The URL of the endpoint.
        body: The exact bytes.
        headers: The headers, with the signatures.
        livemode: True forbids this machine and anything but https.
        seconds: For name, connection, TLS, request and answer together.
    """
    forbid_transaction()
    started = time.monotonic()
    deadline = started + seconds
    try:
        return _post(url, body, headers, started, deadline, livemode=livemode)
    except AddressRefused as error:
        return _failure(started, str(error))
    except (httpcore.TimeoutException, TimeoutError):
        return _failure(started, _TOO_LATE, timed_out=True)
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
        OSError,
        ValueError,
    ) as error:
        # A connection that we cut at the deadline fails in many ways.
        if time.monotonic() >= deadline:
            return _failure(started, _TOO_LATE, timed_out=True)
        return _failure(started, f"{type(error).__name__}: {error}")


def redact(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers as they may be kept: bounded, and without what opens doors."""
    return {
        name.lower()[:_KEPT_HEADER_LENGTH]: (
            _BLANK if name.lower() in _SECRET_HEADERS else text[:_KEPT_HEADER_LENGTH]
        )
        for name, text in list(headers)[:_KEPT_HEADERS]
    }


def _post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    started: float,
    deadline: float,
    *,
    livemode: bool,
) -> Reply:
    parts = urlsplit(url)
    if livemode and parts.scheme != "https":
        raise AddressRefused("Live endpoints must use https.")
    left = max(0.1, deadline - time.monotonic())
    timeouts = {"connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left}
    sent = {
        "Host": parts.netloc.rpartition("@")[2],
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Rialto/1.0 (webhooks)",
        "Accept": "*/*",
        "Connection": "close",
        "Content-Length": str(len(body)),
    } | headers
    with (
        _VettedBackend(deadline, livemode=livemode) as backend,
        httpcore.ConnectionPool(network_backend=backend, max_connections=1) as pool,
        pool.stream(
            "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": timeouts}
        ) as response,
    ):
        headers_received = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers]
        return Reply(
            response.status,
            _text(_beginning(response)),
            _ms_since(started),
            retry_after_seconds=_seconds_to_wait(headers_received),
            headers=redact(headers_received),
        )


def _beginning(response: httpcore.Response) -> bytes:
    """Read what is kept of the body. Its status counts, however the body ends."""
    content = b""
    with suppress(
        httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError
    ):
        for chunk in response.iter_stream():
            content += chunk
            if len(content) >= KEPT_BYTES:
                break
    return content[:KEPT_BYTES]


def _seconds_to_wait(headers: list[tuple[str, str]]) -> int | None:
    for name, text in headers:
        # Ten digits are more than anybody waits, and few enough to reckon with.
        if name.lower() == "retry-after" and text.isascii() and text.isdigit() and len(text) <= 10:
            return int(text)
    return None


class _VettedBackend(httpcore.SyncBackend):
    """Resolves once, vets every answer, connects to what was vetted, and cuts at the deadline."""

    def __init__(self, deadline: float, *, livemode: bool) -> None:
        self.deadline = deadline
        self.loopback_allowed = bool(settings.WEBHOOKS_ALLOW_LOOPBACK) and not livemode
        self._hard_deadline: _HardDeadline | None = None

    def __enter__(self) -> "_VettedBackend":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._hard_deadline:
            self._hard_deadline.cancel()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        until = min(time.monotonic() + CONNECT_SECONDS, self.deadline)
        looking = _lookups.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = looking.result(timeout=max(0.1, until - time.monotonic()))
        vetted = list(dict.fromkeys(str(info[4][0]) for info in found))
        for address in vetted:
            if not addresses.may_reach(address, loopback_allowed=self.loopback_allowed):
                raise AddressRefused(f"{host} leads to {address}, which is not a public address.")
        stream = self._first_that_answers(vetted, port, until, local_address, socket_options)
        self._hard_deadline = _HardDeadline(stream.get_extra_info("socket"), self.deadline)
        return stream

    def _first_that_answers(
        self,
        vetted: list[str],
        port: int,
        until: float,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        # A name may lead to addresses of a kind that this machine has no way to.
        for address in vetted[:-1]:
            left = max(0.1, (until - time.monotonic()) / 2)
            try:
                return super().connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        left = max(0.1, until - time.monotonic())
        return super().connect_tcp(vetted[-1], port, left, local_address, socket_options)


class _HardDeadline:
    """Ends a connection at a moment, whatever it is doing.

    Timeouts begin anew with every byte, so a receiver that sends one now and then could hold
    us for hours.
    """

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        # TLS takes the socket over; a second handle stays ours.
        self._handle = socket.socket(fileno=os.dup(connected.fileno()))
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()
        self._timer.join()
        self._handle.close()

    def _cut(self) -> None:
        # It may be over already.
        with suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)


def _failure(started: float, error: str, *, timed_out: bool = False) -> Reply:
    shown = error.replace("\0", "")[:_KEPT_ERROR_LENGTH]
    return Reply(None, "", _ms_since(started), shown, timed_out=timed_out)


def _text(content: bytes) -> str:
    # PostgreSQL keeps no NUL in a text.
    return content.decode(errors="replace").replace("\0", "")


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
