"""When somebody last asked whether Rialto can do its work. It is kept where it may be lost."""

import time
from datetime import UTC, datetime
from typing import Final

import redis
from django.conf import settings

_KEY: Final = "rialto:readiness_asked"
_KEPT_SECONDS: Final = 86_400
_PATIENCE_SECONDS: Final = 2.0


def client() -> redis.Redis:
    """Return a client that gives up soon."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=_PATIENCE_SECONDS,
        socket_connect_timeout=_PATIENCE_SECONDS,
    )


def note_asked(connected: redis.Redis) -> None:
    """Keep that somebody asks now.

    Raises:
        redis.RedisError: If nobody answers.
    """
    connected.set(_KEY, int(time.time()), ex=_KEPT_SECONDS)


def last_asked() -> datetime | None:
    """Return when somebody asked last; None if it is more than a day ago, or was forgotten.

    Raises:
        redis.RedisError: If nobody answers.
    """
    with client() as connected:
        found = connected.get(_KEY)
    return None if found is None else datetime.fromtimestamp(int(found), UTC)
