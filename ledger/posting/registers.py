"""What PostgreSQL was told of the chart and the rules, against what is written in this release.

Its functions read the registries, so whoever lets a kind overdraw, or lowers a floor, makes them
allow what the rules do not.
"""

from typing import Final

from ledger import rules
from ledger.chart import AVAILABLE, CHART
from ledger.models import GuardedBalance

# As `ledger_open_accounts` opens the available bucket, which alone has room below zero.
_LOWEST: Final = -1_000_000_000_000_000


def _codes(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _kinds() -> str:
    return ", ".join(
        f"('{rule.kind}', '{rule.number}', '{_codes(tuple(rule.debits))}'::jsonb, "
        f"'{_codes(tuple(rule.credits))}'::jsonb, {rule.may_overdraw}, {rule.is_fact}, "
        f"{rule.moves_between_locations})"
        for rule in rules.RULES
    )


_CHART: Final = ", ".join(f"('{code}', {line.is_guarded})" for code, line in CHART.items())

CHART_DIFFERS: Final = f"""
    WITH written(kind, number, debits, credits, may_overdraw, is_fact, moves) AS (
        VALUES {_kinds()}
    ), chart(code, is_guarded) AS (VALUES {_CHART})
    SELECT 'kind ' || coalesce(w.kind, k.kind), CASE
        WHEN k.kind IS NULL THEN 'is not known to the database'
        WHEN w.kind IS NULL THEN 'is in no rule'
        ELSE 'is not what its rule says: it '
            || CASE WHEN k.may_overdraw THEN 'may' ELSE 'may not' END || ' overdraw, debits '
            || k.debits || ', credits ' || k.credits END
    FROM written w FULL JOIN ledger_kind k ON k.kind = w.kind
    WHERE (w.number, w.debits, w.credits, w.may_overdraw, w.is_fact, w.moves)
        IS DISTINCT FROM (k.number::text, k.debits, k.credits, k.may_overdraw, k.is_fact,
            k.moves_between_locations)
    UNION ALL
    SELECT 'code ' || coalesce(c.code, d.code), CASE
        WHEN d.code IS NULL THEN 'is not known to the database'
        WHEN c.code IS NULL THEN 'is not in the chart'
        ELSE 'is not guarded as the chart says' END
    FROM chart c FULL JOIN ledger_chartcode d ON d.code = c.code
    WHERE c.is_guarded IS DISTINCT FROM d.is_guarded
    UNION ALL
    SELECT 'account ' || a.id, a.code || ' of ' || a.owner || ' is not guarded as the chart says'
    FROM ledger_ledgeraccount a LEFT JOIN chart c ON c.code = a.code
    WHERE a.is_guarded IS DISTINCT FROM c.is_guarded
"""  # noqa: S608  our own words

FLOORS_DIFFER: Final = f"""
    SELECT g.account_id, a.code || ' of ' || a.owner || ' may go down to ' || g.floor || ' '
        || a.currency
    FROM ledger_guardedbalance g JOIN ledger_ledgeraccount a ON a.id = g.account_id
    WHERE g.floor <> CASE a.code WHEN '{AVAILABLE}' THEN {_LOWEST} ELSE 0 END
        OR g.negative_limit < 0
        OR a.code = '{AVAILABLE}' AND -g.negative_limit < g.floor
"""  # noqa: S608  our own words

# How far below zero everybody may be asked to go of whom nothing else was said.
_USUAL: Final = GuardedBalance().negative_limit

LIMITS_DIFFER: Final = f"""
    SELECT a.id, a.code || ' of ' || a.owner || ' may be asked to go down to ' || -g.negative_limit
        || ' ' || a.currency || ', and what was said last is '
        || coalesce(-c.after || ' by ' || c.changed_by, 'nothing')
    FROM ledger_guardedbalance g
    JOIN ledger_ledgeraccount a ON a.id = g.account_id
    LEFT JOIN (
        SELECT DISTINCT ON (account_id) * FROM ledger_limitchange ORDER BY account_id, id DESC
    ) c ON c.account_id = g.account_id
    WHERE g.negative_limit <> coalesce(c.after, {_USUAL})
    UNION ALL
    SELECT c.account_id, 'change ' || c.id || ' begins at ' || -c.before || ', and the one before '
        || 'it ended at ' || -c.ended
    FROM (
        SELECT c.*, coalesce(lag(c.after) OVER (PARTITION BY c.account_id ORDER BY c.id), {_USUAL})
            AS ended
        FROM ledger_limitchange c
    ) c
    WHERE c.before <> c.ended
"""  # noqa: S608  our own words
