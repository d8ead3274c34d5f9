"""Hints that there is something to do: through Redis, and nothing is lost with one."""

import contextlib
import os
import threading
from typing import Final

import redis
from django.conf import settings
from django.db import transaction

# Whoever waits for these looks for itself, twice a second.
EVENTS: Final = "wake"
DELIVERIES: Final = "deliveries"
# So long hints come together. It is not noticed, and spares Redis a message for each event.
_GATHER_SECONDS: Final = 0.003


def channel(client: "redis.Redis | redis.asyncio.Redis", hint: str) -> str:
    """Return the channel of a hint.

    Channels are common to all databases of a Redis, so the name tells which: two Rialtos that
    share a server do not wake each other.
    """
    return f"rialto:{client.connection_pool.connection_kwargs.get('db', 0)}:{hint}"


def publish_after_commit(hint: str) -> None:
    """Publish a hint once the open transaction has committed, and keep nobody waiting for it."""
    transaction.on_commit(lambda: _publisher.ask(hint))


class _Publisher:
    """A thread of each process that publishes: a Redis that is slow or away delays no request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._hints: set[str] = set()
        self._pid = 0

    def ask(self, hint: str) -> None:
        """Have a hint published soon; of many at once, one is."""
        with self._lock:
            self._hints.add(hint)
            if self._pid != os.getpid():
                self._pid = os.getpid()
                threading.Thread(target=self._run, name="hints", daemon=True).start()
        self._asked.set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._asked.wait()
            pause.wait(_GATHER_SECONDS)
            self._asked.clear()
            with self._lock:
                hints, self._hints = self._hints, set()
            with contextlib.suppress(redis.RedisError, OSError):
                self._publish(hints)

    def _publish(self, hints: set[str]) -> None:
        client = _client(settings.REDIS_URL)
        for hint in hints:
            client.publish(channel(client, hint), "")


_clients: dict[tuple[int, str], redis.Redis] = {}


def _client(address: str) -> redis.Redis:
    # A connection that was opened before a fork is the parent's.
    key = (os.getpid(), address)
    if key not in _clients:
        _clients[key] = redis.Redis.from_url(
            address, socket_timeout=2, socket_connect_timeout=2, retry=None
        )
    return _clients[key]


_publisher = _Publisher()
