"""Interventions of operators in payouts that need attention."""

from datetime import datetime

from connect.models import ExternalAccount, Payout
from connect.payouts.services import destination_holds, payouts
from connect.payouts.services.attempts import sending
from connect.states import PayoutStatus
from core.errors import missing
from operations.unit_of_work import UnitOfWork


def resolve(*, payout_id: str, at: datetime) -> Payout:
    """Mark a failed payout as dealt with.

    Raises:
        Missing: If it has not failed.
    """
    with UnitOfWork(at=at) as work:
        payout = payouts.lock(payout_id)
        if payout.status != PayoutStatus.FAILED:
            raise missing("payout", payout_id)
        work.change(payout, resolved_at=payout.resolved_at or at)
    return payout


def lift_hold(*, payout_id: str, operator_id: str, at: datetime) -> ExternalAccount:
    """Release the hold of a payout's destination.

    Raises:
        Missing: If it is not held.
    """
    payout = Payout.objects.filter(id=payout_id, status=PayoutStatus.PENDING).first()
    if payout is None:
        raise missing("payout", payout_id)
    return destination_holds.lift(external_id=payout.destination_id, operator_id=operator_id, at=at)


def poll_now(*, payout_id: str, at: datetime) -> Payout:
    """Poll the rail about a payout now, without waiting for its time.

    Raises:
        Missing: If nothing is open about it.
    """
    payout = Payout.objects.filter(id=payout_id).first()
    attempt = (
        payout.attempts.filter(next_poll_at__isnull=False)
        .select_related("payout__destination")
        .first()
        if payout
        else None
    )
    if attempt is None:
        raise missing("payout", payout_id)
    return sending.poll(attempt, at=at)
