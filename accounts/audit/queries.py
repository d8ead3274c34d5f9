"""What is asked of the audit trail."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import AuditEvent


def find(
    *,
    who: str = "",
    action: str = "",
    target_id: str = "",
    account_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEvent]:
    """Return events, the newest first; what is empty is not asked for.

    Args:
        who: An e-mail address, or the id of a person.
        action: A key of `actions.ACTIONS`.
        target_id: The id of what was changed.
        account_id: Whose it was.
        since: From this moment on.
        until: Before this moment.
    """
    rows = AuditEvent.objects.order_by("-id")
    if who:
        rows = rows.filter(Q(actor_email=who.lower()) | Q(actor_id=who))
    wanted = {
        "action": action,
        "target_id": target_id,
        "account_id": account_id,
        "created_at__gte": since,
        "created_at__lt": until,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value})
