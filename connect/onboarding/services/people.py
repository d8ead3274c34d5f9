"""People behind sellers' accounts, and the identity numbers of people and companies."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from accounts.models import Account, File
from accounts.services import consents
from connect.models import AccountRequirements, Person
from connect.onboarding import account_events, account_queries, person_resources, resources
from connect.onboarding.account_queries import AccountProfile
from connect.onboarding.services import identity_numbers, verification
from connect.states import CheckStatus
from core import request_context
from core.errors import InvalidRequest, missing
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from core.updates import deep_merge, merge
from operations import recovery
from operations.unit_of_work import UnitOfWork
from processors import registry

# What a check rests on, beside the numbers.
_IDENTITY: Final = (
    "address", "address_kana", "address_kanji", "dob", "first_name", "first_name_kana",
    "first_name_kanji", "last_name", "last_name_kana", "last_name_kanji", "verification",
)  # fmt: skip
_LEAST_AGE: Final = 13
_PAPERS: Final = ("identity_document", "additional_verification", "account_requirement")


def create(*, tenant: Tenant, account_id: str, params: JsonObject, at: datetime) -> Person:
    """Add a person to a seller's company.

    Args:
        tenant: The platform, or the account itself.
        account_id: The seller's account.
        params: Parameters of the person.
        at: The moment of the request.

    Raises:
        Missing: If the caller has no such account.
        InvalidRequest: If a parameter is invalid.
    """
    person_id = request_context.reserved_id("person")
    if done := recovery.resume(lambda: Person.objects.filter(id=person_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        account = account_queries.lock(tenant, account_id)
        row = Person(id=person_id, account_id=account_id, livemode=tenant.livemode, created_at=at)
        row.platform_id = consents.maker_for(row.tenant)
        before = account_events.render(account, livemode=tenant.livemode)
        assign(row, params, tenant, at=at)
        # Whoever represents an individual is that individual.
        trades_alone = account.business_type == "individual"
        row.is_individual = trades_alone and row.relationship.get("representative") is True
        row.save(force_insert=True)
        profile = verification.evaluate(
            work, account, livemode=tenant.livemode, at=at, told=person_id
        )
        row.refresh_from_db()
        work.emit("person.created", row.tenant, _render(row, profile))
        account_events.tell_if_changed(work, account, profile, before)
    return row


def update(
    *, tenant: Tenant, account_id: str, person_id: str, params: JsonObject, at: datetime
) -> Person:
    """Change the details of a person, and verify it anew if they matter.

    Raises:
        Missing: If the caller has no such account, or the account no such person.
        InvalidRequest: If a parameter is invalid.
    """
    with UnitOfWork(tenant, at=at) as work:
        account = account_queries.lock(tenant, account_id)
        row = account_queries.person(account_id, person_id, livemode=tenant.livemode)
        profile = account_queries.load_profiles([account.id], livemode=row.livemode)[account.id]
        before = resources.account(account, profile), _render(row, profile)
        assign(row, params, tenant, at=at)
        # What an application has changed may be its own, whoever added the person.
        row.platform_id = consents.maker_for(row.tenant) or row.platform_id
        row.save()
        profile = verification.evaluate(
            work, account, livemode=tenant.livemode, at=at, told=person_id
        )
        row.refresh_from_db()
        work.emit("person.updated", row.tenant, _render(row, profile), before=before[1])
        account_events.tell_if_changed(work, account, profile, before[0])
    return row


def delete(*, tenant: Tenant, account_id: str, person_id: str, at: datetime) -> None:
    """Remove a person from a company.

    Raises:
        Missing: If the caller has no such account, or the account no such person.
        InvalidRequest: If it is the account's individual.
    """
    with UnitOfWork(tenant, at=at) as work:
        account = account_queries.lock(tenant, account_id)
        row = account_queries.person(account_id, person_id, livemode=tenant.livemode)
        if row.is_individual:
            raise InvalidRequest(
                "This person is the account's individual and cannot be deleted. Change it with "
                "the account's individual instead.",
                param="person",
            )
        profile = account_queries.load_profiles([account.id], livemode=row.livemode)[account.id]
        before = resources.account(account, profile)
        row.deleted_at = at
        row.save()
        work.emit("person.deleted", row.tenant, _render(row, profile))
        profile = verification.evaluate(work, account, livemode=tenant.livemode, at=at)
        account_events.tell_if_changed(work, account, profile, before)


def assign_individual(
    account: Account, params: JsonObject, tenant: Tenant, *, at: datetime, is_new: bool = False
) -> Person:
    """Set the account's individual from a request.

    Args:
        account: The account, locked or just opened.
        params: Parameters of the person.
        tenant: The platform, or the account itself.
        at: The moment of the request.
        is_new: Whether the account is being opened, and so has nobody yet.
    """
    mine = account_queries.people(account.id, livemode=tenant.livemode)
    row = None if is_new else mine.filter(is_individual=True).first()
    row = row or Person(
        id=new_id("person"),
        account=account,
        livemode=tenant.livemode,
        is_individual=True,
        created_at=at,
    )
    assign(row, params, tenant, at=at, prefix="individual")
    row.platform_id = consents.maker_for(row.tenant) or row.platform_id
    row.save(force_insert=row._state.adding)
    return row


def clear_individual(*, tenant: Tenant, person_id: str, at: datetime) -> None:
    """Clear the account's individual, so that it is due again.

    Args:
        tenant: The account itself.
        person_id: `person_...`.
        at: The moment.

    Raises:
        Missing: If the account has no such person.
    """
    with UnitOfWork(tenant, at=at) as work:
        account = account_queries.lock(tenant, tenant.account_id)
        row = account_queries.person(account.id, person_id, livemode=tenant.livemode)
        before = account_events.render(account, livemode=tenant.livemode)
        row.details, row.sealed_numbers, row.numbers_given = {}, None, []
        row.relationship = {n: value for n, value in row.relationship.items() if value is True}
        row.metadata, row.failed, row.answer_at = {}, [], None
        if row.status != CheckStatus.UNVERIFIED:
            row.move_to(CheckStatus.UNVERIFIED)
        row.left_at = row.platform_id = None
        row.save()
        profile = verification.evaluate(work, account, livemode=tenant.livemode, at=at)
        account_events.tell(work, account, profile, before)


def assign(
    row: Person, params: JsonObject, tenant: Tenant, *, at: datetime, prefix: str = ""
) -> None:
    """Set the columns of a person from a request, without saving it.

    Raises:
        InvalidRequest: If a parameter is invalid.
    """
    params = dict(params)
    _check(params, row, tenant, at=at, prefix=prefix)
    if "metadata" in params:
        row.metadata = merge(row.metadata, params.pop("metadata"))
    if (relationship := params.pop("relationship", None)) is not None:
        share = relationship.get("percent_ownership")
        percent = {} if share is None else {"percent_ownership": share / 100}
        row.relationship = deep_merge(row.relationship, relationship | percent)
    before = row.details
    found: JsonObject = {
        name: params.pop(name) for name in identity_numbers.OF_PEOPLE if name in params
    }
    if found:
        identity_numbers.seal(row, found, row_id=row.id)
    row.details = _without_nulls(deep_merge(row.details, params))
    if found or any(before.get(name) != row.details.get(name) for name in _IDENTITY):
        # What was found out is about somebody else now.
        if row.status != CheckStatus.UNVERIFIED:
            row.move_to(CheckStatus.UNVERIFIED)
        row.failed, row.answer_at = [], None


def assign_company(
    row: AccountRequirements,
    params: JsonObject | None,
    known: Fields | None,
    *,
    tenant: Tenant,
) -> JsonObject:
    """Encrypt a company's numbers, and return its other details.

    Raises:
        InvalidRequest: If a document is missing, or was uploaded for another purpose.
    """
    _check_papers(params or {}, row.account_id, tenant, "company")
    if params is None:
        row.sealed_numbers, row.numbers_given = None, []
        row.company_status, row.company_failed = CheckStatus.UNVERIFIED, []
        return {}
    rest = {
        name: value for name, value in params.items() if name not in identity_numbers.OF_COMPANIES
    }
    found: JsonObject = {
        name: params[name] for name in identity_numbers.OF_COMPANIES if name in params
    }
    if found:
        identity_numbers.seal(row, found, row_id=row.account_id)
        row.company_status, row.company_failed = CheckStatus.UNVERIFIED, []
    return _without_nulls(deep_merge(known or {}, _to_timestamps(rest)))


def _to_timestamps(fields: Fields) -> JsonObject:
    """Convert moments to Unix seconds, as on the wire."""
    return {
        name: _to_timestamps(value)
        if isinstance(value, Mapping)
        else int(value.timestamp())
        if isinstance(value, datetime)
        else value
        for name, value in fields.items()
    }


def _check(params: JsonObject, row: Person, tenant: Tenant, *, at: datetime, prefix: str) -> None:
    if born := params.get("dob"):
        _check_birth({**(row.details.get("dob") or {}), **born}, at, _param(prefix, "dob"))
    _check_papers(params, row.account_id, tenant, prefix)
    if (params.get("relationship") or {}).get("representative"):
        account = Account.objects.get(id=row.account_id)
        people = account_queries.visible_people(account, livemode=row.livemode)
        others = account_queries.people_in_role(people, "representative", is_so=True)
        if others.exclude(id=row.id).exists():
            raise InvalidRequest(
                "This account has a representative. Set relationship[representative] of that "
                "person to false first.",
                param=_param(prefix, "relationship.representative"),
            )


def _check_papers(params: Fields, account_id: str, tenant: Tenant, prefix: str) -> None:
    for paper in ("document", "additional_document"):
        for side, name in ((params.get("verification") or {}).get(paper) or {}).items():
            if name:
                param = _param(prefix, f"verification.{paper}.{side}")
                check_file(name, account_id, tenant, param)


def _check_birth(born: Fields, at: datetime, param: str) -> None:
    if any(born.get(part) is None for part in ("year", "month", "day")):
        return
    try:
        day = date(born["year"], born["month"], born["day"])
    except ValueError:
        raise InvalidRequest("This is not a date of the calendar.", param=param) from None
    today = at.date()
    age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    if not _LEAST_AGE <= age <= 130:
        raise InvalidRequest(
            f"Nobody who is {age} can have an account. Check the date of birth.", param=param
        )


def check_file(name: str, account_id: str, tenant: Tenant, param: str) -> None:
    """Check that a document was uploaded, and for this purpose.

    Raises:
        InvalidRequest: If it was not.
    """
    verifier = registry.identity_verifier(livemode=tenant.livemode)
    if verifier is not None and verifier.has_document(name):
        return
    owners = {account_id, tenant.account_id}
    found = File.objects.filter(id=name, account_id__in=owners, livemode=tenant.livemode).first()
    if found is None:
        raise missing("file upload", name, param=param)
    if found.purpose not in _PAPERS:
        raise InvalidRequest(
            f"The file {name} was uploaded for '{found.purpose}'. Upload it again with the purpose "
            "'identity_document'.",
            param=param,
        )


def _param(prefix: str, path: str) -> str:
    first, *rest = [*filter(None, [prefix]), *path.split(".")]
    return first + "".join(f"[{one}]" for one in rest)


def _without_nulls(fields: JsonObject) -> JsonObject:
    return {name: value for name, value in fields.items() if value is not None}


def _render(row: Person, profile: AccountProfile) -> JsonObject:
    return person_resources.person(row, profile.account_requirements)
