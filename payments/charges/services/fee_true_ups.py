"""Correct processing fees to what the processor reports (rule 11)."""

from datetime import datetime

from core.database.locking import lock_one
from core.errors import InvalidRequest
from core.ids import new_id
from ledger import rules
from ledger.chart import PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.posting import lots
from ledger.posting.lots import Lot
from operations.unit_of_work import UnitOfWork
from payments.charges.services import refund_entries
from payments.models import Charge, FeeTrueUp, UnappliedPayment


def true_up(*, charge_id: str, actual_amount: int, reference: str, at: datetime) -> FeeTrueUp:
    """Correct a charge's estimated fee to what its processor reports.

    Args:
        charge_id: `ch_...`, captured, or paid too late.
        actual_amount: Minor units of the charge's currency, before what refunds brought back.
        reference: The processor's name of its statement, booked once.
        at: The moment of the statement.

    Returns:
        The correction, also if nothing had to be moved.

    Raises:
        Missing: If there is no such charge.
        InvalidRequest: If nothing was captured, or the fee is below zero.
    """
    with UnitOfWork(at=at) as work:
        charge = lock_one(Charge.objects.all(), charge_id, kind="charge", param="charge")
        is_paid = charge.is_captured or _is_paid_late(charge)
        if not is_paid or actual_amount < 0:
            raise InvalidRequest("Only a captured charge has a fee, of zero or more.")
        done = FeeTrueUp.objects.filter(charge_id=charge_id, reference=reference).first()
        if done:
            return done
        correction = FeeTrueUp(
            id=new_id("feetrue"),
            account_id=charge.account_id,
            livemode=charge.livemode,
            charge=charge,
            estimated_amount=charge.fee_amount,
            actual_amount=actual_amount,
            currency=charge.currency,
            reference=reference,
            created_at=at,
        )
        work.tenant = charge.tenant
        _book(work, charge, correction)
        work.insert(correction)
    return correction


def _is_paid_late(charge: Charge) -> bool:
    # Whoever has the money in the end, the processor has taken its fee for it.
    return UnappliedPayment.objects.filter(charge=charge).exists()


def _book(work: UnitOfWork, charge: Charge, correction: FeeTrueUp) -> None:
    more = correction.actual_amount - correction.estimated_amount
    if more == 0:
        return
    correction.balance_transaction_id = new_id("txn")
    actual = correction.actual_amount
    returnable = min(charge.fee_returnable_amount, actual)
    work.change(charge, fee_amount=actual, fee_returnable_amount=returnable)
    lot = refund_entries.fee_lot_of(charge)
    work.post(_entry(charge, correction, more, lot, work.at))


def _entry(charge: Charge, correction: FeeTrueUp, more: int, lot: Lot, at: datetime) -> Entry:
    is_dearer = more > 0
    processor = (Part(PROCESSOR, abs(more)),)
    payer = charge.fee_payer_id or charge.account_id
    return Entry(
        rule=rules.FEE_TRUE_UP if is_dearer else rules.FEE_TRUE_UP_RETURNED,
        source=correction.id,
        group=charge.payment_intent_id,
        currency=charge.currency,
        debit_owner=payer if is_dearer else charge.processor,
        credit_owner=charge.processor if is_dearer else payer,
        debits=lots.debit_parts(lot, more) if is_dearer else processor,
        credits=processor if is_dearer else lots.credit_parts(lot, -more),
        lines=(
            Line(
                id=str(correction.balance_transaction_id),
                owner=payer,
                type="adjustment",
                amount=-more,
                source=charge.id,
                available_on=lot.available_on or at.date(),
                description="Processing fee, as the processor charged it",
            ),
        ),
    )
