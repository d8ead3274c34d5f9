"""The posting function itself, called by pgbench: what is left when Python costs nothing."""

import re
import subprocess
import tempfile
from pathlib import Path

from config.bench.stack import Stack
from config.launcher.postgres import embedded

_CLIENTS = 8

# A charge into pending money, as `books.py` posts it; `{n}` of them with one call.
_SCRIPT = """
SELECT count(*) FROM (
    SELECT array_agg('je_' || g.id) AS entries, array_agg('ch_' || g.id) AS charges,
        array_agg('txn_' || g.id) AS lines, array_agg(g.number) AS numbers
    FROM (SELECT gen_random_uuid()::text AS id, number FROM generate_series(1, {n}) number) g
) x,
LATERAL (
    SELECT array_agg((i + 1) / 2 ORDER BY i) AS entries,
        array_agg(CASE i % 2 WHEN 1 THEN 'processor' ELSE 'pending' END ORDER BY i) AS codes,
        array_agg(CASE i % 2 WHEN 1 THEN 'bench' ELSE 'acct_bench_hot' END ORDER BY i) AS owners,
        array_agg(CASE i % 2 WHEN 1 THEN 2000 ELSE -2000 END::bigint ORDER BY i) AS amounts,
        array_agg(CASE i % 2 WHEN 0 THEN DATE '2030-01-01' END ORDER BY i) AS days,
        array_agg(CASE i % 2 WHEN 0 THEN x.charges[(i + 1) / 2] END ORDER BY i) AS lots
    FROM generate_series(1, 2 * {n}) i
) l,
LATERAL ledger_post(
    false, NULL, x.entries, array_fill('charge_captured'::text, ARRAY[{n}]), x.charges, x.charges,
    array_fill('\\x00'::bytea, ARRAY[{n}]), array_fill(now(), ARRAY[{n}]),
    array_fill(NULL::text, ARRAY[{n}]),
    l.entries, l.codes, l.owners, array_fill('usd'::text, ARRAY[2 * {n}]), l.amounts,
    l.days, l.lots,
    x.lines, x.numbers, array_fill('acct_bench_hot'::text, ARRAY[{n}]),
    array_fill('charge'::text, ARRAY[{n}]), array_fill(2000::bigint, ARRAY[{n}]),
    array_fill(0::bigint, ARRAY[{n}]), array_fill('usd'::text, ARRAY[{n}]), x.charges,
    array_fill(NULL::text, ARRAY[{n}]), array_fill('[]'::text, ARRAY[{n}]),
    array_fill(DATE '2030-01-01', ARRAY[{n}]), array_fill(NULL::numeric, ARRAY[{n}])
);
"""


def entries_per_second(here: Stack, *, at_once: int, seconds: float) -> float:
    """Post with eight clients for a while.

    Args:
        here: The stack.
        at_once: Entries in one call.
        seconds: How long, at least one.
    """
    server = embedded(here.home)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_SCRIPT.format(n=at_once))
        script.flush()
        Path(script.name).chmod(0o644)
        output = subprocess.run(
            [
                str(server.programs / "pgbench"),
                "-h",
                here.socket_folder,
                "-U",
                "postgres",
                "-n",
                "-M",
                "prepared",
                "-c",
                str(_CLIENTS),
                "-j",
                "2",
                "-T",
                str(max(1, round(seconds))),
                "-f",
                script.name,
                here.database,
            ],
            env=here.as_superuser,
            check=True,
            text=True,
            capture_output=True,
            timeout=120,
        ).stdout
    found = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
    assert found is not None, output
    return float(found[1]) * at_once
