"""Rejecting sellers' accounts, taking that back, and closing them."""

from datetime import datetime

from accounts.models import Account, Connection
from connect.onboarding.services import accounts, blocks
from connect.states import REJECTIONS
from core.errors import InvalidRequest
from core.tenant import Tenant
from ledger import queries as ledger_queries
from operations.unit_of_work import UnitOfWork


def reject(
    *, tenant: Tenant, account_id: str, reason: str, payouts_action: str = "pause", at: datetime
) -> Account:
    """Reject a seller's account: block its charges and its payouts.

    Args:
        tenant: The platform.
        account_id: The seller's account.
        reason: A key of `REJECTIONS`.
        payouts_action: `"pause"`, the only one.
        at: The moment of the request.

    Raises:
        Missing: If the platform has no such account.
        InvalidRequest: If it is not liable for the account's losses, or has rejected it before.
    """
    if payouts_action != "pause":
        raise InvalidRequest(
            "payouts_action: A rejected account is paid nothing until you take that back.",
            code="feature_not_supported",
            param="payouts_action",
        )
    with UnitOfWork(tenant, at=at) as work:
        account = accounts.lock(tenant, account_id)
        if account.controller.get("losses", {}).get("payments") != "application":
            raise InvalidRequest(
                "You may only reject accounts whose losses you bear "
                "(`controller.losses.payments` is `application`).",
                code="account_invalid",
                param="account",
            )
        current = blocks.current_blocks(account_id, livemode=tenant.livemode, at=at)
        if any(one.reason.startswith("rejected.") for one in current):
            raise InvalidRequest(
                "This account has been rejected already.", code="account_invalid", param="account"
            )
        before = accounts.render(account, tenant)
        for kind in blocks.KINDS:
            blocks.add(
                tenant=Tenant(account_id, tenant.livemode),
                kind=kind,
                source="platform",
                reason=REJECTIONS[reason],
                author=tenant.account_id,
                at=at,
            )
        accounts.evaluate_and_emit(work, account, tenant, before)
    return account


def unreject(*, tenant: Tenant, account_id: str, at: datetime) -> Account:
    """Take back a platform's own rejection; other blocks stay.

    Raises:
        Missing: If the platform has no such account.
        InvalidRequest: If it has not rejected it.
    """
    with UnitOfWork(tenant, at=at) as work:
        account = accounts.lock(tenant, account_id)
        current = blocks.current_blocks(account_id, livemode=tenant.livemode, at=at)
        own = [s for s in current if s.source == "platform" and s.reason.startswith("rejected.")]
        if not own:
            raise InvalidRequest(
                "This account was not rejected by you.", code="account_invalid", param="account"
            )
        before = accounts.render(account, tenant)
        for row in own:
            blocks.release(row.id, author=tenant.account_id, at=at)
        accounts.evaluate_and_emit(work, account, tenant, before)
    return account


def delete(*, tenant: Tenant, account_id: str, at: datetime) -> None:
    """Close a seller's account, which must be empty.

    Raises:
        Missing: If the platform has no such account.
        InvalidRequest: If there is money in it, or money that it owes, or somebody else opened it.
    """
    with UnitOfWork(tenant, at=at) as work:
        account = accounts.lock(tenant, account_id)
        if account.opened_by_id != tenant.account_id:
            raise InvalidRequest(
                "You may only delete accounts that you have opened. Disconnect this one instead: "
                "POST /oauth/deauthorize.",
                code="account_invalid",
                param="account",
            )
        totals = ledger_queries.totals(owners=[account_id], livemode=tenant.livemode)
        if any(totals.values()):
            raise InvalidRequest(
                "This account cannot be deleted while its balance is not zero. Pay it out or "
                "reverse its transfers first.",
                code="account_invalid",
                param="account",
            )
        Connection.objects.filter(
            platform_id=tenant.account_id, account=account, livemode=tenant.livemode
        ).update(ended_at=at)
        work.change(account, closed_at=at, charges_enabled=False, payouts_enabled=False)
