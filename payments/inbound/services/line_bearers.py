"""Who bears what a processor took, or has what it gave, and no payment is the reason of."""

from datetime import datetime

from accounts.audit import trail
from accounts.models import Account
from core.errors import InvalidRequest
from core.money import Money
from core.tenant import Tenant
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.queries import location_of
from operations.unit_of_work import UnitOfWork
from processors import settlements
from processors.protocols.settlements import LineKind
from processors.settlements import Line as StatementLine


def bear(*, line_id: str, account: str, at: datetime) -> StatementLine:
    """Book a line of a processor's statement for an account, once.

    Args:
        line_id: `setline_...`, about no payment.
        account: `acct_...`.
        at: The moment of the decision.

    Raises:
        Missing: If there is no such line.
        InvalidRequest: If it is decided or about a payment, or the account's money is elsewhere.
    """
    with UnitOfWork(at=at) as work:
        row = settlements.lock(line_id)
        check(row, account)
        work.tenant = Tenant(account, row.livemode)
        if row.amount != row.fee_amount:
            work.post(_entry(row, account, at))
        settlements.mark_borne(row, account)
        trail.record(
            "settlement_line.borne",
            row,
            changes={"bearer": (None, account)},
        )
    return row


def check(row: StatementLine, account: str) -> None:
    """Refuse what cannot be borne so.

    Raises:
        InvalidRequest: If it is decided or about a payment, or the account's money is elsewhere.
    """
    if row.kind != LineKind.OTHER or row.bearer:
        raise InvalidRequest(f"Who bears {row.id} is decided already.", param="id")
    if not Account.objects.filter(id=account, closed_at=None).exists():
        raise InvalidRequest(f"There is no open account {account}.", param="account")
    there = location_of(owner=row.processor, livemode=row.livemode)
    if location_of(owner=account, livemode=row.livemode) != there:
        raise InvalidRequest(
            f"The money of {account} is not held at {row.processor}: choose another account.",
            param="account",
        )


def total_of(row: StatementLine) -> Money:
    """Return what came, or below zero went, in all."""
    return Money(row.amount - row.fee_amount, row.currency)


def _entry(row: StatementLine, account: str, at: datetime) -> Entry:
    net = row.amount - row.fee_amount
    is_taken = net < 0
    own, there = (Part(AVAILABLE, abs(net)),), (Part(PROCESSOR, abs(net)),)
    return Entry(
        rule=rules.PROCESSOR_ADJUSTMENT,
        source=row.id,
        group=row.id,
        currency=row.currency,
        debit_owner=account if is_taken else row.processor,
        credit_owner=row.processor if is_taken else account,
        debits=own if is_taken else there,
        credits=there if is_taken else own,
        lines=(
            Line(
                owner=account,
                type="adjustment",
                amount=net,
                source=row.id,
                available_on=at.date(),
                description=f"{row.processor}: {row.description}"[:500],
            ),
        ),
    )
