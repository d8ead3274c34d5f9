from datetime import datetime, timedelta
from typing import Final

from celery import shared_task
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.database import partitions

_KEEP_KEYS: Final = timedelta(hours=25)
# Small enough that no statement runs into its time limit.
_BATCH: Final = 5_000


@shared_task(name="api.prune")
def prune(**_: object) -> None:
    """Forget idempotency keys after a day; make the next partitions and drop the old ones."""
    _prune("api_idempotencykey", timezone.now() - _KEEP_KEYS)
    for table, age in settings.KEPT_FOR.items():
        partitions.keep(table, age)


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
