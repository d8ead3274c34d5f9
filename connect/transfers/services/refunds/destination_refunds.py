"""Refunds of destination charges: the seller's part, and the application fee."""

from dataclasses import dataclass

from django.db.models import Sum

from connect.models import ApplicationFee, ApplicationFeeRefund, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers.services import application_fees, transfers
from connect.transfers.services.shared_lots import SharedLots
from connect.transfers.services.transfer_lots import TransferLots
from core.database.transactions import require_transaction
from core.money import allocate
from core.tenant import Tenant
from ledger import rules
from operations.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DestinationRefund:
    """A refund of a charge with one seller.

    Args:
        tenant: The platform whose transfer and fee they are.
        transfer_id: The seller's share, `tr_...`; None for a direct charge.
        fee_id: The application fee, `fee_...`.
        refund_id: `re_...`.
        captured: Of the charge, in minor units.
        reversed_so_far: Sum of the charge's refunds, with this one, that reverse the transfer;
            0 if this one does not.
        fee_refunded_so_far: Sum of those, with this one, that refund the fee; 0 if this one does
            not.
    """

    tenant: Tenant
    transfer_id: str | None
    fee_id: str | None
    refund_id: str
    captured: int
    reversed_so_far: int
    fee_refunded_so_far: int


def reverse(work: UnitOfWork, refund: DestinationRefund) -> TransferReversal | None:
    """Add the reversal and the fee refund of a refunded charge to the unit of work.

    Each is the proportion of the refunds that asked for it, so that the parts of
    many refunds add up to exactly the whole.

    Returns:
        The reversal of the transfer, if there is one.
    """
    require_transaction()
    if refund.transfer_id is None:
        _refund_direct_fee(work, refund)
        return None
    transfer = transfers.lock(refund.tenant, refund.transfer_id)
    transfer_lots = TransferLots.of(transfer, work)
    reversal = _reverse_transfer(work, transfer_lots, refund) if refund.reversed_so_far else None
    if refund.fee_id and refund.fee_refunded_so_far:
        fee = application_fees.lock(refund.tenant, refund.fee_id)
        _refund_fee(work, transfer_lots, refund, fee)
    return reversal


def _refund_direct_fee(work: UnitOfWork, refund: DestinationRefund) -> None:
    """Return the platform's fee of a refunded direct charge."""
    if refund.fee_id is None or not refund.fee_refunded_so_far:
        return
    fee = application_fees.lock(refund.tenant, refund.fee_id)
    _refund_fee(work, SharedLots.of_fee(fee, work), refund, fee)


def _reverse_transfer(
    work: UnitOfWork, transfer_lots: TransferLots, refund: DestinationRefund
) -> TransferReversal | None:
    transfer = transfer_lots.transfer
    share = allocate(
        total=transfer.amount,
        part=refund.reversed_so_far,
        whole=refund.captured,
        done=transfer_queries.amount_reversed_by_refunds(transfer),
    )
    amount = min(share, transfer.amount - transfer.amount_reversed)
    # Less than the seller's smallest unit waits for a later refund.
    if not amount or not transfer_lots.seller_share(amount):
        return None
    return transfer_lots.reverse(
        work, amount, rule=rules.REFUND_TRANSFER_REVERSAL, source_refund_id=refund.refund_id
    )


def _refund_fee(
    work: UnitOfWork, shared_lots: SharedLots, refund: DestinationRefund, fee: ApplicationFee
) -> None:
    by_refunds = ApplicationFeeRefund.objects.filter(
        fee=fee, source_refund_id__isnull=False, restored_at=None
    ).aggregate(total=Sum("amount"))
    share = allocate(
        total=fee.amount,
        part=refund.fee_refunded_so_far,
        whole=refund.captured,
        done=by_refunds["total"] or 0,
    )
    amount = min(share, fee.amount - fee.amount_refunded)
    # Less than the seller's smallest unit waits for a later refund.
    if amount and application_fees.seller_share(fee, amount):
        application_fees.refund_locked(
            work,
            fee,
            amount,
            rule=rules.APPLICATION_FEE_REFUND,
            shared_lots=shared_lots,
            source_refund_id=refund.refund_id,
        )
