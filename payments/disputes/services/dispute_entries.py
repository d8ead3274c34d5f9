"""The ledger entries of a dispute, and what its owner is shown of them."""

from dataclasses import replace
from datetime import date, datetime

from core.ids import new_id
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.posting import lots
from ledger.posting.lots import Lot
from payments.charges.services import refund_entries
from payments.models import Charge, Dispute


def withdrawal(charge: Charge, dispute: Dispute, lot: Lot, at: datetime) -> list[Entry]:
    """Book a dispute's withdrawal and the processor's dispute fee (43, 43f).

    A platform that pays the processing of a seller's charges, and answers for its losses, pays
    what the processor takes.
    """
    amount, fee = dispute.withdrawn_amount, dispute.fee_amount
    payer = _fee_payer(charge)
    line = _line(
        dispute,
        -amount,
        at,
        available_on=lot.available_on,
        fee=0 if payer else fee,
        description=f"Chargeback withdrawal for {charge.id}",
    )
    parts = lots.debit_parts(lot, amount)
    entries = [_to_processor(charge, dispute, rules.DISPUTE_WITHDRAWN, parts, amount, line)]
    if fee and payer:
        entries.append(_platform_fee(charge, dispute, payer, at))
    elif fee:
        left = lot.after_debit(amount)
        parts = lots.debit_parts(left, fee)
        entries.append(_to_processor(charge, dispute, rules.DISPUTE_FEE, parts, fee, None))
    return entries


def _fee_payer(charge: Charge) -> str | None:
    losses = charge.account.controller.get("losses", {}).get("payments")
    return charge.fee_payer_id if losses == "application" else None


def _platform_fee(charge: Charge, dispute: Dispute, payer: str, at: datetime) -> Entry:
    lot, fee = refund_entries.fee_lot_of(charge), dispute.fee_amount
    line = Line(
        owner=payer,
        type="stripe_fee",
        amount=-fee,
        source=dispute.id,
        available_on=lot.available_on or at.date(),
        description=f"Dispute fee of {charge.id}",
    )
    parts = lots.debit_parts(lot, fee)
    entry = _to_processor(charge, dispute, rules.DISPUTE_FEE, parts, fee, line)
    return replace(entry, debit_owner=payer)


def reinstatement(charge: Charge, dispute: Dispute, at: datetime) -> Entry:
    """Book that the payer's bank returned disputed money (46w)."""
    amount = dispute.reinstated_amount
    line = _line(dispute, amount, at, description=f"Chargeback reversal for {charge.id}")
    return Entry(
        rule=rules.DISPUTE_REINSTATED,
        source=dispute.id,
        group=charge.payment_intent_id,
        currency=dispute.currency,
        debit_owner=charge.processor,
        credit_owner=charge.account_id,
        debits=(Part(PROCESSOR, amount),),
        credits=(Part(AVAILABLE, amount),),
        lines=(line,),
    )


def _to_processor(
    charge: Charge,
    dispute: Dispute,
    rule: rules.Rule,
    parts: tuple[Part, ...],
    amount: int,
    line: Line | None,
) -> Entry:
    return Entry(
        rule=rule,
        source=dispute.id,
        group=charge.payment_intent_id,
        currency=dispute.currency,
        debit_owner=charge.account_id,
        credit_owner=charge.processor,
        debits=parts,
        credits=(Part(PROCESSOR, amount),),
        lines=(line,) if line else (),
    )


def _line(
    dispute: Dispute,
    amount: int,
    at: datetime,
    *,
    description: str,
    available_on: date | None = None,
    fee: int = 0,
) -> Line:
    details: tuple[dict[str, object], ...] = (
        {
            "amount": fee,
            "application": None,
            "currency": dispute.currency,
            "description": "Dispute fee",
            "type": "stripe_fee",
        },
    )
    line = Line(
        id=new_id("txn"),
        owner=dispute.account_id,
        type="adjustment",
        amount=amount,
        fee=fee,
        fee_details=details if fee else (),
        source=dispute.id,
        available_on=available_on or at.date(),
        description=description,
    )
    dispute.lines = [
        *dispute.lines,
        {
            "id": line.id,
            "amount": amount,
            "fee": fee,
            "fee_details": list(line.fee_details),
            "description": description,
            "available_on": line.available_on.isoformat(),
            "created_at": at.isoformat(),
        },
    ]
    return line
