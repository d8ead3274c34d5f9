"""Setup attempts whose payer has to act at the processor: asked, back again, no longer asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from core.database.transactions import require_transaction
from operations.unit_of_work import UnitOfWork
from payments import pages
from payments.charges.services.actions import deadlines, kept_actions
from payments.charges.services.actions.kept_actions import Attempt
from payments.models import PayerAction, SetupAttempt, SetupIntent
from payments.models.setups import NO_CURRENCY
from payments.setups.services import setup_events
from payments.states import SetupAttemptStatus, SetupStatus
from processors.protocols.base import FollowUp, Outcome, OutcomeStatus

_SOONEST: Final = timedelta(seconds=3)
_LATEST: Final = timedelta(hours=1)
EXPIRED: Final = {
    "code": "setup_intent_setup_attempt_expired",
    "message": "The payer did not finish what the bank asked for in time. Provide a payment method "
    "to try again.",
    "type": "invalid_request_error",
}


def is_open(attempt: SetupAttempt, intent: SetupIntent) -> bool:
    """Tell whether an attempt waits for its rail, or at the rail for its payer."""
    waits = pages.attempt_of(intent.next_action) == attempt.id
    return waits or attempt.status == SetupAttemptStatus.PROCESSING


def has_action(attempt: SetupAttempt, outcome: Outcome) -> bool:
    """Tell whether the rail said what the payer has to do: that is an answer."""
    return outcome.status is OutcomeStatus.ACTION_REQUIRED and (
        outcome.next_action is not None or kept_actions.exists(attempt.id)
    )


def is_abandoned(attempt: SetupAttempt, outcome: Outcome, *, at: datetime) -> bool:
    """Tell whether the rail still waits for a payer who has been gone for too long.

    No money moves: nothing need be withdrawn, and what the payer does there later is left behind.
    """
    return (
        attempt.status == SetupAttemptStatus.REQUIRES_ACTION
        and has_action(attempt, outcome)
        and deadlines.is_over(attempt.created_at, at=at)
    )


def await_payer(
    work: UnitOfWork, intent: SetupIntent, attempt: SetupAttempt, outcome: Outcome
) -> None:
    """Let an intent wait for the payer; a repeated outcome only moves the next poll."""
    require_transaction()
    named = Attempt(attempt.id, intent.id, attempt.tenant)
    is_news = kept_actions.keep(
        work, named, outcome.next_action, next_poll_at=_next_poll_at(attempt, at=work.at)
    )
    if attempt.status == SetupAttemptStatus.PROCESSING:
        work.change(
            attempt,
            status=SetupAttemptStatus.REQUIRES_ACTION,
            processor_reference=outcome.reference or attempt.processor_reference,
        )
        work.change(
            intent,
            status=SetupStatus.REQUIRES_ACTION,
            processing_since=None,
            next_action=pages.at_processor(attempt.id, intent.return_url),
        )
    if is_news:
        setup_events.emit("setup_intent.requires_action", intent, work)


def wait(attempt: SetupAttempt, *, at: datetime) -> None:
    """Poll a rail later that gave no answer about an attempt that waits for its payer."""
    PayerAction.objects.filter(attempt_id=attempt.id, next_poll_at__isnull=False).update(
        next_poll_at=_next_poll_at(attempt, at=at)
    )


def resume(
    work: UnitOfWork,
    intent: SetupIntent,
    attempt: SetupAttempt,
    row: PayerAction,
    returned: Mapping[str, str],
) -> None:
    """Let an intent process on while the rail is asked what the payer did.

    Args:
        work: The unit of work, which ends before the rail is asked.
        intent: The intent, locked, which waits for the payer.
        attempt: Its attempt.
        row: What the payer had to do.
        returned: What the browser brought back.
    """
    kept_actions.note_return(work, row, returned)
    process_on(work, intent, attempt)


def process_on(work: UnitOfWork, intent: SetupIntent, attempt: SetupAttempt) -> None:
    """Let an intent process on that waited for the payer; nothing if it does so already."""
    if attempt.status == SetupAttemptStatus.PROCESSING:
        return
    work.change(attempt, status=SetupAttemptStatus.PROCESSING)
    work.change(intent, status=SetupStatus.PROCESSING, processing_since=work.at, next_action=None)


def due(*, at: datetime) -> list[str]:
    """Return the attempts that wait for their payers and whose rails are due to be polled."""
    rows = PayerAction.objects.filter(next_poll_at__lte=at).order_by("next_poll_at")
    return list(rows.values_list("attempt_id", flat=True)[:100])


def ask_completed(attempt: SetupAttempt) -> Outcome | None:
    """Ask the rail of an attempt whose payer is back; None if not, or it need not be told."""
    request = FollowUp(
        key=attempt.id,
        charge_key=attempt.id,
        amount=0,
        currency=NO_CURRENCY,
        instrument=attempt.payment_method.instrument,
        charge_reference=attempt.processor_reference,
    )
    return kept_actions.ask_completed(attempt.processor, request)


def _next_poll_at(attempt: SetupAttempt, *, at: datetime) -> datetime:
    return at + min(_LATEST, max(_SOONEST, (at - attempt.created_at) / 4))
