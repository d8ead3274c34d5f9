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
# A server that says nothing for so long is asked whether it is there, and then left.
PATIENCE_SECONDS: Final = 5.0
PAUSE_AFTER_ERROR_SECONDS: Final = 1.0
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


class Listener:
    """A thread that hears of hints: a Redis that is slow, silent or away delays nobody.

    Args:
        hint: The hint.
        patience_seconds: How long it hears nothing before it asks, and then leaves.
    """

    def __init__(self, hint: str, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._hint = hint
        self._patience = patience_seconds
        self._heard, self._is_over = threading.Event(), threading.Event()
        threading.Thread(target=self._run, name=f"hints of {hint}", daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Return once there was a hint since the last time, or after some seconds."""
        self._heard.wait(seconds)
        self._heard.clear()

    def stop(self) -> None:
        """Hear no more, as soon as the thread notices."""
        self._is_over.set()

    def _run(self) -> None:
        while not self._is_over.is_set():
            with contextlib.suppress(redis.RedisError, OSError):
                self._listen()
            self._is_over.wait(PAUSE_AFTER_ERROR_SECONDS)

    def _listen(self) -> None:
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=self._patience,
            socket_connect_timeout=self._patience,
            retry=None,
        )
        with client, client.pubsub() as listening:  # type: ignore[no-untyped-call]
            listening.subscribe(channel(client, self._hint))
            is_asked = False
            while not self._is_over.is_set():
                message = listening.get_message(timeout=self._patience)
                if message is None and is_asked:
                    # A connection that somebody has forgotten looks like this.
                    return
                if is_asked := message is None:
                    listening.ping()
                elif message["type"] == "message":
                    self._heard.set()


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
