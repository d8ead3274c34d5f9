"""Who bears a refund of a charge that was shared."""

from dataclasses import dataclass

from django.db.models import Sum

from connect.models import ApplicationFee, ApplicationFeeRefund, TransferReversal
from connect.transfers import queries as transfer_queries
from connect.transfers.services import application_fees, transfers
from connect.transfers.services.reversals import Taking
from connect.transfers.services.shared_lots import Sides
from core.database.transactions import require_transaction
from core.money import allocate
from core.tenant import Tenant
from ledger import rules
from operations.unit_of_work import Movement


@dataclass(frozen=True, slots=True)
class Shared:
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


def share(movement: Movement, shared: Shared) -> TransferReversal | None:
    """Add what the seller gives back and what the platform returns to what is written.

    Each is the proportion of the refunds that asked for it, so that the parts of
    many refunds add up to exactly the whole.

    Returns:
        The reversal of the transfer, if there is one.
    """
    require_transaction()
    if shared.transfer_id is None:
        _return_direct_fee(movement, shared)
        return None
    transfer = transfers.locked(shared.tenant, shared.transfer_id)
    taking = Taking.of(transfer, movement)
    reversal = _reverse(movement, taking, shared) if shared.reversed_so_far else None
    if shared.fee_id and shared.fee_refunded_so_far:
        fee = application_fees.locked(shared.tenant, shared.fee_id)
        _return_fee(movement, taking, shared, fee)
    return reversal


def _return_direct_fee(movement: Movement, shared: Shared) -> None:
    """The charge is the seller's own: only the platform's cut comes back."""
    if shared.fee_id is None or not shared.fee_refunded_so_far:
        return
    fee = application_fees.locked(shared.tenant, shared.fee_id)
    _return_fee(movement, Sides.of_fee(fee, movement), shared, fee)


def _reverse(movement: Movement, taking: Taking, shared: Shared) -> TransferReversal | None:
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
        movement, amount, rule=rules.REFUND_TRANSFER_REVERSAL, source_refund_id=shared.refund_id
    )


def _return_fee(movement: Movement, sides: Sides, shared: Shared, fee: ApplicationFee) -> None:
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
            movement, fee, amount, rule=rules.APPLICATION_FEE_REFUND,
            sides=sides, source_refund_id=shared.refund_id,
        )  # fmt: skip
