"""The start of every request for a transfer or an account debit."""

from datetime import datetime

from connect.models import Transfer
from core import request_context
from core.ids import new_id
from core.money import check_step
from core.tenant import Tenant
from operations import recovery


def begin(
    *,
    tenant: Tenant,
    amount: int,
    currency: str,
    destination: str,
    source_transaction: str | None = None,
    transfer_group: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
    at: datetime,
) -> tuple[Transfer, bool]:
    """Build the transfer of a request, or find it if it was written before.

    A request that was cut off and comes again finds what it has written.

    Args:
        tenant: The account that pays.
        amount: Minor units.
        currency: Of the amount.
        destination: The account that is paid, `acct_...`.
        source_transaction: The charge whose money it is, `ch_...`.
        transfer_group: The platform's own name of the order.
        description: The platform's description.
        metadata: The platform's metadata.
        at: The moment of the request.

    Raises:
        InvalidRequest: If there is no such currency, or the amount is finer than it.
    """
    transfer_id = request_context.reserved_id("tr")
    if done := recovery.resume(lambda: Transfer.objects.filter(id=transfer_id).first()):
        return done, True
    check_step(amount, currency, param="amount")
    transfer = Transfer(
        id=transfer_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        amount=amount,
        currency=currency,
        destination_id=destination,
        destination_payment_id=new_id("py"),
        source_transaction=source_transaction,
        transfer_group=transfer_group,
        description=description,
        metadata=metadata or {},
        balance_transaction_id=new_id("txn"),
        created_at=at,
    )
    return transfer, False
