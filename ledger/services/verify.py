"""Recompute the books from the postings and say what does not hold."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import connection, transaction

from ledger.services import snapshots


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold.

    Args:
        check: The checker's name, such as `"C1"`.
        id: What it is about: an entry, a ledger account or an owner.
        detail: What was expected and what was found.
    """

    check: str
    id: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Check:
    """A statement about the books, and the query that finds where it is false.

    Args:
        name: Its name in reports.
        claim: The statement, for people.
        query: Selects an id and a detail for each place where the claim is false.
    """

    name: str
    claim: str
    query: str


CHECKS = (
    Check(
        "C1", "Every entry sums to zero in each currency, and has postings.",
        """
        SELECT e.id, 'off by ' || coalesce(sum(p.amount)::text || ' ' || p.currency, 'everything')
        FROM ledger_journalentry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY e.id, p.currency HAVING coalesce(sum(p.amount), 1) <> 0
        """,
    ),
    Check(
        "C2", "All postings of a currency and mode sum to zero.",
        """
        SELECT p.currency, 'off by ' || sum(p.amount)
        FROM ledger_posting p LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
        GROUP BY p.currency, a.livemode HAVING sum(p.amount) <> 0
        """,
    ),
    Check(
        "C3", "A guarded balance is the sum of its postings.",
        """
        SELECT a.id, 'balance ' || coalesce(g.posted, 0) || ', postings '
            || -coalesce(sum(p.amount), 0)
        FROM ledger_ledgeraccount a
        LEFT JOIN ledger_guardedbalance g ON g.account_id = a.id
        LEFT JOIN ledger_posting p ON p.account_id = a.id
        WHERE a.is_guarded GROUP BY a.id, g.posted
        HAVING coalesce(g.posted, 0) <> -coalesce(sum(p.amount), 0)
        """,
    ),
    Check(
        "C4", "Fold plus the postings after it is the sum of all postings, for open accounts.",
        """
        SELECT a.id, 'read ' || read.total || ', postings ' || coalesce(real.total, 0)
        FROM ledger_ledgeraccount a
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT sum(f.total) FROM ledger_fold f WHERE f.account_id = a.id), 0)
                + coalesce((SELECT sum(p.amount) FROM ledger_posting p, ledger_foldhorizon h
                            WHERE p.account_id = a.id AND p.xid >= h.horizon
                              AND p.id > h.base_posting_id), 0) AS total
        ) read
        LEFT JOIN LATERAL (
            SELECT sum(p.amount) AS total FROM ledger_posting p WHERE p.account_id = a.id
        ) real ON true
        WHERE NOT a.is_guarded AND read.total <> coalesce(real.total, 0)
        """,
    ),
    Check(
        "C5", "No guarded balance was ever below its floor.",
        """
        SELECT p.account_id, 'posting ' || p.account_seq || ' left ' || p.balance_after
        FROM ledger_posting p JOIN ledger_guardedbalance g ON g.account_id = p.account_id
        WHERE p.balance_after < g.floor
        """,
    ),
    Check(
        "C6", "Guarded postings are numbered without a gap and each balance follows from the last.",
        """
        SELECT account_id, 'posting ' || coalesce(account_seq::text, 'without a number')
            || ' left ' || coalesce(balance_after::text, 'nothing')
        FROM (
            SELECT p.account_id, p.account_seq, p.balance_after,
                row_number() OVER mine AS expected_seq,
                sum(-p.amount) OVER mine AS expected_balance
            FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
            WHERE a.is_guarded
            WINDOW mine AS (PARTITION BY p.account_id ORDER BY p.account_seq
                            ROWS UNBOUNDED PRECEDING)
        ) numbered
        WHERE account_seq IS DISTINCT FROM expected_seq
            OR balance_after IS DISTINCT FROM expected_balance
        """,
    ),
    Check(
        "lines", "What an owner is shown adds up to its balance.",
        """
        SELECT coalesce(l.owner, b.owner),
            'shown ' || coalesce(l.net, 0) || ', balance ' || coalesce(b.total, 0) || ' '
            || coalesce(l.currency, b.currency)
        FROM (
            SELECT account_id AS owner, livemode, currency, sum(net) AS net
            FROM ledger_balancetransaction GROUP BY 1, 2, 3
        ) l
        FULL JOIN (
            SELECT a.owner, a.livemode, a.currency, -sum(p.amount) AS total
            FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
            WHERE a.code IN ('pending', 'available') GROUP BY 1, 2, 3
        ) b ON b.owner = l.owner AND b.livemode = l.livemode AND b.currency = l.currency
        WHERE coalesce(l.net, 0) <> coalesce(b.total, 0)
        """,
    ),
    Check(
        "lots", "No owner's share of a pending day is below zero.",
        """
        SELECT a.id, p.available_on || ' holds ' || -sum(p.amount)
        FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE a.code = 'pending' GROUP BY a.id, p.available_on HAVING sum(p.amount) > 0
        """,
    ),
    Check(
        "kinds", "Every posting fits the rule of its entry.",
        """
        SELECT e.id, e.kind || ' touches ' || coalesce(a.code, 'an unknown account')
        FROM ledger_posting p
        LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
        LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
        LEFT JOIN ledger_kind k ON k.kind = e.kind
        WHERE e.id IS NULL OR a.id IS NULL OR k.kind IS NULL OR a.currency <> p.currency
            OR a.livemode <> e.livemode
            OR NOT jsonb_exists(CASE WHEN p.amount > 0 THEN k.debits ELSE k.credits END, a.code)
        """,
    ),
    Check(
        "snapshots", "Each closed day's balance and count are those of the postings until then.",
        snapshots.DIFFERING,
    ),
)  # fmt: skip

_SHOWN_AT_MOST = 1_000


def verify(on_check: Callable[[Check, int], None] | None = None) -> list[Finding]:
    """Hold the books against every check.

    Args:
        on_check: Called after each check with it and how much it found, for showing
            progress.

    Returns:
        What does not hold, at most 1,000 findings for each check; empty if all is well.
    """
    findings: list[Finding] = []
    for check in CHECKS:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(check.query)
            rows = cursor.fetchmany(_SHOWN_AT_MOST)
        found = [Finding(check.name, str(id), str(detail)) for id, detail in rows]
        findings += found
        if on_check:
            on_check(check, len(found))
    return findings
