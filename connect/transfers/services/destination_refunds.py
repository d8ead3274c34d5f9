"""Who bears a refund of a charge that was shared."""

from dataclasses import dataclass

from django.db.models import Sum

from connect.models import ApplicationFee, ApplicationFeeRefund, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers.services import application_fees, transfers
from connect.transfers.services.reversals import TransferLots
from connect.transfers.services.shared_lots import SharedLots
from core.database.transactions import require_transaction
from core.money import allocate
from core.tenant import Tenant
from ledger import rules
from operations.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class DestinationRefund:
    """A refund of a shared charge.

    Args:
        tenant: Whose transfer and fee they are: the platform.
        transfer_id: The seller's share, `tr_...`; None for a charge that is the seller's own.
        fee_id: The platform's cut of that, `fee_...`.
        refund_id: `re_...`.
        captured: Of the charge, in minor units.
        reversed_so_far: Sum of the charge's refunds, with this one, that let the seller
            bear its part; 0 if this one does not.
        fee_refunded_so_far: Sum of those, with this one, that return the platform's cut;
            0 if this one does not.
    """

    tenant: Tenant
    transfer_id: str | None
    fee_id: str | None
    refund_id: str
    captured: int
    reversed_so_far: int
    fee_refunded_so_far: int


def share(work: UnitOfWork, shared: DestinationRefund) -> TransferReversal | None:
    """Add the seller's and the platform's part of a refund to the unit of work.

    Each is the proportion of the refunds that asked for it, so that the parts of
    many refunds add up to exactly the whole.

    Returns:
        The reversal of the transfer, if there is one.
    """
    require_transaction()
    if shared.transfer_id is None:
        _return_direct_fee(work, shared)
        return None
    transfer = transfers.lock(shared.tenant, shared.transfer_id)
    taking = TransferLots.of(transfer, work)
    reversal = _reverse(work, taking, shared) if shared.reversed_so_far else None
    if shared.fee_id and shared.fee_refunded_so_far:
        fee = application_fees.lock(shared.tenant, shared.fee_id)
        _return_fee(work, taking, shared, fee)
    return reversal


def _return_direct_fee(work: UnitOfWork, shared: DestinationRefund) -> None:
    """Return the platform's fee of a refunded direct charge."""
    if shared.fee_id is None or not shared.fee_refunded_so_far:
        return
    fee = application_fees.lock(shared.tenant, shared.fee_id)
    _return_fee(work, SharedLots.of_fee(fee, work), shared, fee)


def _reverse(
    work: UnitOfWork, taking: TransferLots, shared: DestinationRefund
) -> TransferReversal | None:
    transfer = taking.transfer
    wanted = allocate(
        total=transfer.amount,
        part=shared.reversed_so_far,
        whole=shared.captured,
        done=transfer_queries.reversed_by_refunds(transfer),
    )
    amount = min(wanted, transfer.amount - transfer.amount_reversed)
    # Less than the seller's smallest unit waits for a later refund.
    if not amount or not taking.own_share(amount):
        return None
    return taking.reverse(
        work, amount, rule=rules.REFUND_TRANSFER_REVERSAL, source_refund_id=shared.refund_id
    )


def _return_fee(
    work: UnitOfWork, sides: SharedLots, shared: DestinationRefund, fee: ApplicationFee
) -> None:
    by_refunds = ApplicationFeeRefund.objects.filter(
        fee=fee, source_refund_id__isnull=False, restored_at=None
    ).aggregate(total=Sum("amount"))
    wanted = allocate(
        total=fee.amount,
        part=shared.fee_refunded_so_far,
        whole=shared.captured,
        done=by_refunds["total"] or 0,
    )
    amount = min(wanted, fee.amount - fee.amount_refunded)
    # Less than the seller's smallest unit waits for a later refund.
    if amount and application_fees.own_share(fee, amount):
        application_fees.give_back(
            work,
            fee,
            amount,
            rule=rules.APPLICATION_FEE_REFUND,
            sides=sides,
            source_refund_id=shared.refund_id,
        )
