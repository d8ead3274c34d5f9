"""The only outgoing HTTP of this room: hostile receivers get nothing out of it."""

import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

from core.db import forbid_transaction
from webhooks import addresses

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
KEPT_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one try.

    Args:
        status_code: The receiver's status; None if there was none.
        body: The first 16 KB of what it said.
        latency_ms: How long it took.
        error: Why there is no status, for people.
        retry_after_seconds: What the receiver asked us to wait.
        timed_out: True if it took too long.
    """

    status_code: int | None
    body: str
    latency_ms: int
    error: str = ""
    retry_after_seconds: int | None = None
    timed_out: bool = False


class AddressRefused(Exception):
    """The receiver's name leads to an address that we may not send to."""


def send(url: str, *, body: bytes, headers: dict[str, str], livemode: bool) -> Reply:
    """Post a body once: no redirect, no proxy, vetted address, one deadline over all.

    Args:
        url: Of the endpoint.
        body: The exact bytes.
        headers: With the signatures.
        livemode: True forbids this machine and anything but https.
    """
    forbid_transaction()
    started = time.monotonic()
    deadline = started + TOTAL_SECONDS
    try:
        status, said, retry_after = _post(url, body, headers, deadline, livemode=livemode)
    except AddressRefused as error:
        return _failed(started, str(error))
    except (httpcore.TimeoutException, TimeoutError):
        return _failed(started, "The endpoint did not answer in time.", timed_out=True)
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
        return _failed(started, f"{type(error).__name__}: {error}"[:300])
    return Reply(
        status,
        said.decode(errors="replace").replace("\0", ""),
        _ms_since(started),
        retry_after_seconds=retry_after,
    )


def _post(
    url: str, body: bytes, headers: dict[str, str], deadline: float, *, livemode: bool
) -> tuple[int, bytes, int | None]:
    parts = urlsplit(url)
    if livemode and parts.scheme != "https":
        raise AddressRefused("Live endpoints must use https.")
    left = max(0.1, deadline - time.monotonic())
    timeouts = {"connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left}
    backend = _VettedBackend(livemode=livemode)
    with httpcore.ConnectionPool(network_backend=backend, max_connections=1) as pool:
        sent = {
            "Host": parts.netloc.rpartition("@")[2],
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Rialto/1.0 (webhooks)",
            "Accept": "*/*",
            "Connection": "close",
            "Content-Length": str(len(body)),
        } | headers
        with pool.stream(
            "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": timeouts}
        ) as response:
            said = b""
            for chunk in response.iter_stream():
                said += chunk
                if len(said) >= KEPT_BYTES or time.monotonic() > deadline:
                    break
            waits = dict(response.headers).get(b"retry-after", b"").decode(errors="replace")
            return response.status, said[:KEPT_BYTES], int(waits) if waits.isdigit() else None


class _VettedBackend(httpcore.SyncBackend):
    """Resolves once, vets every answer, and connects to an address that was vetted."""

    def __init__(self, *, livemode: bool) -> None:
        self.loopback_allowed = settings.WEBHOOKS_ALLOW_LOOPBACK and not livemode

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        vetted = [str(info[4][0]) for info in found]
        for address in vetted:
            if not self._may_reach(address):
                raise AddressRefused(f"{host} leads to {address}, which is not a public address.")
        return super().connect_tcp(vetted[0], port, timeout, local_address, socket_options)

    def _may_reach(self, address: str) -> bool:
        if addresses.is_loopback(address):
            return bool(self.loopback_allowed)
        return addresses.is_public(address)


def _failed(started: float, error: str, *, timed_out: bool = False) -> Reply:
    return Reply(None, "", _ms_since(started), error, timed_out=timed_out)


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
