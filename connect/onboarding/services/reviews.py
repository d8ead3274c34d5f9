"""Operators' reviews: verifying people and companies, blocking and releasing sellers."""

from datetime import datetime
from typing import Final

from accounts.audit import trail
from accounts.models import Account
from connect.models import AccountBlock, AccountRequirements, Person
from connect.onboarding.services import blocks, verification
from connect.states import CheckStatus
from core.database.locking import lock_one
from core.database.transactions import atomic
from core.errors import InvalidRequest, missing
from core.tenant import Tenant
from operations.unit_of_work import UnitOfWork

# What an operator may say of a check, as the wire has it.
REFUSALS: Final = {
    "verification_document_not_readable": "The document cannot be read.",
    "verification_document_expired": "The document has expired.",
    "verification_document_name_mismatch": "The name on the document is another one.",
    "verification_failed_keyed_identity": "What was typed in could not be verified. Upload a "
    "document that shows who this is.",
}
_COMPANY: Final = "verification_failed_tax_id_match"


def decide_person(*, person_id: str, refusal: str = "", at: datetime) -> Person:
    """Record an operator's verification of a person, or its refusal.

    Args:
        person_id: The id of a person under verification.
        refusal: A key of `REFUSALS`; empty to verify.
        at: The moment.

    Raises:
        Missing: If no such person is under verification.
    """
    failure = {"field": "verification.document", "code": refusal, "reason": REFUSALS.get(refusal)}
    with UnitOfWork(at=at) as work:
        found = Person.objects.filter(id=person_id, deleted_at=None).first()
        person = _lock_person(found.account_id, person_id) if found else None
        if person is None or person.status != CheckStatus.PENDING:
            raise missing("person", person_id)
        work.change(
            person,
            status=CheckStatus.UNVERIFIED if refusal else CheckStatus.VERIFIED,
            failed=[failure] if refusal else [],
            answer_at=None,
        )
        trail.record(
            "person.refused" if refusal else "person.verified",
            person,
            changes={"status": (CheckStatus.PENDING.value, str(person.status))},
            reason=REFUSALS.get(refusal, ""),
        )
    verification.reevaluate(person.account_id, livemode=person.livemode, at=at)
    return person


def decide_company(*, tenant: Tenant, refuses: bool = False, at: datetime) -> None:
    """Record an operator's verification of a company, or its refusal.

    Raises:
        Missing: If it is not under verification.
    """
    reason = "The tax ID did not match the company's name."
    failure = {"field": "tax_id", "code": _COMPANY, "reason": reason}
    with UnitOfWork(tenant, at=at) as work:
        _lock(tenant.account_id)
        row = AccountRequirements.objects.filter(
            account_id=tenant.account_id,
            livemode=tenant.livemode,
            company_status=CheckStatus.PENDING,
        ).first()
        if row is None:
            raise missing("account", tenant.account_id)
        work.change(
            row,
            company_status=CheckStatus.UNVERIFIED if refuses else CheckStatus.VERIFIED,
            company_failed=[failure] if refuses else [],
        )
        trail.record(
            "company.refused" if refuses else "company.verified",
            row,
            changes={"company_status": (CheckStatus.PENDING.value, str(row.company_status))},
            reason=reason if refuses else "",
        )
    verification.reevaluate(tenant.account_id, livemode=tenant.livemode, at=at)


def stop(
    *,
    tenant: Tenant,
    kind: str,
    message: str,
    author: str,
    release: str = blocks.BY_HAND,
    releases_at: datetime | None = None,
    at: datetime,
) -> AccountBlock:
    """Block a seller's charges or payouts.

    Args:
        tenant: The seller.
        kind: `charges` or `payouts`.
        message: The reason in words.
        author: The operator.
        release: `by_hand`, `when_verified` (nothing more is due) or `on_date`.
        releases_at: The moment of its end, for `on_date`.
        at: The moment.

    Raises:
        InvalidRequest: If it ends in another way, or before it begins.
    """
    if release not in (blocks.BY_HAND, blocks.WHEN_VERIFIED, blocks.ON_DATE):
        raise InvalidRequest("Say how it ends.", param="release")
    if releases_at is not None and releases_at <= at:
        raise InvalidRequest("Choose a day to come: this one has begun.", param="releases_at")
    with atomic():
        _lock(tenant.account_id)
        row = blocks.add(
            tenant=tenant,
            kind=kind,
            source="operator",
            reason="other",
            author=author,
            message=message,
            release=release,
            releases_at=releases_at,
            at=at,
        )
        trail.record(
            "block.created",
            row,
            changes={"kind": (None, kind), "release": (None, release)},
            reason=message,
        )
    verification.reevaluate(tenant.account_id, livemode=tenant.livemode, at=at)
    return row


def release(*, block_id: str, author: str, at: datetime) -> AccountBlock:
    """Release a block of a seller.

    Raises:
        InvalidRequest: If it has ended.
    """
    with atomic():
        row = blocks.release(block_id, author=author, at=at)
        trail.record("block.released", row, changes={"released_at": (None, row.released_at)})
    verification.reevaluate(row.account_id, livemode=row.livemode, at=at)
    return row


def _lock(account_id: str) -> None:
    lock_one(Account.objects.all(), account_id, kind="account")


def _lock_person(account_id: str, person_id: str) -> Person:
    _lock(account_id)
    return Person.objects.get(id=person_id)
