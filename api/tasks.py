from celery import shared_task
from django.conf import settings

from core.database import partitions


@shared_task(name="api.prune")
def prune(**_: object) -> None:
    """Make the next partitions of what is only looked at, and drop the old ones."""
    for table, age in settings.KEPT_FOR.items():
        partitions.keep(table, age)
