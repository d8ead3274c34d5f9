"""Ledger entries of a payout, and of its return."""

from datetime import datetime

from connect.models import Payout
from ledger import rules
from ledger.chart import AVAILABLE, PAYOUTS_IN_TRANSIT
from ledger.entries import Entry, Line, Part


def build_return(payout: Payout, *, type: str, at: datetime) -> Entry:
    """Build the entry that returns the money of a payout that was never sent (rule 65)."""
    return Entry(
        rule=rules.PAYOUT_CANCELED,
        source=payout.id,
        group=payout.id,
        currency=payout.currency,
        debit_owner=payout.account_id,
        credit_owner=payout.account_id,
        debits=(Part(PAYOUTS_IN_TRANSIT, payout.amount),),
        credits=(Part(AVAILABLE, payout.amount),),
        lines=(build_return_line(payout, payout.amount, type=type, at=at),),
    )


def build_return_line(payout: Payout, amount: int, *, type: str, at: datetime) -> Line:
    """Build the balance transaction of a returned payout."""
    assert payout.failure_balance_transaction_id is not None
    return Line(
        id=payout.failure_balance_transaction_id,
        owner=payout.account_id,
        type=type,
        amount=amount,
        source=payout.id,
        available_on=at.date(),
        description=payout.failure_message,
    )


def creation(payout: Payout, at: datetime) -> Entry:
    """Set a payout's amount aside (rule 61)."""
    return Entry(
        rule=rules.PAYOUT_CREATED,
        source=payout.id,
        group=payout.id,
        currency=payout.currency,
        debit_owner=payout.account_id,
        credit_owner=payout.account_id,
        debits=(Part(AVAILABLE, payout.amount),),
        credits=(Part(PAYOUTS_IN_TRANSIT, payout.amount),),
        lines=(
            Line(
                id=payout.balance_transaction_id,
                owner=payout.account_id,
                type="payout",
                amount=-payout.amount,
                source=payout.id,
                available_on=at.date(),
                description=payout.description or "Payout",
            ),
        ),
    )
