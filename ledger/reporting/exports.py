"""The books in forms that other programs read: CSV, JSON and beancount.

Each is a stream of texts to be written one after the other, so that books of any size
pass through little memory. Amounts for people are decimals of the currency, amounts for
programs (JSON) are integers in minor units.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import orjson

from core.money import Money
from ledger.reporting import history
from ledger.reporting.statements import Statement, TrialBalance

LEDGER_COLUMNS = (
    "entry_id", "kind", "source", "group", "time", "account_code", "owner", "currency",
    "debit", "credit",
)  # fmt: skip

STATEMENT_COLUMNS = (
    "time", "entry_id", "kind", "source", "group", "account_code", "currency", "debit", "credit",
    "balance",
)  # fmt: skip

TRIAL_BALANCE_COLUMNS = (
    "mode", "account_code", "owner", "currency", "debit", "credit",
)  # fmt: skip


def decimal(amount: int, currency: str) -> str:
    """Format minor units as a decimal: `"19.99"` for 1999 usd, `"20"` for 20 jpy."""
    return f"{Money(amount, currency).to_decimal():f}"


def format_moment(at: datetime) -> str:
    """Format a moment in UTC, to the microsecond: `"2026-11-23T10:05:00.000000Z"`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def ledger_csv(*, start: datetime, end: datetime, livemode: bool) -> Iterator[str]:
    """Write the general ledger of a span as CSV: a row per posting, in their order.

    Args:
        start: The first moment of the span.
        end: The first moment after it.
        livemode: Which of the two worlds.
    """
    yield _row(LEDGER_COLUMNS)
    with history.postings(start=start, end=end, livemode=livemode) as found:
        for line in found:
            yield _row(
                (
                    line.entry_id,
                    line.kind,
                    line.source,
                    line.group,
                    format_moment(line.posted_at),
                    line.code,
                    line.owner,
                    line.currency,
                    *_sides(line.debit, line.credit, line.currency),
                )
            )


def statement_csv(statement: Statement) -> Iterator[str]:
    """Write a statement as CSV: opening balance, lines, closing balance."""
    currency = statement.currency
    yield _row(STATEMENT_COLUMNS)
    yield _balance_row("opening balance", statement.start, statement.opening, statement)
    for line in statement.lines:
        posting = line.posting
        yield _row(
            (
                format_moment(posting.posted_at),
                posting.entry_id,
                posting.kind,
                posting.source,
                posting.group,
                posting.code,
                currency,
                *_sides(posting.debit, posting.credit, currency),
                decimal(line.balance, currency),
            )
        )
    yield _balance_row("closing balance", statement.end, statement.closing, statement)


def statement_json(statement: Statement) -> Iterator[str]:
    """Write a statement as one JSON object, amounts in minor units."""
    head = {
        "owner": statement.owner,
        "code": statement.code,
        "currency": statement.currency,
        "livemode": statement.livemode,
        "from": format_moment(statement.start),
        "to": format_moment(statement.end),
        "grows_on": str(statement.side),
        "is_final": statement.is_final,
        "opening_balance": statement.opening,
        "closing_balance": statement.closing,
    }
    yield orjson.dumps(head).decode()[:-1] + ',"lines":['
    separator = "\n"
    for line in statement.lines:
        posting = line.posting
        yield separator + _json(
            {
                "time": format_moment(posting.posted_at),
                "entry_id": posting.entry_id,
                "kind": posting.kind,
                "source": posting.source,
                "group": posting.group,
                "account_code": posting.code,
                "debit": posting.debit,
                "credit": posting.credit,
                "balance": line.balance,
            }
        )
        separator = ",\n"
    yield "\n]}\n"


def trial_balance_rows(trial: TrialBalance) -> Iterator[tuple[str, ...]]:
    """Yield a trial balance's rows: mode, code, owner, currency, debit and credit; totals last."""
    for row in trial.accounts:
        sides = _sides(row.debit, row.credit, row.currency)
        yield (_mode(row.livemode), row.code, row.owner, row.currency, *sides)
    for (livemode, currency), (debits, credits) in trial.totals().items():
        sides = (decimal(debits, currency), decimal(credits, currency))
        yield (_mode(livemode), "total", "", currency, *sides)


def trial_balance_csv(trial: TrialBalance) -> Iterator[str]:
    """Write a trial balance as CSV: a row per ledger account, and totals."""
    yield _row(TRIAL_BALANCE_COLUMNS)
    yield from map(_row, trial_balance_rows(trial))


def trial_balance_json(trial: TrialBalance) -> str:
    """Write a trial balance as one JSON object, amounts in minor units."""
    accounts = [
        {
            "livemode": row.livemode,
            "account_code": row.code,
            "owner": row.owner,
            "currency": row.currency,
            "debit": row.debit,
            "credit": row.credit,
        }
        for row in trial.accounts
    ]
    totals = [
        {"livemode": livemode, "currency": currency, "debit": debits, "credit": credits}
        for (livemode, currency), (debits, credits) in trial.totals().items()
    ]
    return (
        _json(
            {
                "at": format_moment(trial.at),
                "is_final": trial.is_final,
                "is_balanced": trial.is_balanced,
                "totals": totals,
                "accounts": accounts,
            }
        )
        + "\n"
    )


def _balance_row(title: str, at: datetime, balance: int, statement: Statement) -> str:
    currency = statement.currency
    code = statement.code or ""
    shown = decimal(balance, currency)
    return _row((format_moment(at), "", title, statement.owner, "", code, currency, "", "", shown))


def _sides(debit: int, credit: int, currency: str) -> Sequence[str]:
    return tuple(decimal(amount, currency) if amount else "" for amount in (debit, credit))


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(map(_harmless, cells))
    return out.getvalue()


def _mode(livemode: bool) -> str:  # noqa: FBT001
    return "live" if livemode else "test"


def _harmless(cell: str) -> str:
    # A spreadsheet would run such a cell; a number may begin with a minus.
    if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not _is_number(cell)):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    return cell[1:].replace(".", "", 1).isdigit()


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
