"""The ledger entries of an unapplied payment, from its receipt to its end."""

from datetime import date, datetime

from ledger import rules
from ledger.chart import AVAILABLE, PENDING, PROCESSOR, SUSPENSE
from ledger.entries import Entry, Line, Part
from ledger.rules import Rule
from payments.models import UnappliedPayment


def receipt(row: UnappliedPayment) -> Entry:
    """Book what the processor has, and nobody knows for what (rule 75p)."""
    return _entry(row, rules.LATE_PAYMENT_RECEIVED, row.id, from_code=PROCESSOR)


def application(row: UnappliedPayment, available_on: date, at: datetime) -> Entry:
    """Give it to the charge's owner, on the day on which the charge would have (rule 75a)."""
    charge = row.charge
    is_there = available_on <= at.date()
    part = (
        Part(AVAILABLE, row.amount)
        if is_there
        else Part(PENDING, row.amount, available_on, charge.id)
    )
    return Entry(
        rule=rules.LATE_PAYMENT_APPLIED,
        source=row.id,
        group=charge.payment_intent_id,
        currency=row.currency,
        debit_owner=row.account_id,
        credit_owner=row.account_id,
        debits=(Part(SUSPENSE, row.amount),),
        credits=(part,),
        lines=(
            Line(
                id=str(row.balance_transaction_id),
                owner=row.account_id,
                type="adjustment",
                amount=row.amount,
                source=charge.id,
                available_on=at.date() if is_there else available_on,
                description=f"Paid after {charge.id} had ended",
            ),
        ),
    )


def give_back(row: UnappliedPayment) -> Entry:
    """Book that the processor gave it back to the payer (rule 75r)."""
    return _entry(row, rules.LATE_PAYMENT_RETURNED, row.return_key, from_code=SUSPENSE)


def withdrawal(row: UnappliedPayment) -> Entry:
    """Book that it never came (rule 75n)."""
    return _entry(row, rules.LATE_PAYMENT_NEVER_CAME, row.id, from_code=SUSPENSE)


def failed_return(row: UnappliedPayment) -> Entry:
    """Book that it came back after it had been given back (rule 75f)."""
    return _entry(row, rules.LATE_PAYMENT_RETURN_FAILED, row.return_key, from_code=PROCESSOR)


def _entry(row: UnappliedPayment, rule: Rule, source: str, *, from_code: str) -> Entry:
    """Move all of it between the processor's account and suspense."""
    owners = {PROCESSOR: row.charge.processor, SUSPENSE: row.account_id}
    to_code = SUSPENSE if from_code == PROCESSOR else PROCESSOR
    return Entry(
        rule=rule,
        source=source,
        group=row.charge.payment_intent_id,
        currency=row.currency,
        debit_owner=owners[from_code],
        credit_owner=owners[to_code],
        debits=(Part(from_code, row.amount),),
        credits=(Part(to_code, row.amount),),
    )
