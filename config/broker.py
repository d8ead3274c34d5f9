"""The broker without scripts: Celery's Redis transport on a server that runs no Lua."""

from typing import Any, cast

import redis
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as transport
from redis.client import Pipeline
from redis.exceptions import LockNotOwnedError
from redis.lock import Lock


class _PlainLock(Lock):
    """A lock that is given back by a transaction, where redis-py's own runs a script."""

    def register_scripts(self) -> None:
        """Register none."""

    def do_release(self, expected_token: str) -> None:
        """Delete the lock if it is still ours.

        Raises:
            LockNotOwnedError: If it has expired, or somebody else has it by now.
        """

        def delete(pipe: Pipeline) -> None:
            if pipe.get(self.name) != expected_token:
                raise LockNotOwnedError(
                    "Cannot release a lock that is no longer owned.", lock_name=self.name
                )
            pipe.multi()
            pipe.delete(self.name)

        cast(redis.Redis, self.redis).transaction(delete, self.name)


class _Client(redis.Redis):
    def lock(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return super().lock(name, *args, **{"lock_class": _PlainLock, **kwargs})


class Channel(transport.Channel):
    """A channel whose clients run no script."""

    def _get_client(self) -> type[redis.Redis]:
        return _Client


class Transport(transport.Transport):
    """Celery's transport, with such channels."""

    Channel = Channel


def use() -> None:
    """Let every broker at a `redis:` or `rediss:` address be spoken to without scripts."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
