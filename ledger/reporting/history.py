"""Reading the books as they were: balances at a moment, and the postings of a span.

The time of an entry is `posted_at`, the database's clock when it was posted, in UTC. A
moment stands between what was posted before it and what was posted at it or after it, so two
spans that meet share nothing and lose nothing.

A figure is the last snapshot of a closed day and the postings after it. What was posted before
a moment may still be committed after it; a figure is final once its day is closed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.database.transactions import atomic
from core.types import DbRow, JsonObject
from ledger.models import SnapshotHorizon

# A row is some 200 bytes, on the server and here.
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What one ledger account held.

    Args:
        account_id: The number of the ledger account.
        code: Its line of the chart.
        owner: `acct_...`, a processor or another owner.
        currency: The currency of the amount.
        livemode: Which of the two worlds.
        signed: Minor units; debits are positive.
    """

    account_id: int
    code: str
    owner: str
    currency: str
    livemode: bool
    signed: int

    @property
    def debit(self) -> int:
        """Return the balance if it is a debit balance, otherwise 0; minor units."""
        return max(self.signed, 0)

    @property
    def credit(self) -> int:
        """Return the balance if it is a credit balance, otherwise 0; minor units."""
        return max(-self.signed, 0)


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One posting, with the entry that it is a leg of. `signed` is in minor units."""

    entry_id: str
    kind: str
    source: str
    group: str
    posted_at: datetime
    account_id: int
    code: str
    owner: str
    currency: str
    signed: int

    @property
    def debit(self) -> int:
        """Return the amount if it is a debit, otherwise 0; minor units."""
        return max(self.signed, 0)

    @property
    def credit(self) -> int:
        """Return the amount if it is a credit, otherwise 0; minor units."""
        return max(-self.signed, 0)


# One statement, so that snapshots and postings are read at the same moment. Within a closed day
# the account's snapshot of that day says where its postings are; after the last closed day
# they begin at the horizon's posting.
_BALANCES = """
    SELECT a.id, a.code, a.owner, a.currency, a.livemode,
           coalesce(before.closing_balance, 0) + coalesce(rest.total, 0)
    FROM ledger_ledgeraccount a
    CROSS JOIN ledger_snapshothorizon h
    LEFT JOIN LATERAL (
        SELECT s.closing_balance FROM ledger_snapshot s
        WHERE s.account_id = a.id AND s.day < %(day)s ORDER BY s.day DESC LIMIT 1
    ) before ON true
    LEFT JOIN ledger_snapshot during ON during.account_id = a.id AND during.day = %(day)s
    LEFT JOIN LATERAL (
        SELECT sum(p.amount) AS total
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.account_id = a.id AND e.posted_at < %(at)s
            -- The end of a closed day is its snapshot.
            AND (%(at)s > %(day_begins)s OR h.closed_through IS NULL
                 OR h.closed_through < %(day)s - 1)
            AND p.id >= CASE WHEN %(day)s <= h.closed_through
                THEN during.first_posting_id ELSE h.next_posting_id END
            AND p.id <= CASE WHEN %(day)s <= h.closed_through
                THEN during.last_posting_id ELSE 9223372036854775807 END
            AND e.posted_at >= CASE WHEN %(day)s <= h.closed_through THEN %(day_begins)s
                WHEN h.closed_through IS NULL THEN '-infinity'
                ELSE (h.closed_through + 1)::timestamp AT TIME ZONE 'UTC' END
    ) rest ON true
"""

_OF_OWNERS = "WHERE a.owner = ANY(%(owners)s) AND a.livemode = %(livemode)s"
_IN_ORDER = "ORDER BY a.livemode, a.currency, a.code, a.owner"


def balances_at(*, owners: Sequence[str], livemode: bool, at: datetime) -> list[AccountBalance]:
    """Return what every ledger account of some owners held at a moment, in one query.

    Args:
        owners: Accounts `acct_...`, processors or other owners.
        livemode: Which of the two worlds.
        at: The moment, past or present. What was posted at it does not count yet.
    """
    values = {"owners": list(owners), "livemode": livemode, **_moment(at)}
    with connection.cursor() as cursor:
        cursor.execute(f"{_BALANCES} {_OF_OWNERS} {_IN_ORDER}", values)
        return [_account_balance(row) for row in cursor.fetchall()]


def every_balance_at(*, livemode: bool | None, at: datetime) -> list[AccountBalance]:
    """Return what every ledger account held at a moment.

    Args:
        livemode: One of the two worlds; None for both.
        at: The moment, past or present. What was posted at it does not count yet.

    Returns:
        In the order of mode, currency, code and owner.
    """
    where = "" if livemode is None else "WHERE a.livemode = %(livemode)s"
    with connection.cursor() as cursor:
        cursor.execute(f"{_BALANCES} {where} {_IN_ORDER}", {"livemode": livemode, **_moment(at)})
        return [_account_balance(row) for row in cursor.fetchall()]


@contextmanager
def postings(
    *, start: datetime, end: datetime, livemode: bool, accounts: Sequence[int] | None = None
) -> Iterator[Iterator[PostingLine]]:
    """Open the postings of a span, in the order in which they were posted, entry by entry.

    Args:
        start: The first moment of the span.
        end: The first moment after it.
        livemode: Which of the two worlds.
        accounts: Numbers of ledger accounts; None for all.

    Yields:
        The postings, which a cursor of the server gives out while they are used.
    """
    values: JsonObject = {"livemode": livemode, "start": start, "end": end}
    values |= {"accounts": None if accounts is None else list(accounts)}
    mine = "" if accounts is None else "AND p.account_id = ANY(%(accounts)s)"
    with reading():
        values["first_id"], values["last_id"] = posting_ids(start=start, end=end, accounts=accounts)
        with connection.chunked_cursor() as cursor:
            cursor.execute(_POSTINGS.format(mine=mine), values)
            yield (PostingLine(*row) for row in _rows(cursor))


def posting_ids(
    *, start: datetime, end: datetime, accounts: Sequence[int] | None = None
) -> tuple[int | None, int | None]:
    """Return the ids between which the postings of a span are; None where there can be none.

    Args:
        start: The first moment of the span.
        end: The first moment after it.
        accounts: Numbers of ledger accounts; None for all.
    """
    values: JsonObject = {"first_day": _day(start), "last_day": _day(end)}
    values |= {"accounts": None if accounts is None else list(accounts)}
    snapshots = "" if accounts is None else "AND s.account_id = ANY(%(accounts)s)"
    with connection.cursor() as cursor:
        cursor.execute(_BOUNDS.format(snapshots=snapshots), values)
        first, last = cursor.fetchone()
        return first, last


# Snapshots say between which ids the postings of closed days are.
_BOUNDS = """
    SELECT least(min(d.first_posting_id),
                 CASE WHEN h.closed_through >= %(last_day)s THEN NULL ELSE h.next_posting_id END),
           CASE WHEN h.closed_through >= %(last_day)s THEN max(d.last_posting_id)
                ELSE 9223372036854775807 END
    FROM ledger_snapshothorizon h
    LEFT JOIN (
        SELECT s.first_posting_id, s.last_posting_id FROM ledger_snapshot s
        WHERE s.day >= %(first_day)s AND s.day <= %(last_day)s {snapshots}
    ) d ON true
    GROUP BY h.id
"""

_POSTINGS = """
    SELECT e.id, e.kind, e.source, e."group", e.posted_at, a.id, a.code, a.owner, a.currency,
           p.amount
    FROM ledger_posting p
    JOIN ledger_journalentry e ON e.id = p.entry_id
    JOIN ledger_ledgeraccount a ON a.id = p.account_id
    WHERE p.id BETWEEN %(first_id)s AND %(last_id)s AND e.livemode = %(livemode)s
        AND e.posted_at >= %(start)s AND e.posted_at < %(end)s {mine}
    ORDER BY e.posted_at, e.id, p.id
"""


@contextmanager
def reading() -> Iterator[None]:
    """Read one snapshot of the books; it may be nested."""
    if connection.in_atomic_block:
        yield
        return
    with atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            # Whoever reads the lines may be slow.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


def _rows(cursor: CursorWrapper) -> Iterator[DbRow]:
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        yield from rows


def closed_through() -> date | None:
    """Return the last closed UTC day; None while no day is closed."""
    return SnapshotHorizon.objects.get().closed_through


def is_final(until: datetime) -> bool:
    """Return whether nothing that was posted before a moment can still be committed."""
    closed = closed_through()
    return closed is not None and until <= _begin(closed, days=1)


def _account_balance(row: DbRow) -> AccountBalance:
    account_id, code, owner, currency, livemode, signed = row
    return AccountBalance(account_id, code, owner, currency, livemode, int(signed))


def _moment(at: datetime) -> JsonObject:
    return {"at": at, "day": _day(at), "day_begins": _begin(_day(at))}


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _begin(day: date, *, days: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=days), time(), UTC)
