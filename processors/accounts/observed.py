"""What is seen of accounts at processors: kept in memory, and written behind the requests' backs.

A payment waits for none of it. Refused credentials alone are written at once: see `refusals`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.db.models.functions import Coalesce

from core.security.card_numbers import mask
from processors.models import ProcessorAccount

# An account that does as before is written again after so long.
_AGAIN: Final = timedelta(minutes=1)
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of an account last.

    Args:
        at: When.
        failure: Why there was no answer; empty if there was one.
    """

    at: datetime
    failure: str = ""


_written: Final[dict[str, Seen]] = {}
_waiting: Final[dict[str, Seen]] = {}
_wake: Callable[[], None] = lambda: None  # noqa: E731  nobody writes before the room is loaded


def wake_by(wake: Callable[[], None]) -> None:
    """Have a function called whenever there is something to write."""
    global _wake
    _wake = wake


def note(name: str, *, at: datetime, failure: str = "") -> None:
    """Note that an account has answered, or that it failed and how."""
    before = _written.get(name)
    if before is None or bool(before.failure) != bool(failure) or at - before.at >= _AGAIN:
        _written[name] = _waiting[name] = Seen(at, mask(failure)[:_LONGEST])
        _wake()


def write() -> int:
    """Write what waits; return how many accounts that were."""
    names = list(_waiting)
    for name in names:
        seen = _waiting.pop(name)
        rows = ProcessorAccount.objects.filter(name=name)
        if seen.failure:
            rows.update(
                last_failure_at=seen.at,
                last_failure=seen.failure,
                failing_since=Coalesce(F("failing_since"), seen.at),
            )
        else:
            rows.update(last_answer_at=seen.at, failing_since=None)
    return len(names)
