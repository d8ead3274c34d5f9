"""Taking up what was approved and cut off: looked at first, run again only if it was not done."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from accounts.approvals import registry, running
from accounts.approvals.registry import ApprovalAction
from accounts.models import ApprovalRequest
from accounts.states import ApprovalState
from core.database.locking import lock_rows
from core.database.transactions import atomic

logger = logging.getLogger(__name__)

# Longer than a request or a task may take.
RECOVERED_AFTER: Final = timedelta(minutes=5)
_MOST_RUNS: Final = 3
_MOST_AT_ONCE: Final = 50


def cut_off(*, at: datetime) -> QuerySet[ApprovalRequest]:
    """Return the requests that were approved, and of which nobody knows what became."""
    began = Q(tried_at=None) | Q(tried_at__lte=at - RECOVERED_AFTER)
    return ApprovalRequest.objects.filter(began, state=ApprovalState.APPROVED)


def unknown(*, at: datetime) -> QuerySet[ApprovalRequest]:
    """Return the requests of which `is_unknown` says so."""
    of_none = ~Q(message="") | Q(tried_at=None) | Q(tried_at__lte=at - RECOVERED_AFTER)
    return ApprovalRequest.objects.filter(of_none, state=ApprovalState.APPROVED)


def is_unknown(row: ApprovalRequest, *, at: datetime) -> bool:
    """Tell whether somebody has to look whether a request was done: no run of it is going on."""
    if row.state != ApprovalState.APPROVED:
        return False
    return bool(row.message) or row.tried_at is None or row.tried_at <= at - RECOVERED_AFTER


def recover_due(*, at: datetime) -> int:
    """Take up what was approved and cut off.

    Returns:
        How many have ended now.
    """
    ended = 0
    for id in list(cut_off(at=at).order_by("id").values_list("id", flat=True)[:_MOST_AT_ONCE]):
        try:
            ended += _recover(id, at)
        except Exception:
            logger.exception("%s could not be taken up; it stays as it is.", id)
    return ended


def _recover(request_id: str, at: datetime) -> bool:
    with atomic():
        row = lock_rows(cut_off(at=at), skip_locked=True).filter(id=request_id).first()
        if row is None:
            # Somebody else has.
            return False
        # While it has no message, nobody says of it what became of it.
        row.tried_at, row.message = at, ""
        row.save(update_fields=["tried_at", "message"])
    action = registry.find(row.action)
    return _go_on(row, action, at).state != ApprovalState.APPROVED


def _go_on(row: ApprovalRequest, action: ApprovalAction, at: datetime) -> ApprovalRequest:
    is_done = running.is_done(row, action)
    if is_done:
        return running.finish(row, ApprovalState.EXECUTED, running.DONE_BEFORE, at=at)
    if is_done is None or row.run_count >= _MOST_RUNS:
        return running.leave_unknown(row)
    if problem := running.problem_of(row, action):
        return running.finish(row, ApprovalState.FAILED, problem, at=at)
    row.run_count += 1
    row.save(update_fields=["run_count"])
    return running.carry_out(row, action, at=at, is_again=True)
