"""Record the outcomes of refunds."""

from datetime import UTC, datetime
from typing import Final

from django.conf import settings
from django.db.models import Q, Sum

from connect.transfers.services.refunds import (
    destination_refunds,
    failed_refunds,
    named_reversals,
    split_refunds,
)
from connect.transfers.services.refunds.destination_refunds import DestinationRefund
from connect.transfers.services.refunds.split_refunds import SplitRefund
from core.database.transactions import require_transaction
from core.ids import new_id
from core.types import JsonObject
from ledger.posting.lots import Lot
from operations.unit_of_work import UnitOfWork
from payments import resources
from payments.charges.services import refund_entries
from payments.disputes.services import fraud_warnings
from payments.models import Charge, Refund
from payments.states import OPEN_REFUNDS, RefundStatus
from processors.protocols.base import REFUSED, Outcome, OutcomeStatus
from processors.protocols.payers import EXPIRES_AT

# What the wire calls the reasons; a rail's other words are told as they are.
_REASONS: Final = {"canceled": "merchant_request"}
# The refunds that let every seller bear its proportion: the same request in two words.
_IN_PROPORTION: Final = Q(reverse_transfer=True) | Q(
    transfer_reversals=named_reversals.PROPORTIONAL
)


def record(work: UnitOfWork, charge: Charge, refund: Refund, outcome: Outcome) -> None:
    """Record an outcome of a refund, if it is new.

    Args:
        work: The unit of work.
        charge: The charge, locked.
        refund: The charge's refund, locked.
        outcome: What the rail says now: a last word, about the amount that was asked for. It
            may be late, and it may come again.
    """
    require_transaction()
    is_declined = outcome.status in REFUSED
    if refund.status in OPEN_REFUNDS:
        refund.processor_reference = outcome.reference
        if is_declined:
            _give_back(work, charge, refund, outcome)
        else:
            _confirm(work, charge, refund, outcome)
    elif refund.status == RefundStatus.SUCCEEDED and is_declined:
        _fail(work, charge, refund, outcome)
    elif refund.status == RefundStatus.SUCCEEDED and outcome.is_final and refund.pending_since:
        work.change(refund, pending_since=None)


def wait(work: UnitOfWork, refund: Refund, outcome: Outcome) -> None:
    """Let a refund wait for the payer's account, or go on once the payer has given it.

    Args:
        work: The unit of work.
        refund: The refund, locked, with its charge.
        outcome: What the rail says, which is not the last word.
    """
    before = resources.refund(refund)
    asks = outcome.status is OutcomeStatus.ACTION_REQUIRED
    if asks and refund.status == RefundStatus.PENDING:
        ends = outcome.details.get(EXPIRES_AT)
        work.change(
            refund,
            status=RefundStatus.REQUIRES_ACTION,
            asked_at=work.at,
            ask_expires_at=datetime.fromtimestamp(int(ends), UTC) if ends else None,
        )
    elif outcome.status is OutcomeStatus.PENDING and refund.status == RefundStatus.REQUIRES_ACTION:
        work.change(refund, status=RefundStatus.PENDING)
    else:
        return
    _tell(work, refund, before)


def book_shares(work: UnitOfWork, charge: Charge, refund: Refund) -> None:
    """Add the shares of sellers, application fee and processing fee in a refund.

    The columns that it changes on the charge and the refund are left to the caller to write,
    since one statement can write a row once.

    Args:
        work: The unit of work.
        charge: The charge, locked.
        refund: The charge's refund, confirmed in this transaction.
    """
    if refund.transfer_reversals:
        _share_among_sellers(work, charge, refund)
    if refund.reverse_transfer or refund.refund_application_fee:
        share_out(work, charge, refund)
    amount = refund_entries.fee_share(charge, refunded=_confirmed_total(refund))
    if amount:
        refund.fee_returned_amount = amount
        charge.fee_returned_amount += amount
        lot = _fee_lot(work, charge)
        work.post(refund_entries.fee_return(charge, refund, amount, lot, work.at))


def share_out(work: UnitOfWork, charge: Charge, refund: Refund) -> None:
    """Add what the seller and the application fee bear of a refund, by its flags."""
    if charge.transfer_id is None and charge.application_fee_id is None:
        return
    reversal = destination_refunds.reverse(
        work,
        DestinationRefund(
            tenant=charge.platform,
            transfer_id=charge.transfer_id,
            fee_id=charge.application_fee_id,
            refund_id=refund.id,
            captured=charge.amount_captured,
            reversed_so_far=_confirmed_total(refund, _IN_PROPORTION)
            if refund.reverse_transfer
            else 0,
            fee_refunded_so_far=(
                _confirmed_total(refund, Q(refund_application_fee=True))
                if refund.refund_application_fee
                else 0
            ),
        ),
    )
    refund.transfer_reversal_id = reversal.id if reversal else None


def _share_among_sellers(work: UnitOfWork, charge: Charge, refund: Refund) -> None:
    """Add what each seller of a split bears of a refund (rule 32)."""
    is_proportional = refund.transfer_reversals == named_reversals.PROPORTIONAL
    split_refunds.reverse(
        work,
        SplitRefund(
            tenant=charge.platform,
            charge_id=charge.id,
            refund_id=refund.id,
            captured=charge.amount_captured,
            refunded_so_far=_confirmed_total(refund, _IN_PROPORTION) if is_proportional else 0,
            amounts=None if is_proportional else named_reversals.amounts(refund.transfer_reversals),
        ),
    )


def _confirmed_total(refund: Refund, *flags: Q) -> int:
    """Sum this refund and the confirmed ones of its charge with the same flags."""
    earlier = (
        Refund.objects.filter(*flags, charge_id=refund.charge_id, status=RefundStatus.SUCCEEDED)
        .exclude(id=refund.id)
        .aggregate(total=Sum("amount"))
    )
    return refund.amount + (earlier["total"] or 0)


def _fee_lot(work: UnitOfWork, charge: Charge) -> Lot:
    """Return what the payer of the processing fee will still have pending of a charge."""
    payer = charge.fee_payer_id or charge.account_id
    return work.projected_lot(refund_entries.fee_lot_of(charge), payer)


def _confirm(work: UnitOfWork, charge: Charge, refund: Refund, outcome: Outcome) -> None:
    before = resources.refund(refund)
    refund.move_to(RefundStatus.SUCCEEDED)
    if outcome.is_final:
        refund.pending_since = None
    work.post(*refund_entries.confirmation(charge, refund, outcome.settled_amount, work.at))
    book_shares(work, charge, refund)
    if refund.fee_returned_amount:
        work.update(charge, "fee_returned_amount")
    work.update(
        refund,
        "status",
        "pending_since",
        "processor_reference",
        "transfer_reversal_id",
        "fee_returned_amount",
    )
    work.emit("charge.refunded", charge.tenant, resources.charge(charge))
    _tell(work, refund, before)


def _tell(work: UnitOfWork, refund: Refund, before: JsonObject) -> None:
    """Emit what has become of a refund, under both of its names."""
    after = resources.refund(refund)
    if refund.status == RefundStatus.FAILED:
        work.emit("refund.failed", refund.tenant, after)
    else:
        work.emit("refund.updated", refund.tenant, after, before=before)
    work.emit("charge.refund.updated", refund.tenant, after, before=before)


def _give_back(work: UnitOfWork, charge: Charge, refund: Refund, outcome: Outcome) -> None:
    """End a refund that did not happen, and release what was reserved."""
    before = resources.refund(refund)
    _end(work, charge, refund, outcome)
    work.post(refund_entries.cancelation(charge, refund, work.at))
    _write_end(work, charge, refund, before)


def _fail(work: UnitOfWork, charge: Charge, refund: Refund, outcome: Outcome) -> None:
    """Fail a refund that came back, and restore its shares if operators want that."""
    before = resources.refund(refund)
    _end(work, charge, refund, outcome)
    work.post(refund_entries.failure(charge, refund, work.at))
    if settings.REFUNDS_RESTORE_SPLITS and refund.transfer_reversals:
        split_refunds.restore(work, tenant=charge.platform, refund_id=refund.id)
    if settings.REFUNDS_RESTORE_SPLITS and (charge.transfer_id or charge.application_fee_id):
        failed_refunds.restore(
            work,
            tenant=charge.platform,
            # Its reversals are restored with the others.
            transfer_id=None if refund.transfer_reversals else charge.transfer_id,
            fee_id=charge.application_fee_id,
            refund_id=refund.id,
        )
    if refund.fee_returned_amount:
        charge.fee_returned_amount -= refund.fee_returned_amount
        lot, amount = _fee_lot(work, charge), refund.fee_returned_amount
        work.post(refund_entries.fee_reclaim(charge, refund, amount, lot, work.at))
    _write_end(work, charge, refund, before)


def _end(work: UnitOfWork, charge: Charge, refund: Refund, outcome: Outcome) -> None:
    code = outcome.decline.code if outcome.decline else "unknown"
    was_stopped = code == "canceled" and refund.status in OPEN_REFUNDS
    refund.move_to(RefundStatus.CANCELED if was_stopped else RefundStatus.FAILED)
    refund.pending_since = None
    refund.failure_reason = _REASONS.get(code, code)
    refund.failure_balance_transaction_id = new_id("txn")
    was_actionable = resources.is_actionable(charge)
    charge.amount_refunded -= refund.amount
    fraud_warnings.tell_if_changed(work, charge, was_actionable=was_actionable)


def _write_end(work: UnitOfWork, charge: Charge, refund: Refund, before: JsonObject) -> None:
    work.update(charge, "amount_refunded", "fee_returned_amount")
    work.update(
        refund,
        "status",
        "pending_since",
        "processor_reference",
        "failure_reason",
        "failure_balance_transaction_id",
    )
    _tell(work, refund, before)
