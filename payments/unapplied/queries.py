"""Queries of what payers paid too late."""

from django.db.models import QuerySet

from payments.models import UnappliedPayment
from payments.states import UnappliedStatus


def undecided() -> QuerySet[UnappliedPayment]:
    """Return the unapplied payments of which nobody has said whose they are, the oldest first."""
    return UnappliedPayment.objects.filter(status=UnappliedStatus.OPEN).order_by("created_at", "id")


def unfinished() -> QuerySet[UnappliedPayment]:
    """Return those that are undecided or on their way back to the payer, the oldest first."""
    waiting = (UnappliedStatus.OPEN, UnappliedStatus.RETURNING)
    return UnappliedPayment.objects.filter(status__in=waiting).order_by("created_at", "id")
