"""What operators do about payouts that somebody must look at."""

from datetime import datetime

from connect.models import ExternalAccount, Payout
from connect.payouts.services import holds, payouts, sending
from connect.states import PayoutStatus
from core.database.transactions import atomic
from core.errors import missing


def resolve(*, payout_id: str, at: datetime) -> Payout:
    """Take a failed payout off the list: somebody has dealt with it.

    Raises:
        Missing: If it has not failed.
    """
    with atomic():
        payout = payouts.lock(payout_id)
        if payout.status != PayoutStatus.FAILED:
            raise missing("payout", payout_id)
        payout.resolved_at = payout.resolved_at or at
        payout.save(update_fields=["resolved_at"])
    return payout


def lift_hold(*, payout_id: str, operator_id: str, at: datetime) -> ExternalAccount:
    """Release the hold of a payout's destination.

    Raises:
        Missing: If it is not held.
    """
    payout = Payout.objects.filter(id=payout_id, status=PayoutStatus.PENDING).first()
    if payout is None:
        raise missing("payout", payout_id)
    return holds.lift(external_id=payout.destination_id, operator_id=operator_id, at=at)


def ask_now(*, payout_id: str, at: datetime) -> Payout:
    """Ask the bank what became of a payout, without waiting for the time to ask.

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
    return sending.ask_again(attempt, at=at)
