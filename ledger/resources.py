"""Wire objects of the ledger: `balance` and `balance_transaction`."""

from copy import copy
from datetime import UTC, date, datetime, time

from core.types import Fields, JsonObject
from ledger.models import BalanceTransaction
from ledger.queries import Balance

# Source: reporting categories as Stripe documents them for its reports.
_REPORTING_CATEGORY = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "payment_failure_refund": "charge_failure",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "transfer_cancel": "transfer_reversal",
    "transfer_failure": "transfer_reversal",
    "application_fee": "platform_earning",
    "application_fee_refund": "platform_earning_refund",
    "payout": "payout",
    "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
    "topup": "topup",
    "topup_reversal": "topup_reversal",
    "reserve_transaction": "connect_reserved_funds",
    "reserved_funds": "connect_reserved_funds",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "tax",
    "adjustment": "other_adjustment",
}


def reporting_category(type: str) -> str:
    """Return the category that reports group a balance transaction's type under."""
    return _REPORTING_CATEGORY[type]


def balance_transaction(line: BalanceTransaction, *, at: datetime) -> JsonObject:
    """Render a balance transaction, or what a payout had of one.

    Args:
        line: What the owner is shown of an entry; with `part`, minor units of its net, where
            only that is asked for. A part has no fees: they were taken before.
        at: Now, for a line is pending until its day has come.
    """
    is_available = line.available_on <= at.date()
    part = getattr(line, "part", None)
    if part is not None and part != line.net:
        line = _part_of(line, part)
    return {
        "id": line.id,
        "object": "balance_transaction",
        "amount": line.amount,
        "available_on": int(datetime.combine(line.available_on, time(), UTC).timestamp()),
        "balance_type": "payments",
        "created": int(line.created_at.timestamp()),
        "currency": line.currency,
        "description": line.description,
        "exchange_rate": None if line.exchange_rate is None else float(line.exchange_rate),
        "fee": line.fee,
        "fee_details": line.fee_details,
        "net": line.net,
        "reporting_category": _category(line),
        "source": line.source,
        "status": "available" if is_available else "pending",
        "type": line.type,
    }


def _part_of(line: BalanceTransaction, amount: int) -> BalanceTransaction:
    part = f"Part of {line.net} {line.currency}"
    shown = copy(line)
    shown.amount = shown.net = amount
    shown.fee, shown.fee_details = 0, []
    shown.description = f"{part}: {line.description}" if line.description else part
    return shown


def copied_adjustment(line: Fields, *, source: str, currency: str, at: datetime) -> JsonObject:
    """Render an adjustment that an object keeps a copy of, as one that is in the table.

    Args:
        line: `id`, `amount`, `fee`, `fee_details`, `description`; `available_on` and
            `created_at` in ISO 8601.
        source: The object.
        currency: The currency of the amount.
        at: Now.
    """
    shown = BalanceTransaction(
        id=line["id"],
        type="adjustment",
        amount=line["amount"],
        fee=line["fee"],
        net=line["amount"] - line["fee"],
        currency=currency,
        source=source,
        description=line["description"],
        fee_details=line["fee_details"],
        available_on=date.fromisoformat(line["available_on"]),
        created_at=datetime.fromisoformat(line["created_at"]),
    )
    return balance_transaction(shown, at=at)


def _category(line: BalanceTransaction) -> str:
    if line.type == "adjustment" and line.source.startswith("du_"):
        return "dispute" if line.amount < 0 else "dispute_reversal"
    if line.type == "application_fee" and line.amount < 0:
        return "fee"  # of the account that paid it
    return _REPORTING_CATEGORY[line.type]


def balance(totals: Balance, *, livemode: bool, currency: str) -> JsonObject:
    """Render what an account is owed.

    Args:
        totals: From `ledger.queries.balance`.
        livemode: Which of the two worlds.
        currency: The account's default currency, shown even while it is empty.
    """
    currencies = sorted({currency, *totals.available, *totals.pending, *totals.connect_reserved})
    return {
        "object": "balance",
        "available": [_amount(totals.available.get(c, 0), c) for c in currencies],
        "connect_reserved": [
            _amount(totals.connect_reserved.get(c, 0), c, has_source=False) for c in currencies
        ],
        # What could be paid out at once: never what is owed.
        "instant_available": [_amount(max(totals.available.get(c, 0), 0), c) for c in currencies],
        "livemode": livemode,
        "pending": [_amount(totals.pending.get(c, 0), c) for c in currencies],
    }


def _amount(amount: int, currency: str, *, has_source: bool = True) -> JsonObject:
    shown: JsonObject = {"amount": amount, "currency": currency}
    if has_source:
        shown["source_types"] = {"card": amount}
    return shown
