"""How long the database may work on one statement, by the kind of request that asks for it.

The limit belongs to the connection, and each request says its own in a statement that it needs
anyway: the one that looks its key up. Processes that serve nobody keep the connection's own,
which the settings say.
"""

from contextlib import suppress
from enum import StrEnum
from typing import Final
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import OperationalError, connection


class Work(StrEnum):
    """The kind of work that a request asks of the database."""

    # Whatever a customer of ours likes to look for, among all that there is.
    SEARCH = "search"
    # One object, or a page of a list.
    READ = "read"
    # Money: it waits for locks, which have a shorter limit of their own.
    WRITE = "write"
    # What people look at, and what comes from elsewhere: as the connection's own limit.
    PAGE = "page"


# A term for the columns of a query: it holds for the connection from the next statement on.
TERM: Final = "set_config('statement_timeout', %s, false)"
_OVER_TIME: Final = "57014"

# What the connections of this process were last told.
_told: Final[WeakKeyDictionary[object, str]] = WeakKeyDictionary()


def milliseconds(work: Work) -> int:
    """Return how long a statement may take."""
    limit: int = settings.STATEMENT_MILLISECONDS[work]
    return limit


def value(work: Work) -> str:
    """Return what `TERM` is given."""
    return str(milliseconds(work))


def remember(work: Work) -> None:
    """Remember that a query with `TERM` has set the connection's limit."""
    _told[connection.connection] = value(work)


def begin(work: Work) -> None:
    """Set the time limit of this thread's connection, if it has another."""
    link = connection.connection
    if link is None or _told.get(link, value(work)) == value(work):
        return
    # Should the database be away, whoever asks it next finds that out.
    with suppress(DatabaseFailure), connection.cursor() as cursor:
        cursor.execute(f"SELECT {TERM}", [value(work)])
        _told[link] = value(work)


def is_over(error: BaseException) -> bool:
    """Return whether a statement was ended because it took too long."""
    cause = getattr(error, "__cause__", None)
    return isinstance(error, OperationalError) and getattr(cause, "sqlstate", "") == _OVER_TIME
