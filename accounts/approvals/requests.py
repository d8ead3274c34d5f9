"""Asking for another person's approval, deciding, and carrying out what was approved, once."""

import hashlib
import json
import logging
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.approvals import registry
from accounts.approvals.registry import ApprovalAction, Preview
from accounts.audit import trail
from accounts.models import ApprovalRequest, ApprovalRule, User
from accounts.states import APPROVAL, ApprovalState
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import Forbidden, InvalidRequest, RialtoError
from core.ids import new_id
from core.security import actor
from core.types import Fields

logger = logging.getLogger(__name__)

# A request that nobody decides on ends.
EXPIRES_AFTER: Final = timedelta(hours=72)
_LONGEST_REASON: Final = 1_000
_CHANGED: Final = "What it is about has changed since it was asked for. Ask again."
_ALTERED: Final = "Its parameters are not those that were asked for. Nothing was done."
_UNKNOWN: Final = (
    "It broke off, and may have been done or not: look at what it is about before you ask again."
)


class Outcome(NamedTuple):
    """What became of an action: one of the two.

    Args:
        result: What its service returned, if it was carried out.
        request: The request that waits for another person.
    """

    result: object = None
    request: ApprovalRequest | None = None


def run_or_request(
    action: str, *, by: User, reason: str = "", at: datetime, **parameters: object
) -> Outcome:
    """Carry an action out, or ask for another person's approval if a rule says so.

    Args:
        action: The name of a registered action.
        by: Who asks for it.
        reason: Why; a request for approval needs one.
        at: The moment.
        parameters: What its service is called with; JSON must have it.

    Raises:
        Forbidden: If the person may not do it.
        InvalidRequest: If a reason is missing, nobody else may approve, or the same waits
            already; and whatever the service raises.
    """
    found = registry.find(action)
    _check_permission(found, by)
    preview = found.preview(**parameters)
    rule = rule_for(action, preview)
    if rule is None:
        with actor.carrying_out(None, reason):
            return Outcome(result=found.run(at=at, **parameters))
    return Outcome(request=_request(found, rule, preview, by, reason, at, parameters))


def rule_for(action: str, preview: Preview) -> ApprovalRule | None:
    """Return the rule that asks for another person; None if none does."""
    rules = ApprovalRule.objects.filter(action=action)
    if preview.livemode is False:
        rules = rules.filter(in_test_mode=True)
    always = Q(currency="")
    if preview.amount is None:
        return rules.filter(always).first()
    above = Q(currency=preview.amount.currency, above_amount__lt=preview.amount.amount)
    # That of the currency says more than that of all.
    return rules.filter(always | above).order_by("-currency").first()


def approve(*, request_id: str, by: User, reason: str = "", at: datetime) -> ApprovalRequest:
    """Approve a request of somebody else, and carry it out; at most once, whoever else approves.

    Returns:
        The request, which was executed or has failed; then its message says why. It is still
        approved if nobody knows.

    Raises:
        Missing: If there is no such request.
        Forbidden: If the person may not do what it asks for.
        InvalidRequest: If it waits no more, or is the person's own.
    """
    expire_due(at=at)
    with atomic():
        row = _lock_waiting(request_id)
        action = _check_approver(row, by)
        problem = _problem(row, action)
        _decide(row, ApprovalState.FAILED if problem else ApprovalState.APPROVED, by, reason, at)
        if problem:
            row.message, row.ended_at = problem, at
            row.save(update_fields=["message", "ended_at"])
    return row if problem else _carry_out(row, action, at)


def reject(*, request_id: str, by: User, reason: str, at: datetime) -> ApprovalRequest:
    """Reject a request of somebody else, or withdraw one's own.

    Raises:
        Missing: If there is no such request.
        Forbidden: If the person may not do what somebody else asks for.
        InvalidRequest: If it waits no more, or a reason is missing.
    """
    if not reason.strip():
        raise InvalidRequest("Say why: whoever asked will read it.", param="reason")
    expire_due(at=at)
    with atomic():
        row = _lock_waiting(request_id)
        if row.requested_by_id == by.pk:
            _decide(row, ApprovalState.WITHDRAWN, by, reason, at)
        else:
            _check_approver(row, by)
            _decide(row, ApprovalState.REJECTED, by, reason, at)
    return row


def expire_due(*, at: datetime) -> int:
    """End the requests that nobody has decided on in time, and return their number."""
    due = ApprovalRequest.objects.filter(state=ApprovalState.WAITING, expires_at__lte=at)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(no_key=True, skip_locked=True))
        for row in rows:
            _move(row, ApprovalState.EXPIRED)
            row.ended_at = at
            row.save(update_fields=["state", "ended_at"])
            _record(row, "approval.expired")
    return len(rows)


def digest(action: str, parameters: Fields, facts: Fields) -> str:
    """Return the SHA-256 of what is asked for, in one spelling."""
    whole = {"action": action, "parameters": parameters, "facts": facts}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _request(
    action: ApprovalAction,
    rule: ApprovalRule,
    preview: Preview,
    by: User,
    reason: str,
    at: datetime,
    parameters: Fields,
) -> ApprovalRequest:
    if not reason.strip():
        raise InvalidRequest(
            "Another person must approve this: say why it is right.", param="reason"
        )
    if not _others(action, by):
        raise InvalidRequest(
            "Somebody else must approve this, and nobody else here may. Let another person into "
            "the admin who is permitted to do it."
        )
    expire_due(at=at)
    row = ApprovalRequest(
        id=new_id("appr"),
        action=action.name,
        parameters=dict(parameters),
        facts=preview.facts,
        sha256=digest(action.name, parameters, preview.facts),
        summary=preview.summary,
        currency=preview.amount.currency if preview.amount else "",
        amount=preview.amount.amount if preview.amount else None,
        livemode=preview.livemode,
        rule_id=rule.id,
        above_amount=rule.above_amount,
        requested_by_id=by.pk,
        requested_by_email=by.email,
        reason=reason.strip()[:_LONGEST_REASON],
        created_at=at,
        expires_at=at + EXPIRES_AFTER,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            with actor.carrying_out(row.id, row.reason):
                _record(row, "approval.requested", by=by)
    except IntegrityError as error:
        raise InvalidRequest("The same waits for approval already.") from error
    return row


def _others(action: ApprovalAction, by: User) -> bool:
    others = User.objects.filter(is_active=True, is_staff=True).exclude(pk=by.pk)
    return any(other.has_perm(action.permission) for other in others)


def _check_permission(action: ApprovalAction, by: User) -> None:
    if not by.is_active or not by.has_perm(action.permission):
        raise Forbidden("You are not permitted to do this.")


def _lock_waiting(request_id: str) -> ApprovalRequest:
    row = lock_one(ApprovalRequest.objects.all(), request_id, kind="approval_request")
    if row.state != ApprovalState.WAITING:
        raise InvalidRequest(f"This request does not wait any more: it is {row.state}.")
    return row


def _check_approver(row: ApprovalRequest, by: User) -> ApprovalAction:
    if row.requested_by_id == by.pk:
        raise InvalidRequest("Somebody else must approve what you asked for.")
    action = registry.find(row.action)
    _check_permission(action, by)
    return action


def _problem(row: ApprovalRequest, action: ApprovalAction) -> str:
    """Return why a request cannot be carried out as things are now; empty if it can."""
    if digest(row.action, row.parameters, row.facts) != row.sha256:
        return _ALTERED
    try:
        facts = action.preview(**row.parameters).facts
    except RialtoError as error:
        return error.message
    # As the column has them.
    return "" if json.loads(json.dumps(facts)) == row.facts else _CHANGED


def _carry_out(row: ApprovalRequest, action: ApprovalAction, at: datetime) -> ApprovalRequest:
    state, message = ApprovalState.EXECUTED, ""
    with actor.carrying_out(row.id, row.reason):
        try:
            message = str(action.run(at=at, **row.parameters) or "")
        except RialtoError as error:
            state, message = ApprovalState.FAILED, error.message
        except Exception:
            # It stays approved: what nobody knows has not failed.
            logger.exception("What %s asked for broke off.", row.id)
            row.message = _UNKNOWN
            row.save(update_fields=["message"])
            return row
        with atomic():
            _move(row, state)
            row.message, row.ended_at = message, at
            row.save(update_fields=["state", "message", "ended_at"])
            _record(row, f"approval.{state.value}", reason=row.reason)
    return row


def _decide(
    row: ApprovalRequest, state: ApprovalState, by: User, reason: str, at: datetime
) -> None:
    _move(row, state)
    row.decided_by_id, row.decided_by_email, row.decided_at = by.pk, by.email, at
    row.decision_reason = reason.strip()[:_LONGEST_REASON]
    row.save(
        update_fields=[
            "state",
            "decided_by_id",
            "decided_by_email",
            "decided_at",
            "decision_reason",
        ]
    )
    with actor.carrying_out(row.id, row.decision_reason):
        _record(row, f"approval.{state.value}", by=by)


def _move(row: ApprovalRequest, state: ApprovalState) -> None:
    APPROVAL.check(ApprovalState(row.state), state)
    row.state = state


def _record(row: ApprovalRequest, action: str, *, by: User | None = None, reason: str = "") -> None:
    changes: trail.Changes = {
        "state": (None, row.state),
        "sha256": (None, row.sha256),
        "summary": (None, row.summary),
        "message": ("", row.message),
    }
    trail.record(action, row, by=by, reason=reason, changes=changes)
