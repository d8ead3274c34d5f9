"""Queries of disputes over all accounts."""

from typing import Final

from django.db.models import QuerySet

from payments.models import Dispute
from payments.states import DisputeStatus

_UNANSWERED: Final = (DisputeStatus.NEEDS_RESPONSE, DisputeStatus.WARNING_NEEDS_RESPONSE)


def unanswered() -> QuerySet[Dispute]:
    """Return the disputes and inquiries that wait for an answer, the first deadline first."""
    return Dispute.objects.filter(status__in=_UNANSWERED).order_by("due_at", "id")
