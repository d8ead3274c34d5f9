"""Connections to addresses that were looked at: a name is resolved once, every answer vetted."""

import asyncio
import functools
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import certifi
from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType
from django.conf import settings

from webhooks.sending import addresses

# An address that was vetted is used for so long without asking for it again.
_ADDRESS_KEPT_SECONDS: Final = 10
# Shorter than most servers keep a connection on which nothing is said.
_CONNECTION_KEPT_SECONDS: Final = 4.0
# The system's resolver knows no deadline; here it can be left behind.
_LOOKUPS: Final = 32
_lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="webhooks-lookup")


class AddressRefused(OSError):
    """The receiver's name leads to an address that we may not send to."""


class _VettingResolver(AbstractResolver):
    """Asks the system, and refuses a name of which any address may not be reached."""

    def __init__(self, *, loopback_allowed: bool) -> None:
        self._loopback_allowed = loopback_allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().run_in_executor(
            _lookups, _look_up, host, port, family
        )
        for _, address in found:
            check(host, address, loopback_allowed=self._loopback_allowed)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


def check(host: str, address: str, *, loopback_allowed: bool) -> None:
    """Refuse an address that we may not send to.

    Raises:
        AddressRefused: If it is no public one, and not this machine where that is allowed.
    """
    if not addresses.may_reach(address, loopback_allowed=loopback_allowed):
        raise AddressRefused(f"{host} leads to {address}, which is not a public address.")


def connector(*, livemode: bool) -> TCPConnector:
    """Return what connections are taken from, which are kept for each host, scheme and port.

    Addresses are vetted when a name is resolved, and once more where the socket is made: hosts
    that are written as addresses are never resolved.

    Args:
        livemode: True never reaches this machine, whatever the setting.
    """
    loopback_allowed = bool(settings.WEBHOOKS_ALLOW_LOOPBACK) and not livemode

    def vetted_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        host = str(address[0])
        check(host, host, loopback_allowed=loopback_allowed)
        return socket.socket(family, kind, protocol)

    return TCPConnector(
        # Who sends decides how many are open at once.
        limit=0,
        ssl=_tls(),
        resolver=_VettingResolver(loopback_allowed=loopback_allowed),
        ttl_dns_cache=_ADDRESS_KEPT_SECONDS,
        keepalive_timeout=_CONNECTION_KEPT_SECONDS,
        socket_factory=vetted_socket,
    )


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[tuple[int, str]]:
    answers = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(kind), str(where[0])) for kind, _, _, _, where in answers))


@functools.cache
def _tls() -> ssl.SSLContext:
    # Images without certificates of their own have those that Python packages bring.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
