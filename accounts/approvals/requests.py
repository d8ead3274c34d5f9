"""Deciding on what somebody asks for, and carrying it out, once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from accounts.approvals import people, records, recovery, registry, running
from accounts.audit import reasons
from accounts.models import ApprovalRequest, User
from accounts.states import ApprovalState
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.security import actor


def approve(*, request_id: str, by: User, reason: str = "", at: datetime) -> ApprovalRequest:
    """Approve a request of somebody else, and carry it out; at most once, whoever else approves.

    Returns:
        The request, which was executed or has failed; then its message says why. It is still
        approved if nobody knows.

    Raises:
        Missing: If there is no such request.
        Forbidden: If the person may not do what it asks for.
        InvalidRequest: If it waits no more, is the person's own, or the reason is too long.
    """
    reason = reasons.check(reason)
    expire_due(at=at)
    with atomic():
        row = _lock_waiting(request_id)
        people.check_approver(by, row)
        action = registry.find(row.action)
        problem = running.problem_of(row, action)
        if not problem:
            row.tried_at, row.run_count = at, 1
        _decide(row, ApprovalState.FAILED if problem else ApprovalState.APPROVED, by, reason, at)
        if problem:
            row.message, row.ended_at = problem, at
            row.save(update_fields=["message", "ended_at"])
    return row if problem else running.carry_out(row, action, at=at)


def reject(*, request_id: str, by: User, reason: str, at: datetime) -> ApprovalRequest:
    """Reject a request of somebody else, or withdraw one's own.

    Raises:
        Missing: If there is no such request.
        Forbidden: If the person may not do what somebody else asks for.
        InvalidRequest: If it waits no more, or a reason is missing or too long.
    """
    reason = reasons.check(reason)
    if not reason:
        raise InvalidRequest(gettext("Say why: whoever asked will read it."), param="reason")
    expire_due(at=at)
    with atomic():
        row = _lock_waiting(request_id)
        if row.requested_by_id == by.pk:
            _decide(row, ApprovalState.WITHDRAWN, by, reason, at)
        else:
            people.check_approver(by, row)
            _decide(row, ApprovalState.REJECTED, by, reason, at)
    return row


def settle(
    *, request_id: str, by: User, was_done: bool, reason: str, at: datetime
) -> ApprovalRequest:
    """Say of an approved request that broke off whether it was done, after somebody has looked.

    Raises:
        Missing: If there is no such request.
        Forbidden: If the person may not do what it asks for.
        InvalidRequest: If it is not of those, is the person's own, or a reason is missing or too
            long.
    """
    reason = reasons.check(reason)
    if not reason:
        raise InvalidRequest(gettext("Say what you have seen: it is kept."), param="reason")
    with atomic():
        row = lock_one(ApprovalRequest.objects.all(), request_id, kind="approval_request")
        if not recovery.is_unknown(row, at=at):
            raise InvalidRequest(gettext("It is not one of which nobody knows what became."))
        people.check_approver(by, row)
        records.move(row, ApprovalState.EXECUTED if was_done else ApprovalState.FAILED)
        row.message, row.ended_at = reason, at
        row.save(update_fields=["state", "message", "ended_at"])
        with actor.carrying_out(row.id, row.message):
            records.record(row, f"approval.{row.state}", by=by, reason=row.message)
    return row


def expire_due(*, at: datetime) -> int:
    """End the requests that nobody has decided on in time, and return their number."""
    due = ApprovalRequest.objects.filter(state=ApprovalState.WAITING, expires_at__lte=at)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(no_key=True, skip_locked=True))
        for row in rows:
            records.move(row, ApprovalState.EXPIRED)
            row.ended_at = at
            row.save(update_fields=["state", "ended_at"])
            records.record(row, "approval.expired")
    return len(rows)


def _lock_waiting(request_id: str) -> ApprovalRequest:
    row = lock_one(ApprovalRequest.objects.all(), request_id, kind="approval_request")
    if row.state != ApprovalState.WAITING:
        raise InvalidRequest(
            gettext("This request does not wait any more: it is %(state)s.") % {"state": row.state}
        )
    return row


def _decide(
    row: ApprovalRequest, state: ApprovalState, by: User, reason: str, at: datetime
) -> None:
    records.move(row, state)
    row.decided_by_id, row.decided_by_email, row.decided_at = by.pk, by.email, at
    row.decision_reason = reason
    row.save(
        update_fields=[
            "state",
            "decided_by_id",
            "decided_by_email",
            "decided_at",
            "decision_reason",
            "tried_at",
            "run_count",
        ]
    )
    with actor.carrying_out(row.id, row.decision_reason):
        records.record(row, f"approval.{state.value}", by=by)
