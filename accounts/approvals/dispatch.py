"""Doing something, or asking for another person's approval if a rule or a role says so."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext

from accounts.approvals import languages, people, records, registry, requests
from accounts.approvals.registry import ApprovalAction, Preview
from accounts.audit import reasons
from accounts.models import ApprovalRequest, ApprovalRule, User
from core import jobs
from core.errors import InvalidRequest
from core.ids import new_id
from core.money import Money
from core.security import actor
from core.types import Fields

# A request that nobody decides on ends.
EXPIRES_AFTER: Final = timedelta(hours=72)


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
        is_always: Whether it needs another person whatever rules say.
    """

    rule: ApprovalRule | None
    most: Money | None
    is_always: bool = False

    def __str__(self) -> str:
        if self.most:
            return gettext(
                "Your role does this up to %(most)s of a payment: somebody else must approve it."
            ) % {"most": self.most}
        if self.rule:
            return gettext("A rule asks that somebody else approves it.")
        return gettext("Nobody does this alone: somebody else must approve it.")


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
        InvalidRequest: If a reason is missing or too long, nobody else may approve, or the same
            waits already; and whatever the service raises.
    """
    reason = reasons.check(reason)
    found = registry.find(action)
    people.check(by, found)
    preview = found.preview(**parameters)
    why = why_another(action, by, preview)
    row = _draft(found, why, preview, by, reason, at, parameters) if why else None
    if row is None or _may_be_alone(found, row):
        with actor.carrying_out(None, reason):
            return Outcome(result=found.run(at=at, **parameters))
    return Outcome(request=_request(row, why, by, at))


def _may_be_alone(action: ApprovalAction, row: ApprovalRequest) -> bool:
    """Tell whether one person does what needs two, since there are no two."""
    if action.may_be_alone is None or people.deciders(row):
        return False
    return action.may_be_alone(**row.parameters)


def why_another(action: str, by: User, preview: Preview) -> Why | None:
    """Return why somebody else must approve an action; None if nobody need.

    Args:
        action: The name of a registered action.
        by: Who would ask for it.
        preview: What it would do.
    """
    found = registry.find(action)
    most = people.limit_below(by, found, preview.limited or preview.amount)
    rule = rule_for(action, preview)
    return Why(rule, most, found.is_always) if rule or most or found.is_always else None


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


def _draft(
    action: ApprovalAction,
    why: Why,
    preview: Preview,
    by: User,
    reason: str,
    at: datetime,
    parameters: Fields,
) -> ApprovalRequest:
    limited = preview.limited or preview.amount
    above = why.rule.above_amount if why.rule else why.most.amount if why.most else 0
    return ApprovalRequest(
        id=new_id("appr"),
        action=action.name,
        account_id=preview.account_id or None,
        parameters=dict(parameters),
        facts=preview.facts,
        sha256=records.digest(action.name, parameters, preview.facts),
        summary=languages.in_english(lambda: preview.summary),
        summaries=languages.in_others(lambda: preview.summary),
        currency=preview.amount.currency if preview.amount else "",
        amount=preview.amount.amount if preview.amount else None,
        limited_amount=limited.amount if limited else None,
        livemode=preview.livemode,
        rule_id=why.rule.id if why.rule else "",
        above_amount=above,
        requested_by_id=by.pk,
        requested_by_email=by.email,
        reason=reason,
        created_at=at,
        expires_at=at + EXPIRES_AFTER,
    )


def _request(row: ApprovalRequest, why: Why | None, by: User, at: datetime) -> ApprovalRequest:
    if not row.reason:
        raise InvalidRequest(
            gettext("Another person must approve this: say why it is right."), param="reason"
        )
    if not people.deciders(row):
        raise InvalidRequest(
            gettext(
                "%(why)s And nobody else here may: let another person into the admin who is "
                "permitted to do it."
            )
            % {"why": why}
        )
    requests.expire_due(at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            with actor.carrying_out(row.id, row.reason):
                records.record(row, "approval.requested", by=by)
    except IntegrityError as error:
        raise InvalidRequest(gettext("The same waits for approval already.")) from error
    jobs.enqueue("accounts.write_to_approvers")
    return row
