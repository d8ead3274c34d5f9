"""What each key was used for, by day: counted in memory, and written behind the requests' backs."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Max, Min, Sum

from accounts.models import ApiKey, KeyUse
from api.access import usage

# A year, and a month to look at it.
_KEPT: Final = timedelta(days=400)
# How far back a report looks: what is done once a quarter is in it.
REPORTED: Final = timedelta(days=100)
_COUNTED: Final = timedelta(days=30)
_WRITE: Final = """
    INSERT INTO accounts_keyuse AS kept (account_id, livemode, key_id, day, permission, level,
        requests, first_at, last_at)
    SELECT account_id, livemode, key_id, (at AT TIME ZONE 'UTC')::date, permission, level,
        sum(requests), min(at), max(at)
    FROM unnest(%s::text[], %s::bool[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
        %s::bigint[]) AS used (account_id, livemode, key_id, permission, level, at, requests)
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 3, 4, 5, 6
    ON CONFLICT (account_id, key_id, day, permission, level) DO UPDATE
    SET requests = kept.requests + excluded.requests,
        last_at = greatest(kept.last_at, excluded.last_at)
"""


@dataclass(frozen=True, slots=True)
class PermissionUse:
    """What a key did with a permission.

    Args:
        permission: Its name.
        level: `"write"` if it changed anything, else `"read"`.
        requests: How often.
        since: The first time within what is reported.
        last_at: The last time, to the minute.
    """

    permission: str
    level: str
    requests: int
    since: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a key, and its whole account in that mode, asked in 30 days.

    Args:
        requests: That were let in, with the key.
        refused: That limits refused, with the key.
        account_requests: As `requests`, with all keys of the account.
        account_refused: As `refused`, with all keys of the account.
    """

    requests: int
    refused: int
    account_requests: int
    account_refused: int


def write() -> int:
    """Write what was counted in this process, and tell how many uses that was."""
    counted = usage.drain()
    if not counted:
        return 0
    rows = [
        (use.account_id, use.livemode, use.key_id, use.permission, use.level, use.at, count)
        for use, count in counted
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])
    return len(rows)


def report(key: ApiKey, *, at: datetime) -> list[PermissionUse]:
    """Return which permissions a key used in the last 100 days, by name."""
    rows = (
        KeyUse.objects.filter(
            account_id=key.account_id, key_id=key.id, day__gt=(at - REPORTED).date()
        )
        .exclude(permission="")
        .values_list("permission")
        .annotate(Max("level"), Sum("requests"), Min("first_at"), Max("last_at"))
        .order_by("permission")
    )
    # "write" comes after "read" in the alphabet.
    return [PermissionUse(*row) for row in rows]


def count(key: ApiKey, *, at: datetime) -> Counts:
    """Return how much a key and its account asked in the last 30 days."""
    rows = (
        KeyUse.objects.filter(
            account_id=key.account_id,
            livemode=key.livemode,
            day__gt=(at - _COUNTED).date(),
            permission="",
        )
        .values_list("key_id", "level")
        .annotate(Sum("requests"))
        .order_by()
    )
    found: Counter[tuple[bool, bool]] = Counter()
    for key_id, level, requests in rows:
        found[key_id == key.id, level == usage.REFUSED] += requests
    own, refused = found[True, False], found[True, True]
    return Counts(own, refused, own + found[False, False], refused + found[False, True])


def prune(*, at: datetime) -> int:
    """Delete counts that are older than 400 days, and tell how many."""
    return KeyUse.objects.filter(day__lt=(at - _KEPT).date()).delete()[0]
