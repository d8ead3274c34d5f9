"""What platforms make for accounts that let them in: whose it is, and that it ends with them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import ApiKey, Connection, KeyKind
from api.access import permissions
from core import request_context
from core.database.locking import lock_rows
from core.database.transactions import require_transaction
from core.errors import Forbidden
from core.tenant import Tenant

# Ends what a platform made for an account: (platform, account in its mode, moment).
Ending = Callable[[str, Tenant, datetime], None]
_EVERY_SCOPE: Final = {"*": "write"}
_endings: Final[list[tuple[Ending, frozenset[str]]]] = []


def register(ending: Ending, *permissions: str) -> None:
    """Register what a room ends when an account disconnects a platform.

    Args:
        ending: Ends it.
        permissions: That it rests on: it also ends when one of them is taken back.
    """
    _endings.append((ending, frozenset(permissions)))


def maker_for(tenant: Tenant) -> str | None:
    """Return the platform that makes something for an account; None if the account does itself.

    Its connection is locked: what it makes is made before the connection ends, and ends with it.

    Raises:
        Forbidden: If it has just been disconnected.
    """
    require_transaction()
    platform_id = request_context.current().actor_id
    if platform_id is None or platform_id == tenant.account_id:
        return None
    rows = _lock_connection(platform_id, tenant)
    if not rows.exists():
        raise Forbidden(
            f"The account '{tenant.account_id}' is not connected to you any more. Ask its owner "
            "for consent again.",
            code="account_invalid",
        )
    return platform_id


def end(platform_id: str, tenant: Tenant, *, at: datetime) -> None:
    """End all that a platform has made for an account in one mode, its keys as well."""
    require_transaction()
    keys = ApiKey.objects.filter(
        platform_id=platform_id, account_id=tenant.account_id, livemode=tenant.livemode
    )
    # Those that were rolled and would have ended later as well.
    keys.exclude(expires_at__lte=at).update(expires_at=at)
    end_created_objects(platform_id, tenant, at=at)


def end_family(platform_id: str, tenant: Tenant, family: UUID, *, at: datetime) -> None:
    """End the keys of one consent, and all that the platform has made for the account."""
    require_transaction()
    keys = ApiKey.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    in_use = keys.filter(platform_id=platform_id).exclude(expires_at__lte=at)
    in_use.filter(Q(token_family=family) | Q(kind=KeyKind.EPHEMERAL)).update(expires_at=at)
    end_created_objects(platform_id, tenant, at=at)


def end_created_objects(platform_id: str, tenant: Tenant, *, at: datetime) -> None:
    """End what a platform has made for an account in one mode, but its keys."""
    for ending, _ in _endings:
        ending(platform_id, tenant, at)


def intersect(
    one: Mapping[str, str] | None, other: Mapping[str, str] | None
) -> Mapping[str, str] | None:
    """Return what both of two agreements allow."""
    return permissions.intersect(one, other)


def lower(
    platform_id: str, tenant: Tenant, allowed: Mapping[str, str] | None, *, at: datetime
) -> None:
    """Withdraw permissions that a platform holds and an account's owner no longer grants.

    Args:
        platform_id: The platform.
        tenant: The account, in one mode.
        allowed: What it may do from now on: permission → level; None for every scope's.
        at: The moment.
    """
    require_transaction()
    found = _lock_connection(platform_id, tenant)
    keys = ApiKey.objects.filter(
        platform_id=platform_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        dpop_jkt=None,  # A FAPI client's own consent bounds what that client was given.
    ).exclude(expires_at__lte=at)
    for key in keys.filter(kind__in=(KeyKind.SECRET, KeyKind.RESTRICTED)):
        had = key.permissions if key.kind == KeyKind.RESTRICTED else None
        left = permissions.intersect(had, allowed)
        if left != had:
            key.kind, key.permissions = KeyKind.RESTRICTED, left or _EVERY_SCOPE
            key.save(update_fields=["kind", "permissions"])
    connection = found.first()
    if connection is None:
        return
    had, connection.granted = connection.granted, permissions.intersect(connection.granted, allowed)
    connection.save(update_fields=["granted"])
    lost = permissions.denied_permissions(connection.granted) - permissions.denied_permissions(had)
    if "ephemeral_keys" in lost:
        keys.filter(kind=KeyKind.EPHEMERAL).update(expires_at=at)
    for ending, needed in _endings:
        if needed & lost:
            ending(platform_id, tenant, at)


def _lock_connection(platform_id: str, tenant: Tenant) -> QuerySet[Connection]:
    open_ones = Connection.objects.filter(platform_id=platform_id, ended_at=None)
    return lock_rows(open_ones.filter(account_id=tenant.account_id, livemode=tenant.livemode))
