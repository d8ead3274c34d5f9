"""How often something was seen, by all processes together in Redis; here while Redis is away.

Counts are kept in halves of a detector's window, so that what is counted reaches back between one
half and all of it. Different ones are counted by Redis' estimate, which is exact for a few.
"""

import logging
import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import redis
from django.conf import settings

from accounts.detection.detectors import Detector

logger = logging.getLogger(__name__)

_PREFIX: Final = "rialto:seen:"
_PATIENCE_SECONDS: Final = 0.5
_AWAY_SECONDS: Final = 1.0
_HOUR: Final = 3_600
_MOST_HERE: Final = 20_000


class Counted(NamedTuple):
    """What is counted together.

    Args:
        detector: By which detector.
        account_id: Whose account; empty if it is counted over all.
        livemode: In which mode.
        value: Whom or what it is about.
        is_all: Whether it is what the detector's own count is a share of.
    """

    detector: Detector
    account_id: str
    livemode: bool
    value: str
    is_all: bool = False

    @property
    def all(self) -> "Counted":
        """What it is a share of."""
        return self._replace(is_all=True)

    @property
    def name(self) -> str:
        """By which it is known in Redis, and in what is learned."""
        mode = "live" if self.livemode else "test"
        kind = "all" if self.is_all else "own"
        return f"{self.detector.name}:{kind}:{self.account_id}:{mode}:{self.value}"


@dataclass(slots=True)
class Addition:
    """What is added to a count: how many, and which of those that are counted apart."""

    count: int = 0
    members: set[str] = field(default_factory=set)


class LocalCounts:
    """Counts of one process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int]] = Counter()
        self._members: dict[tuple[str, int], set[str]] = {}

    def add(self, additions: Mapping[Counted, Addition], at: float) -> dict[Counted, int]:
        """Add to counts, and return what they have come to."""
        if len(self._counts) > _MOST_HERE:
            self._counts.clear()
            self._members.clear()
        for counted, addition in additions.items():
            half = (counted.name, _half(counted, at))
            self._counts[half] += addition.count
            if counted.detector.is_distinct:
                self._members.setdefault(half, set()).update(addition.members)
        return self.read(additions, at)

    def read(self, names: Collection[Counted], at: float) -> dict[Counted, int]:
        """Return counts as they are."""
        found: dict[Counted, int] = {}
        for counted in names:
            now = _half(counted, at)
            halves = [(counted.name, half) for half in (now, now - 1)]
            if counted.detector.is_distinct and not counted.is_all:
                members = set[str]().union(*(self._members.get(half, ()) for half in halves))
                found[counted] = len(members)
            else:
                found[counted] = sum(self._counts[half] for half in halves)
        return found


class RedisCounts:
    """Counts of all processes."""

    def add(self, additions: Mapping[Counted, Addition], at: float) -> dict[Counted, int]:
        """Add to counts, and return what they have come to.

        Raises:
            redis.RedisError: If Redis does not answer.
        """
        with _client().pipeline(transaction=False) as pipeline:
            for counted, addition in additions.items():
                key = _key(counted, _half(counted, at))
                kept = max(1, int(2 * counted.detector.window.total_seconds()))
                if counted.detector.is_distinct and not counted.is_all:
                    pipeline.pfadd(key, *addition.members)
                else:
                    pipeline.incrby(key, addition.count)
                pipeline.expire(key, kept)
                if counted.detector.has_baseline and not counted.is_all:
                    hour = hour_key(int(at // _HOUR))
                    pipeline.hincrby(hour, counted.name, addition.count)
                    pipeline.expire(hour, 4 * _HOUR)
            pipeline.execute()
        return self.read(additions, at)

    def read(self, names: Collection[Counted], at: float) -> dict[Counted, int]:
        """Return counts as they are.

        Raises:
            redis.RedisError: If Redis does not answer.
        """
        with _client().pipeline(transaction=False) as pipeline:
            for counted in names:
                now = _half(counted, at)
                halves = [_key(counted, half) for half in (now, now - 1)]
                if counted.detector.is_distinct and not counted.is_all:
                    pipeline.pfcount(*halves)
                else:
                    pipeline.mget(halves)
            answers = pipeline.execute()
        return {
            counted: answer if isinstance(answer, int) else sum(int(each or 0) for each in answer)
            for counted, answer in zip(names, answers, strict=True)
        }


_redis: Final = RedisCounts()
_local: Final = LocalCounts()
_away_until = 0.0


def add(additions: Mapping[Counted, Addition], at: float) -> dict[Counted, int]:
    """Add to counts, and return what they have come to; in this process while Redis is away."""
    global _away_until
    if time.monotonic() < _away_until:
        return _local.add(additions, at)
    try:
        return _redis.add(additions, at)
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis counts no signals; this process counts its own: %s", error)
        _away_until = time.monotonic() + _AWAY_SECONDS
        return _local.add(additions, at)


def read(names: Collection[Counted], at: float) -> dict[Counted, int]:
    """Return counts as they are; those of this process while Redis is away."""
    if time.monotonic() < _away_until:
        return _local.read(names, at)
    try:
        return _redis.read(names, at)
    except (redis.RedisError, OSError):
        return _local.read(names, at)


def take_hour(hour: int) -> dict[str, int]:
    """Return what was counted in an hour, by name, and forget it.

    Args:
        hour: Since 1970.

    Raises:
        redis.RedisError: If Redis does not answer.
    """
    with _client().pipeline() as pipeline:
        pipeline.hgetall(hour_key(hour))
        pipeline.delete(hour_key(hour))
        found, _ = pipeline.execute()
    return {name.decode(): int(count) for name, count in found.items()}


def hour_key(hour: int) -> str:
    """Return under which key the counts of an hour stand."""
    return f"{_PREFIX}hour:{hour}"


def _half(counted: Counted, at: float) -> int:
    return int(at // max(1.0, counted.detector.window.total_seconds() / 2))


def _key(counted: Counted, half: int) -> str:
    return f"{_PREFIX}{half}:{counted.name}"


def _client() -> redis.Redis:
    return _client_of(settings.REDIS_URL)


@lru_cache(maxsize=4)
def _client_of(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS
    )
