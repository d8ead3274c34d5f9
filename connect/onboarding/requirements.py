"""Pure: evaluating the requirements and capabilities of an account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connect.disabled_reasons import GRAVE, REASONS
from connect.onboarding.account_facts import (
    AccountFacts,
    CheckFailure,
    is_given,
    missing_fields,
    required_fields_of,
)
from connect.onboarding.required_fields import EXTERNAL_ACCOUNT, RequiredFields, missing_bank_error
from connect.states import CapabilityStatus, CheckStatus
from core.types import Fields, JsonObject

# What becomes due while a capability is active may be given for so long before it is lost.
GRACE: Final = timedelta(days=14)
# What is asked for later becomes due so long after the first capability was active.
LATER: Final = timedelta(days=30)
TRANSFERS: Final = "transfers"


@dataclass(frozen=True, slots=True)
class PriorState:
    """The state of an account before an evaluation.

    Args:
        statuses: Requested capability → status.
        due_since: Field → the moment since which an active capability requires it.
        activated_at: The moment of the first active capability; None if there was none.
        blocks: Pairs of kind, `charges` or `payouts`, and reason.
        was_submitted: True if all required fields were given once.
    """

    statuses: Mapping[str, str]
    due_since: Mapping[str, datetime] = field(default_factory=dict)
    activated_at: datetime | None = None
    blocks: tuple[tuple[str, str], ...] = ()
    was_submitted: bool = False


@dataclass(slots=True)
class Evaluation:
    """The result of an evaluation, with requirements as the wire has them.

    Args:
        statuses: Capability → status.
        requirements: The account's requirements.
        capability_requirements: Capability → its requirements.
        due_since: As in `PriorState`.
        activated_at: As in `PriorState`.
        next_at: The moment of the next change by time alone; None if there is none.
    """

    activated_at: datetime | None
    statuses: dict[str, str] = field(default_factory=dict)
    requirements: JsonObject = field(default_factory=lambda: empty_requirements())
    capability_requirements: dict[str, JsonObject] = field(default_factory=dict)
    due_since: dict[str, datetime] = field(default_factory=dict)
    next_at: datetime | None = None
    charges_enabled: bool = False
    payouts_enabled: bool = False
    is_submitted: bool = False


def empty_requirements() -> JsonObject:
    """Return empty requirements."""
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": [],
        "disabled_reason": None,
        "errors": [],
        "eventually_due": [],
        "past_due": [],
        "pending_verification": [],
    }


def evaluate(facts: AccountFacts, prior: PriorState, *, at: datetime) -> Evaluation:
    """Evaluate the requirements of an account, and what it may do meanwhile.

    Args:
        facts: The facts about it.
        prior: Its state before.
        at: The moment.
    """
    failing = {f"{party.name}.{one.field}": one for party in facts.parties for one in party.failed}
    reason = next((r for r in REASONS if any(r == why for _, why in prior.blocks)), None)
    result = Evaluation(activated_at=prior.activated_at)
    for name in sorted(prior.statuses):
        status, due, found = _evaluate_capability(name, facts, prior, failing, reason, at)
        result.statuses[name] = status
        result.capability_requirements[name] = found
        if status == CapabilityStatus.ACTIVE:
            for missed in due:
                result.due_since[missed] = prior.due_since.get(missed, at)
    _set_enabled(result, facts, prior, at)
    _sum_up(result, facts, reason)
    result.is_submitted = prior.was_submitted or (
        bool(result.statuses) and not set(result.requirements["currently_due"]) - {EXTERNAL_ACCOUNT}
    )
    result.next_at = _next_at(result, at)
    return result


def _evaluate_capability(
    name: str,
    facts: AccountFacts,
    prior: PriorState,
    failing: Mapping[str, CheckFailure],
    reason: str | None,
    at: datetime,
) -> tuple[str, set[str], JsonObject]:
    """Return a capability's status, its due fields and its requirements."""
    required = required_fields_of(facts, [name])
    missing = missing_fields(required.now, facts) - {EXTERNAL_ACCOUNT}
    later = missing_fields(required.later, facts)
    due = (missing - _met_by_alternative(missing, required, facts)) | set(failing)
    if prior.activated_at is not None and prior.activated_at + LATER <= at:
        due |= later
    pending = sorted(
        f"{party.name}.{party.checked_field}"
        for party in facts.parties
        if party.status == CheckStatus.PENDING
    )
    status, overdue = _decide_status(
        prior.statuses[name], due, pending, prior.due_since, at=at, is_stopped=reason in GRAVE
    )
    found = {
        **empty_requirements(),
        "alternatives": _alternatives(due, required),
        "currently_due": sorted(due),
        "errors": _errors(failing, due),
        "eventually_due": sorted(due | later),
        "past_due": sorted(overdue),
        "pending_verification": pending,
    }
    return status, due, found


def _decide_status(
    was: str,
    due: set[str],
    pending: list[str],
    due_since: Mapping[str, datetime],
    *,
    at: datetime,
    is_stopped: bool,
) -> tuple[str, set[str]]:
    """Return a capability's status, and its overdue fields."""
    s = CapabilityStatus
    overdue = {name for name in due if due_since.get(name, at) + GRACE <= at}
    lost = s.RESTRICTED if was in (s.ACTIVE, s.RESTRICTED) else s.INACTIVE
    if is_stopped:
        return lost, overdue if was == s.ACTIVE else set(due)
    if was == s.ACTIVE:
        return (s.RESTRICTED, overdue) if overdue else (s.ACTIVE, set())
    if due:
        return lost, set(due)
    return (s.PENDING, set()) if pending else (s.ACTIVE, set())


def _set_enabled(result: Evaluation, facts: AccountFacts, prior: PriorState, at: datetime) -> None:
    """Set whether charges and payouts are enabled."""
    active = {n for n, status in result.statuses.items() if status == CapabilityStatus.ACTIVE}
    blocked = {what for what, _ in prior.blocks}
    has_bank = EXTERNAL_ACCOUNT in facts.given
    result.charges_enabled = bool(active - {TRANSFERS}) and "charges" not in blocked
    result.payouts_enabled = bool(active) and has_bank and "payouts" not in blocked
    if active and result.activated_at is None:
        result.activated_at = at


def _sum_up(result: Evaluation, facts: AccountFacts, reason: str | None) -> None:
    """Combine the requirements of the capabilities into the account's."""
    whole, each = result.requirements, result.capability_requirements
    for name in ("currently_due", "eventually_due", "past_due", "pending_verification"):
        union = {one for found in each.values() for one in found[name]}
        lacks_bank = bool(each) and EXTERNAL_ACCOUNT not in facts.given
        if lacks_bank and name != "pending_verification":
            union.add(EXTERNAL_ACCOUNT)
        if facts.stranded and name in ("currently_due", "eventually_due"):
            union.add(EXTERNAL_ACCOUNT)
        whole[name] = sorted(union)
    for name in ("errors", "alternatives"):
        for found in each.values():
            whole[name] += [one for one in found[name] if one not in whole[name]]
    whole["errors"] += [missing_bank_error(currency) for currency in facts.stranded]
    whole["current_deadline"] = _deadline(result, result.due_since)
    whole["disabled_reason"] = reason or _disabled_reason(result)
    for name, found in each.items():
        if result.statuses[name] == CapabilityStatus.ACTIVE:
            found["current_deadline"] = _deadline(result, found["currently_due"])
        else:
            found["disabled_reason"] = _capability_reason(
                reason if reason in GRAVE else _overdue_reason(found)
            )


def _capability_reason(reason: str | None) -> str | None:
    """Return the wire's reason of a disabled capability, from the account's."""
    if reason is None:
        return None
    if reason.startswith("rejected."):
        return "rejected.other"
    return "requirements.fields_needed" if reason == "requirements.past_due" else "pending.review"


def _deadline(result: Evaluation, names: Iterable[str]) -> int | None:
    moments = [result.due_since[name] + GRACE for name in names]
    return int(min(moments).timestamp()) if moments else None


def _next_at(result: Evaluation, at: datetime) -> datetime | None:
    whole = result.requirements
    moments = [since + GRACE for since in result.due_since.values()]
    if result.activated_at and set(whole["eventually_due"]) - set(whole["currently_due"]):
        moments.append(result.activated_at + LATER)
    return min((one for one in moments if one > at), default=None)


def _disabled_reason(result: Evaluation) -> str | None:
    wants_charges = bool(set(result.statuses) - {TRANSFERS})
    if result.payouts_enabled and (result.charges_enabled or not wants_charges):
        return None
    if not result.statuses:
        return "action_required.requested_capabilities"
    return _overdue_reason(result.requirements)


def _overdue_reason(requirements: Fields) -> str | None:
    if requirements["past_due"]:
        return "requirements.past_due"
    return "requirements.pending_verification" if requirements["pending_verification"] else None


def _met_by_alternative(
    missing: set[str], required: RequiredFields, facts: AccountFacts
) -> set[str]:
    """Return the missing fields of which an alternative was given."""
    return {
        name
        for name in missing
        if any(is_given(facts.given, other) for other in required.alternatives.get(name, ()))
    }


def _alternatives(due: set[str], required: RequiredFields) -> list[dict[str, list[str]]]:
    return [
        {"alternative_fields_due": others, "original_fields_due": [name]}
        for name, others in sorted(required.alternatives.items())
        if name in due
    ]


def _errors(failing: Mapping[str, CheckFailure], due: set[str]) -> list[dict[str, str]]:
    return [
        {"code": failing[name].code, "reason": failing[name].reason, "requirement": name}
        for name in sorted(set(failing) & due)
    ]
