"""Undoing what a refund made a seller and its platform give, because the refund failed."""

from connect.models import (
    ApplicationFee,
    ApplicationFeeRefund,
    TransferReversal,
)
from connect.transfers import queries as transfer_queries
from connect.transfers import resources as transfer_resources
from connect.transfers.services import application_fees, transfers
from connect.transfers.services.reversals import TransferLots
from connect.transfers.services.shared_lots import SharedLots
from core.database.transactions import require_transaction
from core.tenant import Tenant
from ledger import rules
from ledger.entries import Entry, Line
from ledger.posting import exchange, lots
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
        work: Where rows, entries and events are gathered.
        tenant: Whose transfer and fee they are: the platform.
        transfer_id: The seller's share, `tr_...`; None for a charge that is the seller's own.
        fee_id: The platform's cut of that, `fee_...`.
        refund_id: The refund that failed, `re_...`.
    """
    require_transaction()
    taking = TransferLots.of(transfers.lock(tenant, transfer_id), work) if transfer_id else None
    if taking:
        of_refund = TransferReversal.objects.filter(
            transfer_id=transfer_id, source_refund_id=refund_id, restored_at=None
        )
        for reversal in of_refund:
            _give_again(work, taking, reversal)
    if fee_id:
        fee = application_fees.lock(tenant, fee_id)
        sides = taking or SharedLots.of_fee(fee, work)
        returned = ApplicationFeeRefund.objects.filter(
            fee_id=fee_id, source_refund_id=refund_id, restored_at=None
        )
        for fee_refund in returned:
            _take_again(work, sides, fee, fee_refund)


def _give_again(work: UnitOfWork, taking: TransferLots, reversal: TransferReversal) -> None:
    """Return to a seller what it bore of a failed refund."""
    transfer, amount = taking.transfer, reversal.amount
    transfer.amount_reversed -= amount
    reversal.restored_at = work.at
    payment, own = taking.payment, amount
    if reversal.payment_amount is not None:
        own = reversal.payment_amount
    payment.amount_refunded -= own
    work.update(transfer, "amount_reversed")
    work.update(reversal, "restored_at")
    work.update(payment, "amount_refunded")
    inside = transfer_queries.latest_reversals([transfer])[transfer.id]
    work.emit("transfer.updated", transfer.tenant, transfer_resources.transfer(transfer, inside))
    work.emit(
        "charge.updated", payment.tenant, transfer_resources.seller_payment(payment, transfer)
    )
    sources = (reversal.id, reversal.destination_payment_refund_id)
    if payment.currency != transfer.currency:
        work.post(_exchanged(work, taking, amount, own, sources))
    else:
        work.post(
            _entry(
                work,
                taking,
                rules.REFUND_TRANSFER_RESTORED,
                amount,
                is_to_seller=True,
                source=reversal.id,
                sources=sources,
            )
        )
    taking.platform = taking.platform.less(amount)
    taking.seller = taking.seller.more(own)


def _exchanged(
    work: UnitOfWork, taking: TransferLots, amount: int, own: int, sources: tuple[str, str]
) -> Entry:
    """Give a seller back what it bore in its own currency, at the same amounts."""
    today = work.at.date()
    platform, seller = taking.platform, taking.seller
    return exchange.restored(
        reversal_id=sources[0],
        refund_id=sources[1],
        group=taking.group,
        taken=Amount(
            taking.platform_id,
            taking.currency,
            lots.taken_from(platform, amount),
            platform.available_on or today,
        ),
        given=Amount(
            taking.seller_id,
            taking.payment.currency,
            lots.given_to(seller, own),
            seller.available_on or today,
        ),
        rate=taking.rate(),
    )


def _take_again(
    work: UnitOfWork, sides: SharedLots, fee: ApplicationFee, fee_refund: ApplicationFeeRefund
) -> None:
    """Return to a platform the fee that it had given back."""
    fee.amount_refunded -= fee_refund.amount
    fee.payment_amount_refunded -= fee_refund.payment_amount or 0
    fee_refund.restored_at = work.at
    work.update(fee, "amount_refunded", "payment_amount_refunded")
    work.update(fee_refund, "restored_at")
    if fee_refund.payment_amount is not None:
        work.post(_exchanged_fee(work, sides, fee, fee_refund))
        return
    work.post(
        _entry(
            work,
            sides,
            rules.REFUND_FEE_RESTORED,
            fee_refund.amount,
            is_to_seller=False,
            source=fee_refund.id,
            sources=(fee_refund.id, fee_refund.id),
        )
    )


def _exchanged_fee(
    work: UnitOfWork, sides: SharedLots, fee: ApplicationFee, fee_refund: ApplicationFeeRefund
) -> Entry:
    """Give a platform its cut again, at the same amounts."""
    today = work.at.date()
    platform, seller = sides.platform, sides.seller
    return exchange.fee_restored(
        refund_id=fee_refund.id,
        group=sides.group,
        taken=Amount(
            fee.seller_id,
            fee.payment_currency or fee.currency,
            lots.taken_from(seller, fee_refund.sellers_amount),
            seller.available_on or today,
        ),
        given=Amount(
            fee.account_id,
            fee.currency,
            lots.given_to(platform, fee_refund.amount),
            platform.available_on or today,
        ),
        rate=application_fees.rate(fee),
    )


def _entry(
    work: UnitOfWork,
    both: SharedLots,
    rule: rules.Rule,
    amount: int,
    *,
    is_to_seller: bool,
    source: str,
    sources: tuple[str, str],
) -> Entry:
    """Make the entry; `sources` are what the platform and the seller are shown as its cause."""
    today = work.at.date()
    sides = (both.platform_id, both.platform), (both.seller_id, both.seller)
    (giver, from_), (getter, to) = sides if is_to_seller else sides[::-1]
    sign = -1 if is_to_seller else 1
    return Entry(
        rule=rule,
        source=source,
        group=both.group,
        currency=both.currency,
        debit_owner=giver,
        credit_owner=getter,
        debits=lots.taken_from(from_, amount),
        credits=lots.given_to(to, amount),
        lines=(
            Line(
                owner=both.platform_id,
                type="adjustment",
                amount=sign * amount,
                source=sources[0],
                available_on=both.platform.available_on or today,
            ),
            Line(
                owner=both.seller_id,
                type="adjustment",
                amount=-sign * amount,
                source=sources[1],
                available_on=both.seller.available_on or today,
            ),
        ),
    )
