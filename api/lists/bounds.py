"""What one business may ask of the database at once, so that others are answered meanwhile."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import DataError
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL

from core.errors import TooManyRequests
from core.tenant import Tenant

Row = TypeVar("Row", bound=Model)
_Found = TypeVar("_Found")

# Of one account, in both modes together: searches, and counts of whole lists.
PLACES: Final = 2
# Whoever was refused is asked to wait a second: until this is over, this process refuses by itself.
REFUSED_SECONDS: Final = 0.25
_MOST_REMEMBERED: Final = 1_000
# PostgreSQL can't raise an error in plain SQL, but it can't read this as a boolean.
_NONE_FREE: Final = "no_place_free"
# The locks are PostgreSQL's: they hold over all processes, and end with the statement. As a
# question of its own it is asked once, before any row is looked at.
_TAKE: Final = f"""
    (SELECT (CASE
        WHEN pg_try_advisory_xact_lock(hashtext('api.lists.search'), hashtext(%s)) THEN 'true'
        WHEN pg_try_advisory_xact_lock(hashtext('api.lists.search'), hashtext(%s)) THEN 'true'
        ELSE '{_NONE_FREE}' END)::boolean)
"""

# Account → until when this process refuses, by the clock of `time.monotonic`.
_refused: Final[dict[str, float]] = {}


def check(tenant: Tenant) -> None:
    """Refuse an account that has just been refused, before anything is read for it.

    Raises:
        TooManyRequests: If it was refused a moment ago.
    """
    until = _refused.get(tenant.account_id)
    if until is not None and time.monotonic() < until:
        raise _too_many()


def in_turn(tenant: Tenant, rows: QuerySet[Row], read: Callable[[QuerySet[Row]], _Found]) -> _Found:
    """Read rows by a statement that first takes one of the account's few places.

    Args:
        tenant: Who asks.
        rows: What may be read, of one tenant.
        read: Makes the one statement.

    Raises:
        TooManyRequests: If as many statements of the account are running already.
    """
    check(tenant)
    names = [f"{tenant.account_id}:{number}" for number in range(PLACES)]
    try:
        place = RawSQL(_TAKE, names, output_field=BooleanField())  # noqa: S611  a text of ours
        found = read(rows.filter(place))
    except DataError as error:
        if _NONE_FREE not in str(error):
            raise
        _remember(tenant.account_id)
        raise _too_many() from error
    # A place is free again, wherever it was taken.
    _refused.pop(tenant.account_id, None)
    return found


def _remember(account_id: str) -> None:
    if len(_refused) >= _MOST_REMEMBERED:
        _refused.clear()
    _refused[account_id] = time.monotonic() + REFUSED_SECONDS


def _too_many() -> TooManyRequests:
    return TooManyRequests(
        f"{PLACES} searches or counts of your account are running. Try again when one of them "
        "has ended."
    )
