"""Queries of accounts by platform."""

from django.db.models import Q, QuerySet

from accounts.models import Account, Connection
from connect.models import (
    Capability,
    SealedToken,
)
from connect.onboarding import account_queries
from core.tenant import Tenant


def capabilities(account_id: str, *, livemode: bool) -> list[Capability]:
    """Return an account's capabilities."""
    return list(Capability.objects.filter(account_id=account_id, livemode=livemode))


def platforms(tenant: Tenant) -> QuerySet[Account]:
    """Return an account itself, and the platforms to which it is or was connected."""
    theirs = Connection.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    return Account.objects.filter(Q(id=tenant.account_id) | Q(id__in=theirs.values("platform_id")))


def accounts(tenant: Tenant, *, level: str = "read") -> QuerySet[Account]:
    """Return the accounts connected to a platform that let it see or change them.

    Args:
        tenant: The platform.
        level: `"read"` or `"write"`, of which OAuth may grant less.
    """
    return Account.objects.filter(
        Connection.letting(level, "accounts", via="connected_to__"),
        closed_at=None,
        connected_to__platform_id=tenant.account_id,
        connected_to__livemode=tenant.livemode,
        connected_to__ended_at=None,
    )


def account(
    tenant: Tenant, account_id: str, *, param: str = "account", level: str = "read"
) -> Account:
    """Return an account: the caller's own, or one that is connected to it.

    Args:
        tenant: The caller.
        account_id: `acct_...`.
        param: What the wire calls it.
        level: `"read"` or `"write"`.

    Raises:
        Missing: If it is neither.
        Forbidden: If it is connected, but grants less than that.
    """
    row = (
        Account.objects.filter(id=account_id, closed_at=None).first()
        if account_id == tenant.account_id
        else accounts(tenant, level=level).filter(id=account_id).first()
    )
    if row is None:
        raise account_queries.refusal(tenant, account_id, param=param)
    return row


def sealed_tokens(tenant: Tenant) -> QuerySet[SealedToken]:
    """Return a tenant's sealed tokens."""
    return SealedToken.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
