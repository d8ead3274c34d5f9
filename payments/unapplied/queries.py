"""Queries of what payers paid too late."""

from django.db.models import QuerySet

from core.database.lookups import one
from core.tenant import Tenant
from payments.models import UnappliedPayment
from payments.states import UnappliedStatus


def unapplied_payments(tenant: Tenant) -> QuerySet[UnappliedPayment]:
    """Return what came too late for a merchant's charges, with those."""
    return UnappliedPayment.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode
    ).select_related("charge")


def unapplied_payment(tenant: Tenant, unapplied_id: str) -> UnappliedPayment:
    """Return one of them.

    Raises:
        Missing: If there is none.
    """
    return one(unapplied_payments(tenant), unapplied_id, kind="unapplied_payment")


def undecided() -> QuerySet[UnappliedPayment]:
    """Return the unapplied payments of which nobody has said whose they are, the oldest first."""
    return UnappliedPayment.objects.filter(status=UnappliedStatus.OPEN).order_by("created_at", "id")


def unfinished() -> QuerySet[UnappliedPayment]:
    """Return those that are undecided or on their way back to the payer, the oldest first."""
    waiting = (UnappliedStatus.OPEN, UnappliedStatus.RETURNING)
    return UnappliedPayment.objects.filter(status__in=waiting).order_by("created_at", "id")
