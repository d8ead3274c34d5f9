"""Account debits: transfers from sellers to their platform."""

from datetime import datetime

from accounts.models import Account
from connect.models import Transfer
from connect.transfers.services import transfer_bookings, transfer_requests
from connect.transfers.services.source_transfers import Move
from core.errors import InvalidRequest
from core.tenant import Tenant
from ledger import rules
from ledger.chart import AVAILABLE
from ledger.entries import Part
from operations.unit_of_work import UnitOfWork


def create(
    *,
    tenant: Tenant,
    platform_id: str,
    amount: int,
    currency: str,
    source_transaction: str | None = None,
    transfer_group: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> Transfer:
    """Debit a seller's available balance for its platform (rule 26).

    Args:
        tenant: The seller.
        platform_id: The platform that opened the seller's account.
        amount: Minor units.
        currency: The currency in which the seller settles.
        source_transaction: A charge, which is refused: the seller's balance is debited.
        transfer_group: The platform's own name of what it is for.
        description: The platform's description.
        metadata: The platform's metadata.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the platform does not answer for the seller's losses, or the amount is
            finer than its currency or in another one.
        BalanceInsufficient: If the seller does not have it. Nothing was posted.
    """
    transfer, is_done = transfer_requests.begin(
        tenant=tenant,
        amount=amount,
        currency=currency,
        destination=platform_id,
        transfer_group=transfer_group,
        description=description,
        metadata=metadata,
        at=at,
    )
    if is_done:
        return transfer
    if source_transaction:
        raise InvalidRequest(
            "An account is debited out of what is available to it, and not out of one charge. "
            "Leave source_transaction out.",
            param="source_transaction",
        )
    with UnitOfWork(tenant, at=at) as work:
        _check(tenant, platform_id, currency)
        parts = (Part(AVAILABLE, amount),)
        move = Move(rules.ACCOUNT_DEBIT, parts, parts)
        transfer_bookings.book(work, transfer, move, group=transfer.id)
    return transfer


def is_debit(transfer: Transfer) -> bool:
    """Tell whether a transfer is an account debit."""
    return Account.objects.filter(
        id=transfer.account_id, opened_by_id=transfer.destination_id
    ).exists()


def _check(tenant: Tenant, platform_id: str, currency: str) -> None:
    seller = Account.objects.get(id=tenant.account_id)
    losses = seller.controller.get("losses", {}).get("payments")
    if seller.opened_by_id != platform_id or losses != "application":
        raise InvalidRequest(
            "You may only debit accounts that you have opened and whose losses you bear "
            "(`controller.losses.payments` is `application`).",
            code="account_invalid",
            param="destination",
        )
    if currency != seller.default_currency:
        raise InvalidRequest(
            f"This account settles in {seller.default_currency}, and is debited in that currency "
            "only.",
            param="currency",
        )
