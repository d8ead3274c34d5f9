"""A hundred clients that do not speak, of each kind, while one shop pays."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Final

from config.bench import clients
from config.bench.clients import Result, Target

COUNT: Final = 100
_HEAD: Final = b" HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_BODY: Final = b"Content-Length: 5000\r\n\r\n"
KINDS: Final = {
    "inbound": b"POST /inbound/stripe/" + _HEAD + _BODY,
    "log_in": b"POST /login/" + _HEAD + _BODY,
    "half_a_head": b"POST /v1/payment_intents" + _HEAD,
    "idle": b"",
    "unread": b"GET /docs/openapi.json" + _HEAD + b"\r\n",
}


def growth(target: Target, *, seconds: float) -> dict[str, float]:
    """Return how many times as long a payment takes while clients of each kind are held.

    What is measured before and after each kind is the other side of its ratio.
    """
    found = {}
    for kind, sent in KINDS.items():
        alone = clients.run(target, seconds=seconds / 2, count=1)
        with hold(target.port, sent):
            beside = clients.run(target, seconds=seconds, count=1)
        alone.add(clients.run(target, seconds=seconds / 2, count=1))
        found[kind] = _ratio(beside, alone)
    return found


@contextmanager
def hold(port: int, sent: bytes, count: int = COUNT) -> Iterator[None]:
    """Hold so many connections that have said this, and say and read nothing more."""
    with ExitStack() as lines:
        for _ in range(count):
            line = lines.enter_context(closing(socket.create_connection(("127.0.0.1", port), 20)))
            line.sendall(sent)
        yield


def _ratio(one: Result, other: Result) -> float:
    return round(one.percentile(50) / other.percentile(50), 2)
