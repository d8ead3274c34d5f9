"""The broker: Celery's Redis transport on a server that runs no Lua, and that may go away."""

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
    """A channel whose clients run no script, and that knows when nobody heard what is done."""

    has_lost_a_word = False

    def _get_client(self) -> type[redis.Redis]:
        return _Client

    def basic_ack(self, *args: Any, **kwargs: Any) -> None:
        """Say that a message is done with."""
        try:
            super().basic_ack(*args, **kwargs)
        except self.connection_errors:  # type: ignore[attr-defined]
            self.has_lost_a_word = True
            raise

    def basic_reject(self, *args: Any, **kwargs: Any) -> None:
        """Say that a message is not done, and for somebody else."""
        try:
            super().basic_reject(*args, **kwargs)
        except self.connection_errors:  # type: ignore[attr-defined]
            self.has_lost_a_word = True
            raise


class _Poller(transport.MultiChannelPoller):
    """Waits for messages; begins anew where places would be taken for ever.

    A message whose end nobody heard keeps its place. With all of them taken a worker asks for no
    more, and does not even see that its connection is gone.
    """

    def maybe_check_brpop_health(self) -> None:
        """Look from time to time whether what was asked for will still be answered.

        Raises:
            redis.ConnectionError: If not: whoever runs the loop connects again.
        """
        if any(channel.has_lost_a_word for channel in self._channels):  # type: ignore[attr-defined]
            raise redis.ConnectionError("What was done could not be told.")
        super().maybe_check_brpop_health()  # type: ignore[misc]


class Transport(transport.Transport):
    """Celery's transport, with such channels."""

    Channel = Channel

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = _Poller()


def use() -> None:
    """Let every broker at a `redis:` or `rediss:` address be spoken to without scripts."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
