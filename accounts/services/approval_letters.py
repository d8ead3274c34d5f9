"""Letters to those who may approve what somebody asks for."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from accounts.approvals import people
from accounts.models import ApprovalRequest, Letter
from accounts.services import letters
from accounts.states import ApprovalState
from core.database.transactions import atomic

# Of an older request everybody was told.
_NEW: Final = timedelta(hours=1)
_MOST: Final = 100


def write_due(*, at: datetime) -> int:
    """Write to those who may decide on new requests, once of each.

    Returns:
        Of how many requests.
    """
    rows = ApprovalRequest.objects.filter(
        state=ApprovalState.WAITING, created_at__gte=at - _NEW, expires_at__gt=at
    )
    found = {_occurrence(row): row for row in rows.order_by("id")[:_MOST]}
    told = Letter.objects.filter(occurrence__in=found).values_list("occurrence", flat=True)
    for occurrence in told.distinct():
        del found[occurrence]
    for row in found.values():
        _write(row, at)
    return len(found)


def _write(row: ApprovalRequest, at: datetime) -> None:
    page = settings.PUBLIC_URL + reverse("admin:accounts_approval", args=[row.id])
    mode = {True: "live mode", False: "test mode", None: ""}[row.livemode]
    body = (
        f"{row.requested_by_email} asks for somebody else's approval"
        f"{f' in {mode}' if mode else ''}:\n\n"
        f"{row.summary}\n\nWhy: {row.reason}\n\n"
        f"Look at it, and approve or reject it, until {row.expires_at:%-d %B %Y, %H:%M} UTC:\n\n"
        f"{page}\n"
    )
    with atomic():
        letters.post(
            [user.email for user in people.deciders(row)],
            f"To approve: {row.summary}"[:200],
            body,
            occurrence=_occurrence(row),
            at=at,
            account_id=row.account_id,
        )


def _occurrence(row: ApprovalRequest) -> str:
    return f"Approval {row.id}"
