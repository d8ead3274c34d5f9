from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from api.models import IdempotencyKey, RequestLog

_KEEP_KEYS = timedelta(hours=25)
_KEEP_REQUESTS = timedelta(days=30)


@shared_task(name="api.prune")
def prune(**_: Any) -> None:
    """Forget idempotency keys after a day and requests after a month."""
    now = timezone.now()
    IdempotencyKey.objects.filter(created_at__lt=now - _KEEP_KEYS).delete()
    RequestLog.objects.filter(created_at__lt=now - _KEEP_REQUESTS).delete()
