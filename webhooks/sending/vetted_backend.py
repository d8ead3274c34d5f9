"""Connections to addresses that were looked at, within their time."""

import os
import socket
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType

import httpcore
from django.conf import settings

from webhooks.sending import addresses

CONNECT_SECONDS = 5.0
# The system's resolver knows no deadline; here it can be left behind.
_lookups = ThreadPoolExecutor(8, thread_name_prefix="webhooks-lookup")


class AddressRefused(Exception):
    """The receiver's name leads to an address that we may not send to."""


class VettedBackend(httpcore.SyncBackend):
    """Resolves once, vets every answer, connects to what was vetted, and cuts at the deadline."""

    def __init__(self, deadline: float, *, livemode: bool) -> None:
        self.deadline = deadline
        self.loopback_allowed = bool(settings.WEBHOOKS_ALLOW_LOOPBACK) and not livemode
        self._hard_deadline: HardDeadline | None = None

    def __enter__(self) -> "VettedBackend":
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
        self._hard_deadline = HardDeadline(stream.get_extra_info("socket"), self.deadline)
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


class HardDeadline:
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
