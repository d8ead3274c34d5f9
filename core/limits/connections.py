"""A connection of each thread to Redis, waited for no longer than a request can bear."""

import logging
import os
import threading
import time
from typing import Final

from django.conf import settings
from redis.connection import ConnectionInterface, ConnectionPool
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoPermissionError, NoScriptError, RedisError

from core.limits import script

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS: Final = 0.5
# After a failure nobody asks for so long, and then no request does; after a refusal of the
# server's, which somebody has to mend, for longer.
AWAY_SECONDS: Final = 1.0
_REFUSED_SECONDS: Final = 30.0


class Away(Exception):
    """Redis does not answer, or refuses; the limits of this process count."""


class _OfThread(threading.local):
    connection: ConnectionInterface | None = None
    url: str = ""
    process: int = 0
    # Answers that nobody has waited for.
    unread: int = 0
    # As many as there had been when it was opened.
    losses: int = 0


_own = _OfThread()
_away_until = 0.0
# What one thread has lost the others have lost too, and need not find out.
_losses = 0


def run(keys: list[str], values: list[str | int]) -> list[int]:
    """Run the script, and wait for what it returns.

    Raises:
        Away: If it cannot be run now.
    """
    global _away_until, _losses
    if _away_until:
        if time.monotonic() >= _away_until:
            _look_for_it()
        raise Away
    try:
        return _run(keys, values)
    except (RedisError, OSError) as error:
        _drop()
        _losses += 1
        _away_until = time.monotonic() + _pause_after(error)
        logger.warning("Redis counts no limits; each process counts its own: %s", error)
        raise Away from error


def _look_for_it() -> None:
    """Find out in a thread whether it is back: no request waits for that."""
    global _away_until
    _away_until = time.monotonic() + 2 * _PATIENCE_SECONDS + AWAY_SECONDS
    threading.Thread(target=_look, name="limits", daemon=True).start()


def _look() -> None:
    global _away_until
    try:
        _run([], [0])
    except (RedisError, OSError) as error:
        _away_until = time.monotonic() + _pause_after(error)
    else:
        _away_until = 0.0
    finally:
        _drop()


def _pause_after(error: Exception) -> float:
    return _REFUSED_SECONDS if isinstance(error, NoPermissionError) else AWAY_SECONDS


def send(*command: str) -> None:
    """Send a command on this thread's connection without waiting for the answer."""
    connection = _own.connection
    if connection is None or not _is_open():
        return
    try:
        _speak(connection, *command)
        _own.unread += 1
    except (RedisError, OSError):
        _drop()


def ask_again() -> None:
    """Ask Redis at the next request, whatever it did at the last."""
    global _away_until
    _away_until = 0.0


def _run(keys: list[str], values: list[str | int]) -> list[int]:
    was_open = _is_open()
    try:
        return _evaluate(keys, values)
    except Disconnected:
        # The server ends what was silent for long.
        if not was_open:
            raise
        _drop()
        return _evaluate(keys, values)


def _evaluate(keys: list[str], values: list[str | int]) -> list[int]:
    connection = _connection()
    while _own.unread:
        _own.unread -= 1
        connection.read_response()
    command = ("EVALSHA", script.DIGEST, len(keys), *keys, *values)
    _speak(connection, *command)
    try:
        return list(map(int, connection.read_response()))
    except NoScriptError:
        _speak(connection, "SCRIPT", "LOAD", script.TEXT)
        connection.read_response()
        _speak(connection, *command)
        return list(map(int, connection.read_response()))


def _speak(connection: ConnectionInterface, *command: str | int) -> None:
    connection.send_command(*command)  # type: ignore[no-untyped-call]


def _is_open() -> bool:
    is_ours = _own.url == settings.REDIS_URL and _own.process == os.getpid()
    return _own.connection is not None and is_ours and _own.losses == _losses


def _connection() -> ConnectionInterface:
    if not _is_open():
        _drop()
        pool = ConnectionPool.from_url(
            settings.REDIS_URL,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
        )
        connection = pool.make_connection()
        connection.connect()  # type: ignore[no-untyped-call]
        _own.connection, _own.url, _own.process = connection, settings.REDIS_URL, os.getpid()
        _own.losses = _losses
    assert _own.connection is not None
    return _own.connection


def _drop() -> None:
    if _own.connection is not None and _own.process == os.getpid():
        _own.connection.disconnect()  # type: ignore[no-untyped-call]
    _own.connection, _own.unread = None, 0
