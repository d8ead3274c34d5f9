"""Stopping what goes on while somebody finds out what has happened."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from accounts.models import Account, ApiKey
from accounts.services import api_keys
from connect.onboarding import account_queries
from connect.onboarding.services import reviews
from core.errors import missing
from core.tenant import Tenant

# What blocks say that are made here, so that they are found again.
MARK: Final = "Incident: "
_LONGEST: Final = 900


def sellers(account_id: str = "") -> list[str]:
    """Return the open sellers that are meant: one, those of a platform, or all.

    Args:
        account_id: A seller or a platform; empty for all.

    Raises:
        Missing: If there is no such account.
    """
    opened = Account.objects.exclude(opened_by=None).filter(closed_at=None).order_by("id")
    if not account_id:
        return list(opened.values_list("id", flat=True))
    row = Account.objects.filter(id=account_id).first()
    if row is None:
        raise missing("account", account_id)
    if row.opened_by_id:
        return [row.id]
    return list(opened.filter(opened_by=row).values_list("id", flat=True))


def freeze_payouts(account_ids: Iterable[str], *, reason: str, author: str, at: datetime) -> int:
    """Stop the payouts of sellers, those that wait as well, in both modes; again, it adds nothing.

    Args:
        account_ids: The sellers.
        reason: Why.
        author: Who.
        at: The moment.

    Returns:
        How many sellers were stopped in a mode now.
    """
    count = 0
    for tenant in _in_both_modes(account_ids):
        if _own_blocks(tenant):
            continue
        reviews.stop(
            tenant=tenant,
            kind="payouts",
            message=(MARK + reason)[:_LONGEST],
            author=author,
            at=at,
        )
        count += 1
    return count


def release_payouts(account_ids: Iterable[str], *, author: str, at: datetime) -> int:
    """Let payouts that were stopped here go on; other blocks stay.

    Args:
        account_ids: The sellers.
        author: Who.
        at: The moment.

    Returns:
        How many blocks were released.
    """
    count = 0
    for tenant in _in_both_modes(account_ids):
        for block_id in _own_blocks(tenant):
            reviews.release(block_id=block_id, author=author, at=at)
            count += 1
    return count


def end_keys(account_id: str, *, at: datetime) -> int:
    """End all keys of an account in both modes: the very next request with one is refused.

    Args:
        account_id: The account.
        at: The moment.

    Returns:
        How many there were.

    Raises:
        Missing: If there is no such account.
    """
    if not Account.objects.filter(id=account_id).exists():
        raise missing("account", account_id)
    in_use = ApiKey.objects.filter(account_id=account_id).exclude(expires_at__lte=at)
    keys = list(in_use.order_by("id"))
    for key in keys:
        api_keys.revoke(key=key, at=at)
    return len(keys)


def _in_both_modes(account_ids: Iterable[str]) -> Iterable[Tenant]:
    return (Tenant(id, livemode) for id in account_ids for livemode in (True, False))


def _own_blocks(tenant: Tenant) -> list[str]:
    found = account_queries.blocks(tenant.account_id, livemode=tenant.livemode)
    return [one.id for one in found if one.kind == "payouts" and one.message.startswith(MARK)]
