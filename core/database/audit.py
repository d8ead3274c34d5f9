"""The record of what operators did, written with what they did."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from core.database.transactions import require_transaction


def record(*, user_id: str, row: Model, action: str) -> None:
    """Record an operator's action in the open transaction.

    Args:
        user_id: Who acted.
        row: What it was done to.
        action: In the past tense, such as `Approved`.
    """
    require_transaction()
    LogEntry.objects.create(
        user_id=user_id,
        content_type_id=ContentType.objects.get_for_model(row).pk,
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=CHANGE,
        change_message=action,
    )
