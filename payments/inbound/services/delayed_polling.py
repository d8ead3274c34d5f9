"""Poll processors for charges that they accepted and have not finished."""

import logging
from datetime import datetime

from operations import polling
from payments import pages
from payments.charges.services import charges, delayed_outcomes
from payments.charges.services.actions import deadlines
from payments.intents.services import withdrawals
from payments.models import Charge
from payments.states import ChargeStatus
from payments.unapplied.services import late_payments
from processors import gateway
from processors.protocols.base import Action, Inquiry, Outcome, OutcomeStatus

logger = logging.getLogger(__name__)


def poll_due(*, at: datetime) -> int:
    """Poll the rails for every charge that is due.

    Args:
        at: The moment, in UTC.

    Returns:
        How many charges have their last word now.
    """
    due = Charge.objects.filter(next_poll_at__lte=at).order_by("next_poll_at")

    def ask(charge: Charge) -> bool:
        if charge.status == ChargeStatus.FAILED:
            return _ask_late(charge, at=at)
        inquiry = Inquiry(Action.CHARGE, charge.id, charge.id, charge.processor_reference)
        try:
            outcome = gateway.find(charge.processor, inquiry)
            if _is_abandoned(charge, outcome, at=at):
                return withdrawals.expire(charge, at=at)
            if outcome is None and not _is_payers_turn(charge):
                logger.error("%s was taken on, and is now unknown to its processor.", charge.id)
            if outcome is None or outcome.status is OutcomeStatus.UNKNOWN:
                _wait(charge, at=at)
                return False
            settled = charges.settle(charge.id, outcome, at=at)
            return settled.next_poll_at is None or settled.status == ChargeStatus.FAILED
        except Exception:
            _wait(charge, at=at)
            raise

    return polling.each(due[:100], ask, failure=polling.NOT_SETTLED)


def _ask_late(charge: Charge, *, at: datetime) -> bool:
    """Ask whether what was to be paid by a code, or at the processor, came after its end."""
    try:
        return late_payments.look(charge, at=at) is not None
    except Exception:
        rows = Charge.objects.filter(id=charge.id, next_poll_at__isnull=False)
        rows.update(next_poll_at=deadlines.next_late_poll_at(charge, at=at))
        raise


def _is_abandoned(charge: Charge, outcome: Outcome | None, *, at: datetime) -> bool:
    """Tell whether a payer is still to act at the processor, and has been for too long.

    A rail that cannot be asked has been told of no end. Without an answer nothing is decided.
    """
    is_open = outcome is None or outcome.status is OutcomeStatus.ACTION_REQUIRED
    return is_open and deadlines.is_over(charge.created_at, at=at) and _is_payers_turn(charge)


def _is_payers_turn(charge: Charge) -> bool:
    """Tell whether a payer is to act at the processor, which some rails cannot be asked about."""
    return pages.attempt_of(charge.payment_intent.next_action) == charge.id


def _wait(charge: Charge, *, at: datetime) -> None:
    Charge.objects.filter(id=charge.id, next_poll_at__isnull=False).update(
        next_poll_at=delayed_outcomes.next_poll_at(charge, at=at)
    )
