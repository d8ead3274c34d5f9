"""Sellers' requirements and capabilities: evaluated after every change, and as time passes."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.models import Account
from connect.models import AccountBlock, AccountRequirements, Person
from connect.onboarding import (
    account_events,
    account_facts,
    account_queries,
    capability_resources,
    requirements,
)
from connect.onboarding import resources as onboarding_resources
from connect.onboarding.account_facts import AccountFacts, CheckFailure, Party
from connect.onboarding.account_queries import AccountProfile
from connect.onboarding.required_fields import EXTERNAL_ACCOUNT
from connect.onboarding.requirements import Evaluation, PriorState
from connect.onboarding.services import blocks, identity_numbers
from connect.states import CapabilityStatus, CheckStatus
from core import jobs
from core.database.locking import lock_rows
from core.tenant import Tenant
from ledger import queries as ledger_queries
from operations.unit_of_work import UnitOfWork
from processors import registry
from processors.protocols.identity import IdentityReport

logger = logging.getLogger(__name__)

# What is shown first of what is being looked at.
_CHECKED_FIELDS = ("verification.document", "id_number", "ssn_last_4", "address.line1", "dob.day")


@dataclass(slots=True)
class _Case:
    """An account under evaluation."""

    account: Account
    profile: AccountProfile
    row: AccountRequirements
    people: list[Person]
    livemode: bool
    at: datetime
    before: account_events.Shapes

    @classmethod
    def of(
        cls,
        account: Account,
        profile: AccountProfile,
        people: list[Person],
        *,
        livemode: bool,
        at: datetime,
    ) -> "_Case":
        """Return an account as it is, with what was known of it."""
        row = profile.account_requirements or AccountRequirements(
            account=account, livemode=livemode
        )
        before = account_events.shapes(profile, people, row)
        return cls(account, profile, row, people, livemode, at, before)


def evaluate(
    work: UnitOfWork,
    account: Account,
    *,
    livemode: bool,
    at: datetime,
    opened: AccountProfile | None = None,
    told: str = "",
) -> AccountProfile:
    """Evaluate a seller's account after a change, and gather what follows.

    People and blocks are saved at once, as they are read again; the rest goes with the unit of
    work. A platform, or an account that opened itself, is not evaluated.

    Args:
        work: The unit of work of the change.
        account: The account, locked.
        livemode: The mode.
        at: The moment.
        opened: What the account is opened with; None to read what it has.
        told: The person whom the caller emits an event about.

    Returns:
        What the account is shown with.
    """
    if opened is None:
        profile = account_queries.load_profiles([account.id], livemode=livemode)[account.id]
        if account.opened_by_id is None:
            return profile
        people = list(account_queries.people(account.id, livemode=livemode).order_by("id"))
        stops = blocks.current_blocks(account.id, livemode=livemode, at=at)
    else:
        profile, stops = opened, []
        people = [opened.individual] if opened.individual else []
    case = _Case.of(account, profile, people, livemode=livemode, at=at)
    wanted = [c.name for c in profile.capabilities if c.is_requested]
    for person in people:
        if _check_person(case, person, wanted):
            stops = blocks.current_blocks(account.id, livemode=livemode, at=at)
    _check_company(case, wanted)
    _drop_payable(case)
    evaluation = _evaluate_case(case, stops)
    if blocks.release_verified(stops, is_clear=not evaluation.requirements["currently_due"], at=at):
        stops = blocks.current_blocks(account.id, livemode=livemode, at=at)
        evaluation = _evaluate_case(case, stops)
    _write(work, case, evaluation, stops)
    if opened is None:
        account_events.tell_of_people(work, people, case.row, case.before, told=told)
    return profile


def evaluate_quietly(work: UnitOfWork, account: Account, *, livemode: bool, at: datetime) -> None:
    """Evaluate an account after a related change, and emit only real changes."""
    if account.opened_by_id is None:
        return
    before = account_events.render(account, livemode=livemode)
    profile = evaluate(work, account, livemode=livemode, at=at)
    # Which has events of its own, and is changed already.
    before["external_accounts"] = onboarding_resources.account(account, profile)[
        "external_accounts"
    ]
    account_events.tell_if_changed(work, account, profile, before)


def reevaluate(account_id: str, *, livemode: bool, at: datetime) -> None:
    """Evaluate an account after time has passed or an operator has decided."""
    with UnitOfWork(at=at) as work:
        rows = Account.objects.filter(id=account_id, closed_at=None)
        account = lock_rows(rows).first()
        if account is None:
            AccountRequirements.objects.filter(account_id=account_id, livemode=livemode).update(
                reevaluate_at=None
            )
            return
        work.tenant = Tenant(account_id, livemode)
        evaluate_quietly(work, account, livemode=livemode, at=at)


def reevaluate_due(*, at: datetime) -> int:
    """Evaluate the accounts whose re-evaluation is due.

    Returns:
        How many there were.
    """
    due = account_queries.due_for_evaluation(at=at)
    for account_id, livemode in due:
        try:
            reevaluate(account_id, livemode=livemode, at=at)
        except Exception:
            # One account must not stop the others. The next run tries again.
            logger.exception("could not evaluate %s", account_id)
    return len(due)


def load_facts(
    account: Account, *, livemode: bool, at: datetime
) -> tuple[AccountFacts, AccountProfile, list[Person]]:
    """Return the facts, profile and people of an account, without evaluating it."""
    profile = account_queries.load_profiles([account.id], livemode=livemode)[account.id]
    people = list(account_queries.people(account.id, livemode=livemode).order_by("id"))
    case = _Case.of(account, profile, people, livemode=livemode, at=at)
    return _facts_of(case), profile, people


def _evaluate_case(case: _Case, stops: list[AccountBlock]) -> Evaluation:
    row = case.row
    prior = PriorState(
        statuses={c.name: c.status for c in case.profile.capabilities if c.is_requested},
        due_since={
            name: datetime.fromtimestamp(since, UTC) for name, since in row.due_since.items()
        },
        activated_at=row.activated_at,
        blocks=tuple((one.kind, one.reason) for one in stops),
        was_submitted=case.account.details_submitted,
    )
    return requirements.evaluate(_facts_of(case), prior, at=case.at)


def _facts_of(case: _Case) -> AccountFacts:
    account = case.account
    given = account_facts.flatten(
        {
            "business_profile": account.business_profile,
            "business_type": account.business_type,
            "company": account.company or {},
            "email": account.email,
            "settings": account.settings,
            "tos_acceptance": account.tos_acceptance,
        }
    )
    given |= {f"company.{name}" for name in case.row.numbers_given}
    if case.profile.external_accounts:
        given |= {EXTERNAL_ACCOUNT}
    parties = [_party(person) for person in case.people if _is_relevant(account, person)]
    if account.business_type not in (None, "individual"):
        parties.append(
            Party(
                "company",
                frozenset(n.removeprefix("company.") for n in given if n.startswith("company.")),
                status=case.row.company_status,
                failed=tuple(CheckFailure(**one) for one in case.row.company_failed),
                checked_field="tax_id",
            )
        )
    return AccountFacts(
        account.country, account.business_type, given, tuple(parties), tuple(case.row.stranded)
    )


def _is_relevant(account: Account, person: Person) -> bool:
    """Return whether a person is required by the business type."""
    return person.is_individual == (account.business_type == "individual")


def _party(person: Person) -> Party:
    given = account_facts.flatten({**person.details, "relationship": person.relationship})
    given |= set(person.numbers_given)
    roles = {name for name, is_so in person.relationship.items() if is_so is True}
    shown = [n for n in _CHECKED_FIELDS if n in given or f"{n}.front" in given]
    return Party(
        "individual" if person.is_individual else person.id,
        given,
        frozenset(roles),
        person.status,
        tuple(CheckFailure(**one) for one in person.failed),
        shown[0] if shown else "dob.day",
    )


def _check_person(case: _Case, person: Person, wanted: list[str]) -> bool:
    """Verify a person, and return whether that blocked the account."""
    if not _is_to_check(case, person, wanted):
        return False
    verifier = registry.identity_verifier(livemode=case.livemode)
    if verifier is None:
        # Nobody knows but the operator, who says so in the admin.
        if person.status == CheckStatus.UNVERIFIED:
            person.move_to(CheckStatus.PENDING)
            person.save()
        return False
    if person.answer_at and person.answer_at > case.at:
        return False
    found = verifier.check_person(
        {**person.details, **identity_numbers.unseal(person, row_id=person.id)}
    )
    if person.status == CheckStatus.UNVERIFIED and found.after:
        person.move_to(CheckStatus.PENDING)
        person.answer_at = case.at + found.after
        person.save()
        jobs.enqueue("connect.evaluate_accounts", after=found.after)
        return False
    _record_answer(person, found)
    person.save()
    if found.is_listed:
        _block_listed(case, person)
    return found.is_listed


def _is_to_check(case: _Case, person: Person, wanted: list[str]) -> bool:
    if not _is_relevant(case.account, person) or person.failed:
        return False
    if person.status == CheckStatus.VERIFIED:
        return False
    return account_facts.is_complete(_party(person), _facts_of(case), wanted)


def _block_listed(case: _Case, person: Person) -> None:
    for kind in blocks.KINDS:
        blocks.add(
            tenant=Tenant(case.account.id, case.livemode),
            kind=kind,
            source="watch_list",
            reason="under_review",
            author="Watch list",
            at=case.at,
            message=f"{person} may be somebody on a list of people who are not to be dealt with.",
        )


def _record_answer(person: Person, found: IdentityReport) -> None:
    person.answer_at = None
    person.failed = [
        {"field": name, "code": code, "reason": reason}
        for name, (code, reason) in found.failed.items()
    ]
    status = CheckStatus.UNVERIFIED if person.failed else CheckStatus.VERIFIED
    if person.status != status:
        person.move_to(status)


def _check_company(case: _Case, wanted: list[str]) -> None:
    row, facts = case.row, _facts_of(case)
    company = next((party for party in facts.parties if party.name == "company"), None)
    if company is None or row.company_failed or row.company_status != CheckStatus.UNVERIFIED:
        return
    if not account_facts.is_complete(company, facts, wanted):
        return
    verifier = registry.identity_verifier(livemode=case.livemode)
    if verifier is None:
        row.company_status = CheckStatus.PENDING
        return
    found = verifier.check_company(
        {**(case.account.company or {}), **identity_numbers.unseal(row, row_id=row.account_id)}
    )
    row.company_failed = [
        {"field": name, "code": code, "reason": reason}
        for name, (code, reason) in found.failed.items()
    ]
    row.company_status = CheckStatus.UNVERIFIED if row.company_failed else CheckStatus.VERIFIED


def _drop_payable(case: _Case) -> None:
    """Remove stranded currencies that can be paid out, or of which nothing is left."""
    if not case.row.stranded:
        return
    taken = {one.currency for one in case.profile.external_accounts}
    balance = ledger_queries.balance(owner=case.account.id, livemode=case.livemode)
    case.row.stranded = [
        currency
        for currency in case.row.stranded
        if currency not in taken
        and balance.available.get(currency, 0) + balance.pending.get(currency, 0) > 0
    ]


def _write(
    work: UnitOfWork, case: _Case, evaluation: Evaluation, stops: list[AccountBlock]
) -> None:
    account, row = case.account, case.row
    tenant = Tenant(account.id, case.livemode)
    before = row.capability_requirements
    answers = [person.answer_at for person in case.people if person.answer_at]
    ends = [one.releases_at for one in stops if one.releases_at]
    if row.pk is None:
        row.save()
    work.change(
        row,
        requirements=evaluation.requirements,
        capability_requirements=evaluation.capability_requirements,
        due_since={n: int(since.timestamp()) for n, since in evaluation.due_since.items()},
        activated_at=evaluation.activated_at,
        reevaluate_at=min([*filter(None, [evaluation.next_at]), *answers, *ends], default=None),
        company_status=row.company_status,
        company_failed=row.company_failed,
        stranded=row.stranded,
    )
    case.profile.account_requirements = row
    work.change(
        account,
        charges_enabled=evaluation.charges_enabled,
        payouts_enabled=evaluation.payouts_enabled,
        details_submitted=evaluation.is_submitted,
    )
    case.profile.individual = next((p for p in case.people if p.is_individual), None)
    for capability in case.profile.capabilities:
        status = evaluation.statuses.get(capability.name, CapabilityStatus.INACTIVE)
        has_moved = capability.status != status
        if has_moved:
            work.change(capability, status=status)
        if has_moved or before.get(capability.name) != row.capability_requirements.get(
            capability.name
        ):
            work.emit(
                "capability.updated",
                tenant,
                capability_resources.capability(capability, row),
                before=case.before[capability.name],
            )
