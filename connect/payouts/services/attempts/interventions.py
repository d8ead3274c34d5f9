"""Interventions of operators in payouts that need attention."""

from datetime import datetime

from accounts.audit import trail
from connect.models import ExternalAccount, Payout
from connect.payouts.services import destination_holds, payouts
from connect.payouts.services.attempts import sending
from connect.states import PayoutStatus
from core.database.transactions import atomic
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
        before = payout.resolved_at
        work.change(payout, resolved_at=before or at)
        trail.record(
            "payout.resolved", payout, changes={"resolved_at": (before, payout.resolved_at)}
        )
    return payout


def lift_hold(*, payout_id: str, at: datetime) -> ExternalAccount:
    """Release the hold of a payout's destination.

    Raises:
        Missing: If it is not held.
    """
    payout = Payout.objects.filter(id=payout_id, status=PayoutStatus.PENDING).first()
    if payout is None:
        raise missing("payout", payout_id)
    return destination_holds.lift(external_id=payout.destination_id, at=at)


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
    # Before the rail is asked: nobody waits for it with a transaction open.
    with atomic():
        trail.record("payout.polled", payout)
    return sending.poll(attempt, at=at)
