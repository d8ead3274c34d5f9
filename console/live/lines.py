"""What a check of the checklist is told, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils import dateformat

from console.models import Drill
from processors.accounts.readiness import Readiness


class State(StrEnum):
    """How far a line is."""

    DONE = "done"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Known:
    """What every check is told.

    Args:
        at: The moment.
        drills: The last drill of each kind.
        accounts: The accounts that take new live payments.
    """

    at: datetime
    drills: Mapping[str, Drill]
    accounts: Sequence[Readiness]


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found.

    Args:
        state: How far the line is.
        key: Of the sentence that tells it: `words.FOUND`.
        values: What the sentence names.
    """

    state: State
    key: str
    values: Mapping[str, str] = field(default_factory=dict)


def done(key: str, **values: str) -> Found:
    """Return that a line is done."""
    return Found(State.DONE, key, values)


def missing(key: str, **values: str) -> Found:
    """Return that a line is not done."""
    return Found(State.MISSING, key, values)


def unknown(key: str, **values: str) -> Found:
    """Return that nobody can tell whether a line is done."""
    return Found(State.UNKNOWN, key, values)


def moment(at: datetime) -> str:
    """Write a moment for people."""
    return f"{dateformat.format(at, 'j M Y, H:i')} UTC"
