"""Reversals of transfers."""

from datetime import datetime

from connect.models import Transfer, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers.services import account_debits, application_fees, transfers
from connect.transfers.services.source_transfers import AmountTooLarge
from connect.transfers.services.transfer_lots import TransferLots
from core import request_context
from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.money import Money, allocate, check_step
from core.tenant import Tenant
from core.updates import merge
from ledger import rules
from ledger.posting import lots
from operations import recovery
from operations.unit_of_work import UnitOfWork


def create(
    *,
    tenant: Tenant,
    transfer_id: str,
    amount: int | None = None,
    refund_application_fee: bool = False,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
    platform_id: str | None = None,
    at: datetime,
) -> TransferReversal:
    """Reverse a part or the rest of a transfer, if the seller has the money.

    Args:
        tenant: The platform.
        transfer_id: `tr_...`.
        amount: Minor units; None for all that is left.
        refund_application_fee: True to refund the application fee in proportion.
        description: The description of the balance transaction.
        metadata: The platform's metadata.
        platform_id: The platform that acts for the account whose transfer it is, if one does.
        at: The moment of the request.

    Raises:
        Missing: If the platform has no such transfer.
        InvalidRequest: If a seller reverses a debit that its platform made.
        AmountTooLarge: If more is asked for than is left of it.
        BalanceInsufficient: If the seller does not have it, with the fee that it gets back.
            Nothing was posted.
    """
    reversal_id = request_context.reserved_id("trr")
    if done := recovery.resume(lambda: TransferReversal.objects.filter(id=reversal_id).first()):
        return done
    with UnitOfWork(tenant, at=at) as work:
        transfer = _lock_after_source(tenant, transfer_id)
        if transfer.destination_id != platform_id and account_debits.is_debit(transfer):
            raise InvalidRequest(
                f"Transfer {transfer_id} is a debit of your platform's, which alone can give it "
                "back.",
                param="id",
            )
        left = transfer.amount - transfer.amount_reversed
        if left == 0:
            raise InvalidRequest(f"Transfer {transfer_id} is already fully reversed.", param="id")
        requested = left if amount is None else amount
        if requested > left:
            raise AmountTooLarge(
                f"Reversal amount ({Money(requested, transfer.currency)}) is greater than the "
                f"amount left of the transfer ({Money(left, transfer.currency)}).",
                param="amount",
            )
        check_step(requested, transfer.currency, param="amount", left=left)
        transfer_lots = TransferLots.of(transfer, work)
        if not transfer_lots.seller_share(requested):
            raise InvalidRequest(
                f"{Money(requested, transfer.currency)} is less than the smallest amount of "
                f"{transfer_lots.payment.currency}, which the seller got.",
                code="amount_too_small",
                param="amount",
            )
        if refund_application_fee:
            # First: what the seller gives back may be the fee that it gets back.
            _refund_fee(work, transfer_lots, requested)
        return transfer_lots.reverse(
            work,
            requested,
            rule=rules.TRANSFER_REVERSAL,
            reversal_id=reversal_id,
            metadata=metadata or {},
            description=description,
        )


def _lock_after_source(tenant: Tenant, transfer_id: str) -> Transfer:
    """Lock a transfer after its source charge, as refunds do."""
    mine = Transfer.objects.filter(account_id=tenant.account_id, livemode=tenant.livemode)
    source = mine.filter(id=transfer_id).values_list("source_transaction", flat=True).first()
    if source:
        lots.lock_source(source)
    return transfers.lock(tenant, transfer_id, param="transfer")


def _refund_fee(work: UnitOfWork, transfer_lots: TransferLots, amount: int) -> None:
    """Add the refund of the application fee of a reversed part to the unit of work."""
    transfer = transfer_lots.transfer
    if transfer.application_fee_id is None:
        raise InvalidRequest(
            "This transfer has no application fee to refund.", param="refund_application_fee"
        )
    fee = application_fees.lock(transfer.tenant, transfer.application_fee_id)
    share = allocate(
        total=fee.amount,
        part=transfer.amount_reversed + amount,
        whole=transfer.amount,
        done=fee.amount_refunded,
    )
    # Less than the seller's smallest unit waits for a later reversal.
    if share and application_fees.seller_share(fee, share):
        fee_refund = application_fees.refund_locked(
            work, fee, share, rule=rules.REVERSAL_FEE_REFUND, shared_lots=transfer_lots
        )
        transfer_lots.platform = transfer_lots.platform.after_debit(share)
        transfer_lots.seller = transfer_lots.seller.after_credit(fee_refund.sellers_amount)


def update(
    *, tenant: Tenant, transfer_id: str, reversal_id: str, metadata: dict[str, str]
) -> TransferReversal:
    """Change a reversal's metadata.

    Raises:
        Missing: If the platform has no such transfer or reversal.
    """
    with atomic():
        reversal = transfer_queries.transfer_reversal(tenant, transfer_id, reversal_id)
        reversal.metadata = merge(reversal.metadata, metadata)
        reversal.save(update_fields=["metadata"])
    return reversal
