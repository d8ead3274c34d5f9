"""`python -m config.bench.scale SIZE...`: what reading costs when an account has seen much.

The books of each size are written by the owner of the tables at once, a posting every three
minutes up to the end of yesterday, so that each has as many of them on a day; posting them one
by one would take hours.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg

from core.types import JsonObject

_READS = 60
_WARMING_UP = 10
_FOLDED = 20_000

_FILL = """
    WITH numbered AS (
        SELECT n, 'je_{owner}_' || n AS entry, 'ch_{owner}_' || n AS charge,
            (now() AT TIME ZONE 'UTC')::date::timestamp AT TIME ZONE 'UTC'
                - (%(size)s - n + 1) * interval '3 minutes' AS at
        FROM generate_series(1, %(size)s) n
    ), accounts AS (
        SELECT max(id) FILTER (WHERE code = 'pending') AS pending,
            max(id) FILTER (WHERE code = 'processor') AS processor
        FROM ledger_ledgeraccount WHERE owner IN ('{owner}', 'p_{owner}')
    ), entries AS (
        INSERT INTO ledger_journalentry (id, kind, source, "group", livemode, fingerprint,
            posted_at, effective_at, xid)
        SELECT entry, 'charge_captured', charge, charge, false, '\\x00', at, at,
            pg_current_xact_id()::text::bigint
        FROM numbered
    ), postings AS (
        INSERT INTO ledger_posting (entry_id, account_id, amount, currency, available_on, lot, xid)
        SELECT entry, side.account, side.amount, 'usd', side.day, side.lot,
            pg_current_xact_id()::text::bigint
        FROM numbered, accounts, LATERAL (VALUES
            (processor, 100, NULL, NULL), (pending, -100, DATE '2030-01-01', charge)
        ) side(account, amount, day, lot)
        ORDER BY n
    )
    INSERT INTO ledger_balancetransaction (id, account_id, livemode, entry_id, type, amount, fee,
        net, currency, source, fee_details, available_on, created_at)
    SELECT 'txn_{owner}_' || to_char(n, 'FM0000000000'), '{owner}', false, entry, 'charge', 100, 0,
        100, 'usd', charge, '[]', DATE '2030-01-01', at
    FROM numbered
"""


def main(owner_url: str, sizes: list[int]) -> JsonObject:
    import django

    django.setup()
    with psycopg.connect(owner_url, autocommit=True) as tables:
        tables.execute("SET session_replication_role = replica")
        per_entry = _bytes_per_entry(tables)
        fold = _fold_cost(tables)
        for size in sizes:
            _fill(tables, f"acct_bench_{size}", size)
        _close_days(tables)
        read = _read(sizes)
    first, last = read[str(sizes[0])], read[str(sizes[-1])]
    return {
        "bytes_per_entry": per_entry,
        "fold_us_per_posting": fold,
        "read_ms": read,
        "largest_to_smallest": {
            name: round(last[name] / first[name], 2) for name in ("balance", "page", "statement")
        },
    }


def _fill(tables: psycopg.Connection, owner: str, size: int) -> None:
    from core.database.transactions import atomic
    from ledger import rules
    from ledger.chart import PENDING, PROCESSOR
    from ledger.entries import Entry, Line, Part
    from ledger.posting import journal

    at = datetime.now(UTC)
    day = datetime(2030, 1, 1, tzinfo=UTC).date()
    # Opens the accounts.
    first = f"ch_{owner}"
    with atomic():
        journal.post(
            Entry(
                rules.CHARGE_CAPTURED,
                first,
                first,
                "usd",
                f"p_{owner}",
                owner,
                (Part(PROCESSOR, 100),),
                (Part(PENDING, 100, day, first),),
                (Line(owner, "charge", 100, first, day),),
            ),
            livemode=False,
            at=at,
        )
    tables.execute(_FILL.format(owner=owner), {"size": size})


def _close_days(tables: psycopg.Connection) -> None:
    """Close the days, since the postings were dated back."""
    from ledger.rollups import balance_rollups

    tables.execute("ANALYZE ledger_journalentry, ledger_posting, ledger_balancetransaction")
    balance_rollups.fold_once()
    tables.execute("DELETE FROM ledger_snapshot")
    tables.execute(
        "UPDATE ledger_snapshothorizon SET closed_through = NULL, next_posting_id = 0, fence = NULL"
    )
    tables.execute(
        "SELECT ledger_write_snapshots((now() AT TIME ZONE 'UTC')::date - 1, max(id)) "
        "FROM ledger_posting"
    )


def _reads(size: int) -> dict[str, Callable[[], object]]:
    from core.tenant import Tenant
    from ledger import queries
    from ledger.reporting import statements

    owner = f"acct_bench_{size}"
    tenant = Tenant(owner, livemode=False)
    # Three hours of yesterday, whose day is closed.
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=4)

    def statement() -> None:
        with statements.statement(
            owner=owner, currency="usd", livemode=False, start=end - timedelta(hours=3), end=end
        ) as found:
            assert sum(1 for _ in found.lines) == 60

    return {
        "balance": lambda: queries.balance(owner=owner, livemode=False),
        "page": lambda: list(queries.balance_transactions(tenant).order_by("-id")[:11]),
        "statement": statement,
    }


def _read(sizes: list[int]) -> dict[str, dict[str, float]]:
    """Return size → what is read → p50 in ms. In turns: what slows the machine slows all."""
    reads = {size: _reads(size) for size in sizes}
    taken: dict[tuple[int, str], list[float]] = {}
    for number in range(-_WARMING_UP, _READS):
        for size, kinds in reads.items():
            for name, read in kinds.items():
                started = time.perf_counter()
                read()
                if number >= 0:
                    taken.setdefault((size, name), []).append(time.perf_counter() - started)
    return {
        str(size): {name: _p50(taken[size, name]) for name in kinds}
        for size, kinds in reads.items()
    }


def _p50(taken: list[float]) -> float:
    return round(sorted(taken)[len(taken) // 2] * 1000, 3)


def _fold_cost(tables: psycopg.Connection) -> float:
    from ledger.rollups import balance_rollups

    balance_rollups.fold_once()
    _fill(tables, "acct_bench_fold", _FOLDED // 2)
    started = time.perf_counter()
    folded = balance_rollups.fold_once()
    taken = time.perf_counter() - started
    # The relay folds as well, and may have been faster.
    return round(taken / folded * 1_000_000, 2) if folded >= _FOLDED // 2 else 0.0


_SIZE = """
    SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
    WHERE c.relname IN ('ledger_journalentry', 'ledger_posting', 'ledger_balancetransaction')
"""


def _bytes_per_entry(tables: psycopg.Connection) -> int:
    count = 20_000
    (before,) = tables.execute(_SIZE).fetchone() or (0,)
    _fill(tables, "acct_bench_size", count)
    (after,) = tables.execute(_SIZE).fetchone() or (0,)
    return int((after - before) / count)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], [int(size) for size in sys.argv[2:]])))
