"""The ledger entries of a refund, from its reservation to its end."""

from datetime import datetime

from core.database.transactions import require_transaction
from core.money import allocate
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR, REFUNDS_IN_TRANSIT
from ledger.entries import Entry, Line, Part
from ledger.posting import exchanged_refunds, lots
from ledger.posting.lots import Lot
from payments.models import Charge, Refund


def lot_of(charge: Charge) -> Lot:
    """Lock and return what a charge's owner still has pending of it."""
    require_transaction()
    return lots.find(
        owner=charge.account_id,
        source=charge.id,
        day=charge.available_on,
        currency=charge.currency,
        livemode=charge.livemode,
        is_spent=True,
    )


def reservation(charge: Charge, refund: Refund, at: datetime) -> Entry:
    """Reserve a refund's amount before the rail is asked (rule 27)."""
    lot = lot_of(charge)
    return _entry(
        charge,
        refund,
        rules.REFUND_RESERVED,
        lots.debit_parts(lot, refund.amount),
        (Part(REFUNDS_IN_TRANSIT, refund.amount),),
        _line(charge, refund, lot, at),
    )


def outside_refund(charge: Charge, refund: Refund, at: datetime) -> Entry:
    """Book a refund that the rail has made without us (rule 40)."""
    lot = lot_of(charge)
    return _entry(
        charge,
        refund,
        rules.REFUND_MADE_OUTSIDE,
        lots.debit_parts(lot, refund.amount),
        (Part(PROCESSOR, refund.amount),),
        _line(charge, refund, lot, at),
    )


def confirmation(charge: Charge, refund: Refund, settled: int | None, at: datetime) -> list[Entry]:
    """Book a confirmed refund against what the rail owes us (rules 28 and 41).

    Args:
        charge: The refund's charge.
        refund: The refund, with its reservation.
        settled: What the rail took, if it settled at another rate; None for the amount.
        at: The moment.
    """
    lot = lot_of(charge)
    taken = refund.amount if settled is None else settled
    from_transit = min(taken, refund.amount)
    entries = []
    if from_transit:
        entries.append(
            _entry(
                charge,
                refund,
                rules.REFUND_CONFIRMED,
                (Part(REFUNDS_IN_TRANSIT, from_transit),),
                (Part(PROCESSOR, from_transit),),
            )
        )
    too_much = taken - refund.amount
    parts = lots.debit_parts(lot, too_much) if too_much > 0 else lots.credit_parts(lot, -too_much)
    difference = exchanged_refunds.refund_difference(
        refund_id=refund.id,
        group=charge.payment_intent_id,
        owner=charge.account_id,
        processor=charge.processor,
        currency=refund.currency,
        reserved=refund.amount,
        settled=taken,
        parts=parts,
        day=lot.available_on or at.date(),
    )
    return [*entries, difference] if difference else entries


def cancelation(charge: Charge, refund: Refund, at: datetime) -> Entry:
    """Release what was reserved for a refund that did not happen (rule 37)."""
    lot = lot_of(charge)
    return _entry(
        charge,
        refund,
        rules.REFUND_CANCELED,
        (Part(REFUNDS_IN_TRANSIT, refund.amount),),
        lots.credit_parts(lot, refund.amount),
        _failure_line(charge, refund, lot, at),
    )


def failure(charge: Charge, refund: Refund, at: datetime) -> Entry:
    """Book that a refund came back after it had succeeded (rule 38)."""
    return _entry(
        charge,
        refund,
        rules.REFUND_FAILED,
        (Part(PROCESSOR, refund.amount),),
        (Part(AVAILABLE, refund.amount),),
        _failure_line(charge, refund, None, at),
    )


def fee_share(charge: Charge, *, refunded: int) -> int:
    """Return what the rail gives back of its fee with a refund, in minor units (rule 36).

    Args:
        charge: The charge, before the refund's share is added to what was returned.
        refunded: Of the charge with this refund, confirmed, in minor units.
    """
    return allocate(
        total=charge.fee_returnable_amount,
        part=refunded,
        whole=charge.amount_captured,
        done=charge.fee_returned_amount,
    )


def fee_lot_of(charge: Charge) -> Lot:
    """Lock and return what the payer of the processing fee still has pending of a charge."""
    require_transaction()
    return lots.find(
        owner=charge.fee_payer_id or charge.account_id,
        source=charge.id,
        day=charge.available_on,
        currency=charge.currency,
        livemode=charge.livemode,
        is_spent=True,
    )


def fee_return(charge: Charge, refund: Refund, amount: int, lot: Lot, at: datetime) -> Entry:
    """Book that the rail gives back a part of its fee (rule 36)."""
    return _entry(
        charge,
        refund,
        rules.PROCESSOR_FEE_RETURNED,
        (Part(PROCESSOR, amount),),
        lots.credit_parts(lot, amount),
        _adjustment(charge, refund, amount, lot, at),
        owner=charge.fee_payer_id,
    )


def fee_reclaim(charge: Charge, refund: Refund, amount: int, lot: Lot, at: datetime) -> Entry:
    """Book that the rail takes back the part of its fee it had returned (rule 36)."""
    return _entry(
        charge,
        refund,
        rules.PROCESSOR_FEE_RETAKEN,
        lots.debit_parts(lot, amount),
        (Part(PROCESSOR, amount),),
        _adjustment(charge, refund, -amount, lot, at),
        owner=charge.fee_payer_id,
    )


def _entry(
    charge: Charge,
    refund: Refund,
    rule: rules.Rule,
    debits: tuple[Part, ...],
    credits: tuple[Part, ...],
    line: Line | None = None,
    *,
    owner: str | None = None,
) -> Entry:
    owner = owner or charge.account_id
    from_processor = debits[0].code == PROCESSOR
    to_processor = credits[0].code == PROCESSOR
    return Entry(
        rule=rule,
        source=refund.id,
        group=charge.payment_intent_id,
        currency=refund.currency,
        debit_owner=charge.processor if from_processor else owner,
        credit_owner=charge.processor if to_processor else owner,
        debits=debits,
        credits=credits,
        lines=(line,) if line else (),
    )


def _line(charge: Charge, refund: Refund, lot: Lot, at: datetime) -> Line:
    return Line(
        id=str(refund.balance_transaction_id),
        owner=charge.account_id,
        type="refund",
        amount=-refund.amount,
        source=refund.id,
        available_on=lot.available_on or at.date(),
    )


def _failure_line(charge: Charge, refund: Refund, lot: Lot | None, at: datetime) -> Line:
    return Line(
        id=str(refund.failure_balance_transaction_id),
        owner=charge.account_id,
        type="refund_failure",
        amount=refund.amount,
        source=refund.id,
        available_on=(lot and lot.available_on) or at.date(),
    )


def _adjustment(charge: Charge, refund: Refund, amount: int, lot: Lot, at: datetime) -> Line:
    return Line(
        owner=charge.fee_payer_id or charge.account_id,
        type="adjustment",
        amount=amount,
        source=refund.id,
        available_on=lot.available_on or at.date(),
        description="Processing fee of a refund",
    )
