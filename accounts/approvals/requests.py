"""Asking for another person's approval, deciding, and carrying out what was approved, once."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.approvals import people, records, recovery, registry, running
from accounts.approvals.registry import ApprovalAction, Preview
from accounts.models import ApprovalRequest, ApprovalRule, User
from accounts.states import ApprovalState
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money
from core.security import actor
from core.types import Fields

# A request that nobody decides on ends.
EXPIRES_AFTER: Final = timedelta(hours=72)
_LONGEST_REASON: Final = 1_000


class Outcome(NamedTuple):
    """What became of an action: one of the two.

    Args:
        result: What its service returned, if it was carried out.
        request: The request that waits for another person.
    """

    result: object = None
    request: ApprovalRequest | None = None


class Why(NamedTuple):
    """Why somebody else must approve: a rule, or that it is more than the role may.

    Args:
        rule: The rule that asks for it, if one does.
        most: Up to how much the role may, if it is more.
    """

    rule: ApprovalRule | None
    most: Money | None

    def __str__(self) -> str:
        if self.most:
            most = f"Your role does this up to {self.most} of a payment"
            return f"{most}: somebody else must approve it."
        return "A rule asks that somebody else approves it."


def run_or_request(
    action: str, *, by: User, reason: str = "", at: datetime, **parameters: object
) -> Outcome:
    """Carry an action out, or ask for another person's approval if a rule or their role says so.

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
    people.check(by, found)
    preview = found.preview(**parameters)
    why = why_another(action, by, preview)
    if why is None:
        with actor.carrying_out(None, reason):
            return Outcome(result=found.run(at=at, **parameters))
    return Outcome(request=_request(found, why, preview, by, reason, at, parameters))


def why_another(action: str, by: User, preview: Preview) -> Why | None:
    """Return why somebody else must approve an action; None if nobody need.

    Args:
        action: The name of a registered action.
        by: Who would ask for it.
        preview: What it would do.
    """
    most = people.limit_below(by, registry.find(action), preview.limited or preview.amount)
    rule = rule_for(action, preview)
    return Why(rule, most) if rule or most else None


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
        InvalidRequest: If it is not of those, is the person's own, or a reason is missing.
    """
    if not reason.strip():
        raise InvalidRequest("Say what you have seen: it is kept.", param="reason")
    with atomic():
        row = lock_one(ApprovalRequest.objects.all(), request_id, kind="approval_request")
        if not recovery.is_unknown(row, at=at):
            raise InvalidRequest("It is not one of which nobody knows what became.")
        people.check_approver(by, row)
        records.move(row, ApprovalState.EXECUTED if was_done else ApprovalState.FAILED)
        row.message, row.ended_at = reason.strip()[:_LONGEST_REASON], at
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


def _request(
    action: ApprovalAction,
    why: Why,
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
    limited = preview.limited or preview.amount
    above = why.rule.above_amount if why.rule else why.most.amount if why.most else 0
    row = ApprovalRequest(
        id=new_id("appr"),
        action=action.name,
        account_id=preview.account_id or None,
        parameters=dict(parameters),
        facts=preview.facts,
        sha256=records.digest(action.name, parameters, preview.facts),
        summary=preview.summary,
        currency=preview.amount.currency if preview.amount else "",
        amount=preview.amount.amount if preview.amount else None,
        limited_amount=limited.amount if limited else None,
        livemode=preview.livemode,
        rule_id=why.rule.id if why.rule else "",
        above_amount=above,
        requested_by_id=by.pk,
        requested_by_email=by.email,
        reason=reason.strip()[:_LONGEST_REASON],
        created_at=at,
        expires_at=at + EXPIRES_AFTER,
    )
    if not people.deciders(row):
        raise InvalidRequest(
            f"{why} And nobody else here may: let another person into the admin who is permitted "
            "to do it."
        )
    expire_due(at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            with actor.carrying_out(row.id, row.reason):
                records.record(row, "approval.requested", by=by)
    except IntegrityError as error:
        raise InvalidRequest("The same waits for approval already.") from error
    return row


def _lock_waiting(request_id: str) -> ApprovalRequest:
    row = lock_one(ApprovalRequest.objects.all(), request_id, kind="approval_request")
    if row.state != ApprovalState.WAITING:
        raise InvalidRequest(f"This request does not wait any more: it is {row.state}.")
    return row


def _decide(
    row: ApprovalRequest, state: ApprovalState, by: User, reason: str, at: datetime
) -> None:
    records.move(row, state)
    row.decided_by_id, row.decided_by_email, row.decided_at = by.pk, by.email, at
    row.decision_reason = reason.strip()[:_LONGEST_REASON]
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
