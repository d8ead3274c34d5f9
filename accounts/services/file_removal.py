"""Removing the content of files that have expired, or that nothing names."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts import catalog
from accounts.models import File, FileChunk, FileLink
from core.database.transactions import atomic, require_transaction

# Which of these must be kept: (ids of files that have expired, ids of others) → ids.
Use = Callable[[list[str], list[str]], set[str]]
_uses: Final[list[Use]] = []
_BATCH: Final = 100


def register(use: Use) -> None:
    """Register how a room finds the files that it refers to.

    Args:
        use: Given ids of files that have expired and ids of others, returns those that must be
            kept: of expired ones, only what somebody still looks at.
    """
    _uses.append(use)


def remove_due(*, at: datetime) -> int:
    """Delete the content of what has expired, or was named by nothing for too long.

    Args:
        at: The moment.

    Returns:
        How many files there were.
    """
    count, after = 0, ""
    while True:
        with atomic():
            rows = list(_due(at).filter(id__gt=after).order_by("id")[:_BATCH])
            count += _remove(rows, at)
        if len(rows) < _BATCH:
            return count
        after = rows[-1].id


def remove(file_ids: list[str], *, at: datetime) -> None:
    """Delete the content of files, and their names, whatever refers to them.

    Args:
        file_ids: Their ids.
        at: The moment.
    """
    require_transaction()
    rows = File.objects.select_for_update(of=("self",)).filter(id__in=file_ids, removed_at=None)
    _empty(list(rows), at)


def _due(at: datetime) -> QuerySet[File]:
    for_naming = [name for name, purpose in catalog.PURPOSES.items() if purpose.is_for_naming]
    unused_since = at - timedelta(days=settings.UNUSED_FILES_DAYS)
    due = Q(expires_at__lte=at) | Q(purpose__in=for_naming, created_at__lte=unused_since)
    # Locked whole, as `lock_rows` does not: a link that is made meanwhile refers to its file.
    return File.objects.select_for_update(of=("self",), skip_locked=True).filter(
        due, removed_at=None
    )


def _remove(rows: list[File], at: datetime) -> int:
    require_transaction()
    expired = [row.id for row in rows if row.expires_at and row.expires_at <= at]
    others = [row.id for row in rows if row.id not in set(expired)]
    linked = FileLink.objects.filter(file_id__in=others, expires_at__gt=at)
    kept = set(linked.values_list("file_id", flat=True))
    for use in _uses:
        kept |= use(expired, others)
    return _empty([row for row in rows if row.id not in kept], at)


def _empty(removed: list[File], at: datetime) -> int:
    FileChunk.objects.filter(file__in=removed).delete()
    for row in removed:
        # The name that somebody gave it may be that of a person.
        row.filename, row.removed_at = f"file.{row.type}", at
        row.expires_at = min(row.expires_at or at, at)
    File.objects.bulk_update(removed, ["filename", "removed_at", "expires_at"])
    return len(removed)
