"""Restoring transfers and application fees that a failed refund had reversed."""

from connect.models import (
    ApplicationFee,
    ApplicationFeeRefund,
    TransferReversal,
)
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services import application_fees, transfers
from connect.transfers.services.shared_lots import SharedLots
from connect.transfers.services.transfer_lots import TransferLots
from core.database.transactions import require_transaction
from core.tenant import Tenant
from ledger import rules
from ledger.entries import Entry, Line
from ledger.posting import exchanged_refunds, lots
from ledger.posting.exchange import Amount
from operations.unit_of_work import UnitOfWork


def restore(
    work: UnitOfWork,
    *,
    tenant: Tenant,
    transfer_id: str | None,
    fee_id: str | None,
    refund_id: str,
) -> None:
    """Restore what a failed refund had taken from a seller and its platform.

    Args:
        work: The unit of work.
        tenant: The platform whose transfer and fee they are.
        transfer_id: The seller's share, `tr_...`; None for a direct charge.
        fee_id: The application fee, `fee_...`.
        refund_id: The refund that failed, `re_...`.
    """
    require_transaction()
    transfer_lots = (
        TransferLots.of(transfers.lock(tenant, transfer_id), work) if transfer_id else None
    )
    if transfer_lots:
        reversals = TransferReversal.objects.filter(
            transfer_id=transfer_id, source_refund_id=refund_id, restored_at=None
        )
        for reversal in reversals:
            _restore_transfer(work, transfer_lots, reversal)
    if fee_id:
        fee = application_fees.lock(tenant, fee_id)
        shared_lots = transfer_lots or SharedLots.of_fee(fee, work)
        fee_refunds = ApplicationFeeRefund.objects.filter(
            fee_id=fee_id, source_refund_id=refund_id, restored_at=None
        )
        for fee_refund in fee_refunds:
            _restore_fee(work, shared_lots, fee, fee_refund)


def _restore_transfer(
    work: UnitOfWork, transfer_lots: TransferLots, reversal: TransferReversal
) -> None:
    """Return to a seller its part of a failed refund."""
    transfer, amount = transfer_lots.transfer, reversal.amount
    payment, seller_amount = transfer_lots.payment, amount
    if reversal.payment_amount is not None:
        seller_amount = reversal.payment_amount
    inside = transfer_queries.latest_reversals([transfer])[transfer.id]
    before = transfer_resources.transfer(transfer, inside)
    payment_before = transfer_resources.seller_payment(payment, transfer)
    work.change(transfer, amount_reversed=transfer.amount_reversed - amount)
    work.change(reversal, restored_at=work.at)
    work.change(payment, amount_refunded=payment.amount_refunded - seller_amount)
    work.emit(
        "transfer.updated",
        transfer.tenant,
        transfer_resources.transfer(transfer, inside),
        before=before,
    )
    work.emit(
        "charge.updated",
        payment.tenant,
        transfer_resources.seller_payment(payment, transfer),
        before=payment_before,
    )
    sources = (reversal.id, reversal.destination_payment_refund_id)
    if payment.currency != transfer.currency:
        work.post(_exchanged_entry(work, transfer_lots, amount, seller_amount, sources))
    else:
        work.post(
            _entry(
                work,
                transfer_lots,
                rules.REFUND_TRANSFER_RESTORED,
                amount,
                is_to_seller=True,
                source=reversal.id,
                sources=sources,
            )
        )
    transfer_lots.platform = transfer_lots.platform.after_debit(amount)
    transfer_lots.seller = transfer_lots.seller.after_credit(seller_amount)


def _exchanged_entry(
    work: UnitOfWork,
    transfer_lots: TransferLots,
    amount: int,
    seller_amount: int,
    sources: tuple[str, str],
) -> Entry:
    """Build the entry that restores a converted transfer, at the reversal's amounts."""
    today = work.at.date()
    platform, seller = transfer_lots.platform, transfer_lots.seller
    return exchanged_refunds.restore(
        reversal_id=sources[0],
        refund_id=sources[1],
        group=transfer_lots.group,
        taken=Amount(
            transfer_lots.platform_id,
            transfer_lots.currency,
            lots.debit_parts(platform, amount),
            platform.available_on or today,
        ),
        given=Amount(
            transfer_lots.seller_id,
            transfer_lots.payment.currency,
            lots.credit_parts(seller, seller_amount),
            seller.available_on or today,
        ),
        rate=transfer_lots.rate(),
    )


def _restore_fee(
    work: UnitOfWork, shared_lots: SharedLots, fee: ApplicationFee, fee_refund: ApplicationFeeRefund
) -> None:
    """Return to a platform the fee that it had refunded."""
    work.change(
        fee,
        amount_refunded=fee.amount_refunded - fee_refund.amount,
        payment_amount_refunded=fee.payment_amount_refunded - (fee_refund.payment_amount or 0),
    )
    work.change(fee_refund, restored_at=work.at)
    if fee_refund.payment_amount is not None:
        work.post(_exchanged_fee_entry(work, shared_lots, fee, fee_refund))
        return
    work.post(
        _entry(
            work,
            shared_lots,
            rules.REFUND_FEE_RESTORED,
            fee_refund.amount,
            is_to_seller=False,
            source=fee_refund.id,
            sources=(fee_refund.id, fee_refund.id),
        )
    )


def _exchanged_fee_entry(
    work: UnitOfWork, shared_lots: SharedLots, fee: ApplicationFee, fee_refund: ApplicationFeeRefund
) -> Entry:
    """Build the entry that restores a converted fee, at the refund's amounts."""
    today = work.at.date()
    platform, seller = shared_lots.platform, shared_lots.seller
    return exchanged_refunds.fee_restoration(
        refund_id=fee_refund.id,
        group=shared_lots.group,
        taken=Amount(
            fee.seller_id,
            fee.payment_currency or fee.currency,
            lots.debit_parts(seller, fee_refund.sellers_amount),
            seller.available_on or today,
        ),
        given=Amount(
            fee.account_id,
            fee.currency,
            lots.credit_parts(platform, fee_refund.amount),
            platform.available_on or today,
        ),
        rate=application_fees.rate(fee),
    )


def _entry(
    work: UnitOfWork,
    shared_lots: SharedLots,
    rule: rules.Rule,
    amount: int,
    *,
    is_to_seller: bool,
    source: str,
    sources: tuple[str, str],
) -> Entry:
    """Build the entry; `sources` are the causes that the platform and the seller are shown."""
    today = work.at.date()
    sides = (
        (shared_lots.platform_id, shared_lots.platform),
        (shared_lots.seller_id, shared_lots.seller),
    )
    (giver, from_), (getter, to) = sides if is_to_seller else sides[::-1]
    sign = -1 if is_to_seller else 1
    return Entry(
        rule=rule,
        source=source,
        group=shared_lots.group,
        currency=shared_lots.currency,
        debit_owner=giver,
        credit_owner=getter,
        debits=lots.debit_parts(from_, amount),
        credits=lots.credit_parts(to, amount),
        lines=(
            Line(
                owner=shared_lots.platform_id,
                type="adjustment",
                amount=sign * amount,
                source=sources[0],
                available_on=shared_lots.platform.available_on or today,
            ),
            Line(
                owner=shared_lots.seller_id,
                type="adjustment",
                amount=-sign * amount,
                source=sources[1],
                available_on=shared_lots.seller.available_on or today,
            ),
        ),
    )
