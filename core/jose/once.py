"""Ids of signed tokens, each taken once by all processes together.

Fails closed: without Redis nobody knows whether a token has been used, so none is taken.
"""

import hashlib
import os
from typing import Final

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

_PREFIX: Final = "rialto:once:"
_PATIENCE_SECONDS: Final = 0.5
# Of this process: address → client.
_clients: Final[dict[tuple[int, str], Redis]] = {}


class Away(Exception):
    """Redis does not answer."""


def claim(kind: str, id: str, *, seconds: int) -> bool:
    """Take an id, and return whether nobody has taken it before.

    Args:
        kind: What it is of, such as `"dpop"`, and of whom.
        id: The id, of any length.
        seconds: For how long it is remembered: as long as its token could be taken.

    Raises:
        Away: If it cannot be known.
    """
    name = hashlib.sha256(f"{kind}\0{id}".encode("utf-8", "surrogatepass")).hexdigest()
    try:
        return bool(_client().set(_PREFIX + name, "1", nx=True, ex=seconds))
    except (RedisError, OSError) as error:
        raise Away from error


def _client() -> Redis:
    at = (os.getpid(), settings.REDIS_URL)
    if at not in _clients:
        _clients.clear()
        _clients[at] = Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
        )
    return _clients[at]
