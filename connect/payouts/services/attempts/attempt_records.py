"""What is written down of an attempt, and when its rail is polled next."""

from datetime import timedelta
from typing import Final

from connect.models import PayoutAttempt
from connect.states import AttemptStatus
from operations import polling
from operations.unit_of_work import UnitOfWork
from processors.protocols.base import (
    Outcome,
    OutcomeStatus,
)

# How long to wait before the rail is asked the first, second, ... time; the last one for ever.
WAITS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (3, 5, 15, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400)
)


def record_pending(work: UnitOfWork, attempt: PayoutAttempt, outcome: Outcome) -> None:
    """Write down that an attempt has no last word."""
    is_unknown = outcome.status is OutcomeStatus.UNKNOWN
    work.change(
        attempt,
        status=AttemptStatus.UNKNOWN if is_unknown else AttemptStatus.ACCEPTED,
        reference=outcome.reference or attempt.reference,
        reason=(outcome.reason or "") if is_unknown else "",
        message=outcome.message,
        tries=attempt.tries + 1,
        next_poll_at=polling.next_at(attempt.tries, at=work.at, waits=WAITS),
    )


def record_final(
    work: UnitOfWork, attempt: PayoutAttempt, status: AttemptStatus, outcome: Outcome
) -> None:
    """Write down the last word about an attempt, and that it is polled again if it may change."""
    is_paid = outcome.status is OutcomeStatus.SUCCEEDED
    tries, next_poll_at = attempt.tries, None
    if not outcome.is_final:
        next_poll_at = polling.next_at(tries, at=work.at, waits=WAITS)
        tries += 1
    if outcome.settled_amount is not None and is_paid:
        # What came back meanwhile is written down next, even if we end before that.
        next_poll_at = work.at
    work.change(
        attempt,
        status=status,
        reference=outcome.reference or attempt.reference,
        reason="",
        message=outcome.decline.message if outcome.decline and not is_paid else "",
        tries=tries,
        next_poll_at=next_poll_at,
    )
