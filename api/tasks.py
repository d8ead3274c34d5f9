from datetime import datetime, timedelta
from typing import Final

from celery import shared_task
from django.db import connection
from django.utils import timezone

_KEEP_KEYS: Final = timedelta(hours=25)
_KEEP_REQUESTS: Final = timedelta(days=30)
# Small enough that no statement runs into its time limit.
_BATCH: Final = 5_000


@shared_task(name="api.prune")
def prune(**_: object) -> None:
    """Forget idempotency keys after a day and requests after a month."""
    now = timezone.now()
    _prune("api_idempotencykey", now - _KEEP_KEYS)
    _prune("api_requestlog", now - _KEEP_REQUESTS)


def _prune(table: str, before: datetime) -> None:
    sql = (
        f"DELETE FROM {table} WHERE id IN "  # noqa: S608  one of the two names above
        f"(SELECT id FROM {table} WHERE created_at < %s LIMIT {_BATCH})"
    )
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql, (before,))
            if cursor.rowcount < _BATCH:
                return
