"""What is done against attacks now, as this process knows it: read by every request.

It is loaded where keys are looked up: that query tells the version too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of one version.

    Args:
        version: It changes with every measure that is taken, prolonged or undone.
        slowed: `key:key_…` or `network:198.51.100.0/24` → until when it is slowed down.
        suspended: `key_…` → until when it is refused.
        challenged: Account and mode → until when payers' banks are asked about every card.
    """

    version: int = 0
    slowed: Mapping[str, datetime] = field(default_factory=dict)
    suspended: Mapping[str, datetime] = field(default_factory=dict)
    challenged: Mapping[tuple[str, bool], datetime] = field(default_factory=dict)


_held = Measures()


def held() -> Measures:
    """Return the measures that this process knows of."""
    return _held


def hold(measures: Measures) -> None:
    """Make these the ones that are known."""
    global _held
    _held = measures


def is_slowed(name: str, *, at: datetime) -> bool:
    """Tell whether a key or a network is slowed down."""
    return _holds(_held.slowed.get(name), at)


def is_suspended(key_id: str, *, at: datetime) -> bool:
    """Tell whether a key is refused."""
    return _holds(_held.suspended.get(key_id), at)


def is_challenged(account_id: str, *, livemode: bool, at: datetime) -> bool:
    """Tell whether payers' banks are to be asked about every card of an account."""
    return _holds(_held.challenged.get((account_id, livemode)), at)


def _holds(until: datetime | None, at: datetime) -> bool:
    return until is not None and until > at
