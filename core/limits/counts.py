"""Counting against several limits at once: in Redis, or here while Redis is away."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from core.limits import connections
from core.limits.connections import Away
from core.limits.figures import Rate
from core.limits.local import LocalCounts

logger = logging.getLogger(__name__)

_PREFIX: Final = "rialto:limit:"
# A process that dies gives nothing back; no request lasts so long.
_LEASE_MICROSECONDS: Final = 60_000_000

_local: Final = LocalCounts()


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of somebody or something.

    Args:
        name: Whose or what's: all that count under one name count together.
        rate: The figures.
        reason: The reason that a caller is told, in the wire's word.
        sentence: What is limited, for people; begins the message of a refusal.
    """

    name: str
    rate: Rate
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Places:
    """A number of places, one for each request that is under way.

    Args:
        name: Whose.
        most: How many there are.
        reason: As of `Limit`.
        sentence: As of `Limit`.
    """

    name: str
    most: int
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal.

    Args:
        by: The limit.
        seconds: After how many it will not refuse; whole ones, at least 1.
    """

    by: Limit | Places
    seconds: int


@dataclass(frozen=True, slots=True)
class Stay:
    """A place that was taken.

    Args:
        places: Of which.
        member: By which Redis knows it; empty if it is counted here.
    """

    places: Places
    member: str

    def leave(self) -> None:
        """Give it back. Nobody waits for Redis."""
        if self.member:
            connections.send("ZREM", f"{_PREFIX}{self.places.name}", self.member)
        else:
            _local.leave(self.places.name)


def take(limits: Sequence[Limit], places: Places | None = None) -> Refusal | Stay | None:
    """Count one against each limit and take a place, or nothing of it if one refuses.

    One round trip to Redis, none while it is away.

    Args:
        limits: Those to count against.
        places: Those of which one is taken, until `Stay.leave`.

    Returns:
        The refusal; or the place, if one was asked for.
    """
    if not limits and places is None:
        return None
    member = uuid4().hex if places else ""
    try:
        answer = connections.run(*_command(limits, places, member))
    except Away:
        member = ""
        rates = [(limit.name, limit.rate) for limit in limits]
        answer = list(_local.take(rates, (places.name, places.most) if places else None))
    refused, wait, exceeded = answer
    if exceeded:
        logger.warning("Over a limit that is only logged: %s", limits[exceeded - 1].name)
    if not refused:
        return Stay(places, member) if places else None
    by = limits[refused - 1] if refused <= len(limits) else places
    assert by is not None
    return Refusal(by, max(1, -(-wait // 1_000_000)))


def _command(
    limits: Sequence[Limit], places: Places | None, member: str
) -> tuple[list[str], list[str | int]]:
    keys = [f"{_PREFIX}{limit.name}" for limit in limits]
    values: list[str | int] = [len(limits)]
    for limit in limits:
        values += [limit.rate.interval, limit.rate.burst, int(limit.rate.is_enforced)]
    if places:
        keys.append(f"{_PREFIX}{places.name}")
        values += [member, places.most, _LEASE_MICROSECONDS]
    return keys, values
