"""Blocks on sellers' charges and payouts: by whom, why and until when."""

from datetime import datetime
from typing import Final

from connect import disabled_reasons
from connect.models import AccountBlock
from connect.onboarding import account_queries
from core.database.locking import lock_rows
from core.errors import InvalidRequest
from core.ids import new_id
from core.tenant import Tenant

KINDS: Final = ("charges", "payouts")
BY_HAND, ON_DATE, WHEN_VERIFIED = "by_hand", "on_date", "when_verified"


def add(
    *,
    tenant: Tenant,
    kind: str,
    source: str,
    reason: str,
    author: str,
    message: str = "",
    release: str = BY_HAND,
    releases_at: datetime | None = None,
    at: datetime,
) -> AccountBlock:
    """Block an account's charges or payouts; the caller evaluates it afterwards.

    Args:
        tenant: The account.
        kind: `charges` or `payouts`.
        source: `operator`, `platform` or `watch_list`.
        reason: A word of `disabled_reasons.REASONS`.
        author: The author of the block.
        message: The reason in words.
        release: `by_hand`, `on_date`, or `when_verified`: once nothing more is due.
        releases_at: The moment of its end, for `on_date`.
        at: The moment.
    """
    if kind not in KINDS or reason not in disabled_reasons.REASONS:
        raise ValueError(f"{kind} cannot be stopped for {reason}")
    if (release == ON_DATE) != (releases_at is not None):
        raise InvalidRequest("Say on which day it ends, or how else it ends.", param="releases_at")
    return AccountBlock.objects.create(
        id=new_id("block"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind=kind,
        source=source,
        reason=reason,
        author=author,
        message=message,
        release=release,
        releases_at=releases_at,
        created_at=at,
    )


def release(block_id: str, *, author: str, at: datetime) -> AccountBlock:
    """Release a block; the caller evaluates the account afterwards.

    Raises:
        InvalidRequest: If there is none with this id, or it has ended.
    """
    row = lock_rows(AccountBlock.objects.filter(id=block_id)).first()
    if row is None or row.released_at:
        raise InvalidRequest("This block has ended.", param="id")
    _end(row, author, at)
    return row


def current_blocks(account_id: str, *, livemode: bool, at: datetime) -> list[AccountBlock]:
    """Return an account's current blocks, after ending expired ones."""
    found = list(account_queries.blocks(account_id, livemode=livemode))
    over = [row for row in found if row.releases_at and row.releases_at <= at]
    for row in over:
        _end(row, "its date", at)
    return [row for row in found if row not in over]


def release_verified(stops: list[AccountBlock], *, is_clear: bool, at: datetime) -> bool:
    """Release the blocks that end with verification, and return whether there were any."""
    met = [row for row in stops if is_clear and row.release == WHEN_VERIFIED]
    for row in met:
        _end(row, "its requirements", at)
    return bool(met)


def _end(row: AccountBlock, author: str, at: datetime) -> None:
    row.released_at, row.released_by = at, author
    row.save(update_fields=["released_at", "released_by"])
