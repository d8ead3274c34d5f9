"""Poll a rail because an operator asks for it."""

from datetime import datetime

from accounts.audit import trail
from core.database.transactions import atomic
from core.errors import missing
from payments.charges.services import charges, unresolved_requests
from payments.models import (
    Charge,
    Refund,
    SetupAttempt,
    UnappliedPayment,
    UnresolvedRequest,
)
from payments.refunds.services import refunds
from payments.setups.services import setup_attempts
from payments.unapplied.services import returns
from processors.protocols.base import Action


def ask_now(*, key: str, at: datetime) -> UnresolvedRequest | None:
    """Poll a rail for an unresolved request now.

    Args:
        key: The request's own key.
        at: The moment.

    Returns:
        The question as it is now; None if it has been answered.

    Raises:
        Missing: If there is no such question.
    """
    row = UnresolvedRequest.objects.filter(key=key).first()
    if row is None:
        raise missing("open question", key)
    # Before the rail is asked: nobody waits for it with a transaction open.
    with atomic():
        trail.record(
            "unresolved_request.polled",
            target=(row.action, row.object_id),
            livemode=row.livemode,
        )
    late = UnappliedPayment.objects.select_related("charge__payment_method")
    if payment := late.filter(id=row.object_id).first():
        returns.poll(payment, at=at)
    elif row.action == Action.REFUND:
        refund = Refund.objects.select_related("charge__payment_method").get(id=row.object_id)
        refunds.poll(refund, at=at)
    elif row.action == Action.VERIFY:
        attempt = SetupAttempt.objects.select_related("payment_method", "setup_intent")
        setup_attempts.poll(attempt.get(id=row.object_id), at=at)
    else:
        charge = Charge.objects.select_related("payment_intent", "payment_method")
        charges.poll(charge.get(id=row.object_id), at=at)
    unresolved_requests.close_answered()
    return UnresolvedRequest.objects.filter(key=key).first()
