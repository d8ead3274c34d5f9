"""Which programs work, as each writes down from time to time itself.

What stands still writes nothing, whether it hangs, was stopped or has lost the database. Whoever
ends and is replaced on the same machine is forgotten.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from socket import gethostname
from typing import Final

from django.db import connection

from api.models import Heartbeat

# How often a program writes, and after how long without it stands still.
EVERY_SECONDS: Final = 10.0
STILL_SECONDS: Final = 60.0
_FORGOTTEN_DAYS: Final = 1

_NOTE: Final = """
    INSERT INTO api_heartbeat (id, program, host, process, started_at, seen_at)
    VALUES (%(id)s, %(program)s, %(host)s, %(process)s, clock_timestamp(), clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
"""
_AGES: Final = """
    SELECT program, host, process,
        greatest(0, extract(epoch FROM clock_timestamp() - seen_at))::float8
    FROM api_heartbeat ORDER BY program, host, process
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A program, as it was seen last.

    Args:
        program: Such as `relay`, or `worker payments`.
        host: The machine.
        process: The process there.
        seconds: Since it was seen, by the database's clock.
    """

    program: str
    host: str
    process: int
    seconds: float

    @property
    def is_still(self) -> bool:
        """Tell whether it should have been seen since."""
        return self.seconds > STILL_SECONDS


def begin(program: str) -> None:
    """Write that this process works as a program, and forget those that it takes the place of."""
    host = gethostname()
    rows = Heartbeat.objects.filter(program=program, host=host)
    gone = [pid for pid in rows.values_list("process", flat=True) if not _lives(pid)]
    rows.filter(process__in=gone).delete()
    old = "seen_at < clock_timestamp() - make_interval(days => %s)"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM api_heartbeat WHERE {old}", [_FORGOTTEN_DAYS])  # noqa: S608
    note(program)


def note(program: str) -> None:
    """Write that this process works as a program."""
    host, process = gethostname(), os.getpid()
    values: dict[str, str | int] = {
        "id": f"{program}@{host}.{process}"[:255],
        "program": program,
        "host": host[:120],
        "process": process,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)


def all_seen() -> list[Seen]:
    """Return every program that was seen within a day."""
    with connection.cursor() as cursor:
        cursor.execute(_AGES)
        return [Seen(*row) for row in cursor.fetchall()]


def standing_still(seen: Iterable[Seen], needed: Iterable[str]) -> list[str]:
    """Return what is wrong with programs, a sentence for each.

    Args:
        seen: As they were seen last.
        needed: Programs of which at least one must work.
    """
    all_of_them = list(seen)
    works = {one.program for one in all_of_them if not one.is_still}
    wrong = [
        f"{one.program} on {one.host} (process {one.process}) was last seen {one.seconds:.0f} s ago"
        for one in all_of_them
        if one.is_still
    ]
    named = {one.program for one in all_of_them}
    return wrong + [
        f"{program} was never seen" for program in needed if program not in works | named
    ]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
