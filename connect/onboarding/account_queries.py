"""Queries of sellers' accounts, people, requirements and blocks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Account, Connection
from connect.models import AccountBlock, AccountRequirements, Capability, ExternalAccount, Person
from connect.payouts import queries
from connect.states import CapabilityStatus, CheckStatus
from core.database.locking import lock_rows
from core.database.lookups import one
from core.errors import Forbidden, RialtoError, missing
from core.tenant import Tenant


@dataclass(slots=True)
class AccountProfile:
    """What an account is shown with.

    Args:
        capabilities: Its capabilities.
        external_accounts: Its external accounts, newest first.
        account_requirements: Its requirements; None if it was never evaluated.
        individual: Its individual, if it has one.
    """

    capabilities: list[Capability] = field(default_factory=list)
    external_accounts: list[ExternalAccount] = field(default_factory=list)
    account_requirements: AccountRequirements | None = None
    individual: Person | None = None


def load_profiles(account_ids: Iterable[str], *, livemode: bool) -> dict[str, AccountProfile]:
    """Return the profiles of accounts, in four queries."""
    found = {id: AccountProfile() for id in account_ids}
    paid_to = queries.external_accounts_of(list(found), livemode=livemode)
    mine = {"account_id__in": list(found), "livemode": livemode}
    for capability in Capability.objects.filter(**mine):
        found[capability.account_id].capabilities.append(capability)
    for row in AccountRequirements.objects.filter(**mine):
        found[row.account_id].account_requirements = row
    for person in Person.objects.filter(**mine, is_individual=True, deleted_at=None):
        found[person.account_id].individual = person
    for id, profile in found.items():
        profile.external_accounts = paid_to[id]
    return found


def lock(tenant: Tenant, account_id: str) -> Account:
    """Lock a seller's account for a change, on behalf of its platform or of itself.

    Raises:
        Missing: If the caller has no such account.
        Forbidden: If it grants less than that to the caller.
    """
    rows = lock_rows(Account.objects.filter(id=account_id, closed_at=None))
    if account_id != tenant.account_id:
        rows = rows.filter(
            Connection.letting("write", "accounts", via="connected_to__"),
            connected_to__platform_id=tenant.account_id,
            connected_to__livemode=tenant.livemode,
            connected_to__ended_at=None,
        )
    account = rows.first()
    if account is None:
        raise refusal(tenant, account_id, param="account")
    return account


def refusal(tenant: Tenant, account_id: str, *, param: str) -> RialtoError:
    """Return the error of an account that a platform cannot reach."""
    is_connected = Connection.objects.filter(
        platform_id=tenant.account_id,
        account_id=account_id,
        livemode=tenant.livemode,
        ended_at=None,
        account__closed_at=None,
    ).exists()
    if is_connected:
        return Forbidden(
            f"The account '{account_id}' has not allowed this: what it shares with you is less.",
            code="more_permissions_required",
        )
    return missing("account", account_id, param=param)


def may_charge(account_id: str) -> bool:
    """Return whether an account's charges are enabled, or it opened itself."""
    rows = Account.objects.filter(Q(charges_enabled=True) | Q(opened_by=None), id=account_id)
    return rows.exists()


def active_capabilities(
    account_ids: Iterable[str], *, livemode: bool
) -> dict[str, set[str] | None]:
    """Return by account the names of what it may do; None for an account that opened itself."""
    own = Capability.objects.filter(
        account=OuterRef("pk"), livemode=livemode, status=CapabilityStatus.ACTIVE
    )
    rows = Account.objects.filter(id__in=list(account_ids))
    found = rows.values_list("id", "opened_by_id", ArraySubquery(own.values("name")))
    return {id: set(names) if opened_by else None for id, opened_by, names in found}


def people(account_id: str, *, livemode: bool) -> QuerySet[Person]:
    """Return the people behind an account."""
    return Person.objects.filter(account_id=account_id, livemode=livemode, deleted_at=None)


def detached_rows(accounts: QuerySet[Account]) -> list[ExternalAccount | Person]:
    """Return what disconnected applications have added to accounts."""
    left = {"account__in": accounts, "left_at__isnull": False, "deleted_at": None}
    banks = ExternalAccount.objects.filter(**left).select_related("account").order_by("id")
    persons = Person.objects.filter(**left).select_related("account").order_by("id")
    return [*banks, *persons]


def visible_people(account: Account, *, livemode: bool) -> QuerySet[Person]:
    """Return the people behind an account, without a company's former individual."""
    rows = people(account.id, livemode=livemode)
    is_company = account.business_type not in (None, "individual")
    return rows.filter(is_individual=False) if is_company else rows


def people_in_role(rows: QuerySet[Person], role: str, *, is_so: bool) -> QuerySet[Person]:
    """Return the people who have a role, or have it not."""
    has_it = Q(relationship__contains={role: True})
    if role == "representative":
        has_it |= Q(is_individual=True)
    return rows.filter(has_it if is_so else ~has_it)


def person(account_id: str, person_id: str, *, livemode: bool) -> Person:
    """Return a person of an account.

    Raises:
        Missing: If it has none with this id.
    """
    return one(people(account_id, livemode=livemode), person_id, kind="person")


def blocks(account_id: str, *, livemode: bool) -> QuerySet[AccountBlock]:
    """Return an account's current blocks."""
    return AccountBlock.objects.filter(
        account_id=account_id, livemode=livemode, released_at=None
    ).order_by("id")


def due_for_evaluation(*, at: datetime) -> list[tuple[str, bool]]:
    """Return accounts and modes whose re-evaluation is due."""
    due = AccountRequirements.objects.filter(reevaluate_at__lte=at).order_by("reevaluate_at")
    return list(due.values_list("account_id", "livemode")[:1_000])


def people_to_verify() -> QuerySet[Person]:
    """Return the people that an operator must verify, the longest waiting first."""
    return (
        Person.objects.filter(status=CheckStatus.PENDING, livemode=True, deleted_at=None)
        .select_related("account")
        .order_by("id")
    )


def companies_to_verify() -> QuerySet[AccountRequirements]:
    """Return the accounts whose company an operator must verify."""
    return (
        AccountRequirements.objects.filter(company_status=CheckStatus.PENDING, livemode=True)
        .select_related("account")
        .order_by("id")
    )


def all_blocks() -> QuerySet[AccountBlock]:
    """Return all current blocks, the newest first."""
    return AccountBlock.objects.filter(released_at=None).select_related("account").order_by("-id")


def restricted_accounts() -> QuerySet[AccountRequirements]:
    """Return the accounts with a restricted capability."""
    lost = Capability.objects.filter(
        status=CapabilityStatus.RESTRICTED,
        account_id=OuterRef("account_id"),
        livemode=OuterRef("livemode"),
    )
    return (
        AccountRequirements.objects.filter(Exists(lost)).select_related("account").order_by("-id")
    )


def stranded_accounts() -> QuerySet[AccountRequirements]:
    """Return the accounts that have money which none of their external accounts takes."""
    return (
        AccountRequirements.objects.exclude(stranded=[]).select_related("account").order_by("-id")
    )
