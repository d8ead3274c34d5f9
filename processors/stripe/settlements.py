"""What moved on the account at Stripe: its balance transactions."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import stripe

from core.types import JsonObject
from processors.protocols.accounts import RailAccount
from processors.protocols.settlements import LineKind, ProcessorBalance, ReportedLine
from processors.stripe import mapping
from processors.stripe.client import client

_KINDS: Final = {
    "charge": LineKind.CHARGE,
    "payment": LineKind.CHARGE,
    "payment_failure_refund": LineKind.CHARGE_FAILED,
    "refund": LineKind.REFUND,
    "payment_refund": LineKind.REFUND,
    "refund_failure": LineKind.REFUND_FAILED,
    "payout": LineKind.SETTLEMENT,
    "payout_cancel": LineKind.SETTLEMENT,
    "payout_failure": LineKind.SETTLEMENT,
}


def lines(account: RailAccount, *, since: datetime) -> Iterator[ReportedLine]:
    """Read the balance transactions since a moment, oldest first."""
    there = client(account)
    rows = there.v1.balance_transactions.list(
        {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.source"]}
    )
    for row in reversed(list(rows.auto_paging_iter())):
        yield _line(account, there, row)


def _line(
    account: RailAccount, there: stripe.StripeClient, row: stripe.BalanceTransaction
) -> ReportedLine:
    source: JsonObject = (
        row.source.to_dict() if isinstance(row.source, stripe.StripeObject) else {"id": row.source}
    )
    kind = _KINDS.get(row.type, LineKind.OTHER)
    if source.get("object") == "dispute":
        kind = LineKind.DISPUTE
    key = (source.get("metadata") or {}).get(mapping.OUR_KEY) or ""
    payment = source.get("payment_intent")
    is_outside = kind is LineKind.REFUND and not key and isinstance(payment, str)
    return ReportedLine(
        reference=row.id,
        kind=kind,
        amount=row.amount,
        fee=row.fee,
        currency=row.currency,
        livemode=account.livemode,
        at=datetime.fromtimestamp(row.created, UTC),
        key=key,
        charge_key=_key_of(there, str(payment)) if is_outside else "",
        about=str(source.get("id") or ""),
        description=f"{row.type}: {row.description or ''}"[:500],
    )


def _key_of(there: stripe.StripeClient, payment: str) -> str:
    """Return our key of the payment of a refund that was made without us; empty if it has none."""
    found = there.v1.payment_intents.retrieve(payment)
    return (found.metadata.to_dict() if found.metadata else {}).get(mapping.OUR_KEY) or ""


def read_balance(balance: stripe.Balance) -> list[ProcessorBalance]:
    """Map a balance: what is available and what is pending, by currency."""
    available: dict[str, int] = defaultdict(int)
    pending: dict[str, int] = defaultdict(int)
    for one in balance.available:
        available[one.currency] += one.amount
    for other in balance.pending:
        pending[other.currency] += other.amount
    return [
        ProcessorBalance(currency, available[currency], pending[currency])
        for currency in sorted({*available, *pending})
    ]
