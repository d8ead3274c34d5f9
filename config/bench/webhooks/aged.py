"""`python -m config.bench.webhooks.aged OWNER_URL FEW MANY`: what events of weeks ago cost.

Events, each with a delivery and an attempt, are written by the owner of the tables at once, evenly
over four weeks and into partitions of these weeks; a hundredth of them is the listed account's.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg

from core.types import JsonObject

_TIMES: Final = 60
_WARMING_UP: Final = 10
_MINUTES: Final = 28 * 24 * 60
_PER_SECOND: Final = 50
_TABLES: Final = {"webhooks_event": "evt", "webhooks_delivery": "evt", "webhooks_attempt": "dlv"}

# The week of the oldest, and those after it; the present one is there.
_PARTITION: Final = """
    SELECT format('CREATE TABLE IF NOT EXISTS %%I PARTITION OF %%I FOR VALUES FROM (%%L) TO (%%L)',
        %(table)s::text || '_' || to_char(week AT TIME ZONE 'UTC', 'YYYYMMDD'), %(table)s::text,
        core_partition_bound(%(prefix)s, week),
        core_partition_bound(%(prefix)s, week + interval '168 hours'))
    FROM generate_series(
        date_trunc('week', now(), 'UTC') - interval '672 hours',
        date_trunc('week', now(), 'UTC') - interval '168 hours', interval '168 hours') week
"""
_FILL: Final = """
    WITH minute AS MATERIALIZED (
        SELECT n, substr(core_partition_bound('evt', now() - n * interval '1 minute'), 5) AS clock,
            now() - n * interval '1 minute' AS at
        FROM generate_series(1, %(minutes)s) n
    ), numbered AS MATERIALIZED (
        SELECT clock || to_char(%(batch)s * 1000000 + k, 'FM0000000000000000') AS suffix, at,
            CASE (n * %(each)s + k) %% 100 WHEN 0 THEN %(account)s ELSE 'acct_bench' END AS account
        FROM minute, generate_series(1, %(each)s) k
    ), event AS (
        INSERT INTO webhooks_event (id, account_id, livemode, type, object_id, data, api_version,
            created_at, xid)
        SELECT 'evt_' || suffix, account, false, 'payout.failed', 'po_' || suffix, '{}',
            '2026-10-28.endive', at, 0
        FROM numbered
    ), delivery AS (
        INSERT INTO webhooks_delivery (id, account_id, livemode, event_id, endpoint_id, status,
            body, attempt_count, attempts_before_resend, created_at, ended_at)
        SELECT 'dlv_' || suffix, account, false, 'evt_' || suffix, 'we_bench', 'delivered', '{}',
            1, 0, at, at
        FROM numbered
    )
    INSERT INTO webhooks_attempt (id, delivery_id, number, status_code, latency_ms,
        request_headers, response_headers, response_body, error, created_at)
    SELECT 'att_' || suffix, 'dlv_' || suffix, 1, 200, 5, '{}', '{}', '', '', at FROM numbered
"""
# Nobody wants it: what is measured is how the relay finds it, and that it passes it.
_EVENT: Final = """
    INSERT INTO webhooks_event (id, account_id, livemode, type, object_id, data, api_version,
        created_at)
    VALUES (%s, %s, false, 'payout.paid', 'po_bench', '{}', '2026-10-28.endive', now())
"""


def main(owner_url: str, sizes: list[int]) -> JsonObject:
    """Return size → p50 in ms of listing, fanning out and delivering; the last ÷ the first."""
    import django

    django.setup()
    p50: dict[str, dict[str, float]] = {}
    there = 0
    with psycopg.connect(owner_url, autocommit=True) as tables:
        for table, prefix in _TABLES.items():
            found = tables.execute(_PARTITION, {"table": table, "prefix": prefix}).fetchall()
            for (statement,) in found:
                tables.execute(statement)
        for size in sizes:
            _fill(tables, size - there, batch=len(p50))
            there = size
            p50[str(size)] = _measure()
    first, last = p50[str(sizes[0])], p50[str(sizes[-1])]
    return {"p50_ms": p50, "growth": {name: round(last[name] / first[name], 2) for name in first}}


def _fill(tables: psycopg.Connection, size: int, *, batch: int) -> None:
    from config.bench.webhooks import rows

    minutes = min(_MINUTES, size)
    values = {
        "account": rows.account(),
        "batch": batch,
        "each": max(size // minutes, 1),
        "minutes": minutes,
    }
    tables.execute(_FILL, values)
    tables.execute("VACUUM ANALYZE webhooks_event, webhooks_delivery, webhooks_attempt")


def _measure() -> dict[str, float]:
    from config.bench.webhooks import waits

    return {
        "list": _p50(_list),
        "fan_out": _p50(_fan_out, prepare=_happen),
        "deliver": waits.quiet_p50(per_second=_PER_SECOND, seconds=_TIMES / 10),
    }


def _list() -> None:
    from api.lists import pagination
    from config.bench.webhooks import rows
    from core.tenant import Tenant
    from webhooks import queries

    since = datetime.now(UTC) - timedelta(days=30)
    listed = queries.events(Tenant(rows.account(), livemode=False), since=since)
    found, _ = pagination.page(listed, {"limit": 10}, kind="event")
    assert len(found) == 10


def _happen() -> None:
    from django.db import connection

    from config.bench.webhooks import rows
    from core.ids import new_id

    with connection.cursor() as cursor:
        cursor.execute(_EVENT, [new_id("evt"), rows.account()])


def _fan_out() -> None:
    """Do what the relay does; the stack's own may have been faster, and then it looks in vain."""
    from webhooks.services import relay

    relay.run_once(at=datetime.now(UTC))


def _p50(call: Callable[[], None], *, prepare: Callable[[], None] = lambda: None) -> float:
    taken = []
    for number in range(-_WARMING_UP, _TIMES):
        prepare()
        started = time.perf_counter()
        call()
        if number >= 0:
            taken.append(time.perf_counter() - started)
    return round(sorted(taken)[len(taken) // 2] * 1000, 3)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], [int(size) for size in sys.argv[2:]])))
