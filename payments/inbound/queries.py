"""Queries of what no processor has answered for good."""

from django.db.models import QuerySet

from payments.models import UnresolvedRequest


def unresolved() -> QuerySet[UnresolvedRequest]:
    """Return the requests whose outcome is unknown, the oldest first."""
    return UnresolvedRequest.objects.order_by("sent_at", "key")
