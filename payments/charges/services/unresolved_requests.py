"""Unresolved requests: why, since when, and when their rail is polled next."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from core.database.transactions import require_transaction
from core.tenant import Tenant
from operations import polling
from payments.models import (
    Charge,
    Refund,
    SetupIntent,
    UnappliedPayment,
    UnresolvedRequest,
)
from processors.protocols.base import Inquiry, Outcome

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RailRequest:
    """A request to a rail, with what polling it needs.

    Args:
        inquiry: How the rail is asked what became of it.
        object_id: The charge, refund or setup attempt.
        tenant: The owner.
        processor: The rail's name.
        amount: Minor units.
        currency: Of that amount.
        sent_at: The moment it was sent first.
    """

    inquiry: Inquiry
    object_id: str
    tenant: Tenant
    processor: str
    amount: int
    currency: str
    sent_at: datetime


def note(request: RailRequest, outcome: Outcome, *, at: datetime) -> bool:
    """Store, or store again, that a request is unresolved.

    Args:
        request: The request, with its object locked.
        outcome: Pending, waiting for the payer, or unknown.
        at: The moment of the last poll.

    Returns:
        True if it was not written down before.
    """
    require_transaction()
    key = request.inquiry.key
    found = UnresolvedRequest.objects.filter(key=key).first()
    row = found or UnresolvedRequest(
        key=key,
        account_id=request.tenant.account_id,
        livemode=request.tenant.livemode,
        action=request.inquiry.action.value,
        object_id=request.object_id,
        processor=request.processor,
        amount=request.amount,
        currency=request.currency,
        sent_at=request.sent_at,
    )
    row.reason = outcome.reason or outcome.status.value
    row.message = outcome.message
    row.polled_at = at
    row.next_poll_at = polling.next_at(row.tries, at=at)
    row.tries += 1
    row.save()
    return found is None


def waiting_ids(at: datetime) -> QuerySet[UnresolvedRequest, str]:
    """Return the ids of objects whose rail is not due to be polled."""
    return UnresolvedRequest.objects.filter(next_poll_at__gt=at).values_list("object_id", flat=True)


def close(object_id: str) -> None:
    """Delete the unresolved requests of an object that has had its last word."""
    require_transaction()
    UnresolvedRequest.objects.filter(object_id=object_id).delete()


def close_answered() -> int:
    """Delete the unresolved requests that have been answered.

    It is not a part of recording an answer, so that no payment pays for it.

    Returns:
        How many.
    """
    questions = UnresolvedRequest.objects
    open_charges = Charge.objects.exclude(open_request=None)
    count = 0
    for rows, still in (
        (
            questions.filter(action__in=("charge", "capture", "void", "cancel")),
            open_charges.values("id"),
        ),
        (
            questions.filter(action="refund"),
            Refund.objects.exclude(pending_since=None)
            .values("id")
            .union(UnappliedPayment.objects.exclude(pending_since=None).values("id"), all=True),
        ),
        (
            questions.filter(action="verify"),
            SetupIntent.objects.exclude(processing_since=None).values("latest_attempt_id"),
        ),
    ):
        count += rows.exclude(object_id__in=still).delete()[0]
    return count
