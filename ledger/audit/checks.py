"""Statements about the books, each with the query that finds where it is false.

They read the tables and nothing that was worked out from them, so that they find what went wrong
in the working out. A query may name `current_setting('rialto.verify_since')`, before which
entries need not be looked at.
"""

from ledger.audit.checking import Check
from ledger.audit.schema_integrity import GUARDS
from ledger.chart import AVAILABLE, BETWEEN_LOCATIONS, CHART, CLEARING, FX_POSITION, Side
from ledger.posting.registers import CHART_DIFFERS, FLOORS_DIFFER, LIMITS_DIFFER
from ledger.rollups.snapshots import DIFFERING


def _list(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


_ASSETS = tuple(code for code, line in CHART.items() if line.side is Side.DEBIT)
_EITHER_WAY = (*_ASSETS, AVAILABLE, FX_POSITION, BETWEEN_LOCATIONS)
_NEVER_NEGATIVE = tuple(code for code in CHART if code not in _EITHER_WAY)


def _total(name: str, *kinds: str, less: tuple[str, ...] = ()) -> str:
    plus = f"coalesce(sum(p.amount) FILTER (WHERE e.kind IN ({_list(kinds)})), 0)"
    minus = f"coalesce(sum(p.amount) FILTER (WHERE e.kind IN ({_list(less)})), 0)"
    return f"{plus} - {minus} AS {name}" if less else f"{plus} AS {name}"


_TOTALS = ", ".join(
    (
        _total("captured", "charge_captured"),
        _total(
            "refunded",
            "refund_reserved",
            "refund_made_outside",
            less=("refund_canceled", "refund_failed"),
        ),
        _total(
            "shared",
            "destination_charge",
            "destination_transfer",
            "transfer_from_source",
            "transfer_of_source_fee",
            "exchanged_share",
        ),
        _total("paid", "transfer", "account_debit", "exchanged_transfer"),
        _total(
            "reversed",
            "transfer_reversal",
            "refund_transfer_reversal",
            less=("refund_transfer_restored",),
        ),
        _total("fees", "application_fee", "payout_fee"),
        _total(
            "returned",
            "application_fee_refund",
            "reversal_fee_refund",
            "payout_fee_returned",
            less=("refund_fee_restored",),
        ),
    )
)

# What is left of each charge whose day has not come, for each who has of it.
_LOTS = """
    WITH lots AS (
        SELECT a.owner, p.currency, p.lot, min(e."group") AS grp, max(p.available_on) AS day,
            coalesce(-sum(p.amount) FILTER (WHERE a.code = 'pending'), 0) AS pending,
            coalesce(sum(p.amount) FILTER (WHERE a.code = 'available'), 0) AS lent
        FROM ledger_posting p
        JOIN ledger_ledgeraccount a ON a.id = p.account_id
        JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.lot IS NOT NULL AND a.code IN ('pending', 'available')
        GROUP BY a.owner, a.livemode, p.currency, p.lot
        HAVING max(p.available_on) > max(e.effective_at)::date
            AND NOT EXISTS (
                SELECT FROM ledger_journalentry m WHERE m.kind = 'maturation'
                AND m.source = max(a.id) FILTER (WHERE a.code = 'pending')
                    || ':' || max(p.available_on)))
"""

CHECKS = (
    Check(
        "C1", "Every entry sums to zero in each currency, and has postings.",
        """
        SELECT e.id, 'off by ' || coalesce(sum(p.amount)::text || ' ' || p.currency, 'everything')
        FROM ledger_journalentry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        WHERE e.posted_at >= current_setting('rialto.verify_since')::timestamptz
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
        "held", "What is held of a balance is the sum of its open holds.",
        """
        SELECT g.account_id, 'held ' || g.held || ', holds ' || coalesce(h.total, 0)
        FROM ledger_guardedbalance g
        LEFT JOIN (
            SELECT h.account_id, sum(h.amount) AS total FROM ledger_hold h
            WHERE NOT EXISTS (SELECT FROM ledger_holdevent e WHERE e.hold_id = h.id)
            GROUP BY 1
        ) h ON h.account_id = g.account_id
        WHERE g.held <> coalesce(h.total, 0)
        """,
    ),
    Check(
        "captures", "What was captured of a hold was posted.",
        """
        SELECT h.id, 'captured ' || e.captured_amount || ', posted ' || coalesce(p.total, 0)
        FROM ledger_holdevent e
        JOIN ledger_hold h ON h.id = e.hold_id
        LEFT JOIN LATERAL (
            SELECT sum(p.amount) AS total FROM ledger_posting p
            WHERE p.entry_id = e.entry_id AND p.account_id = h.account_id AND p.amount > 0
        ) p ON true
        WHERE e.kind = 'captured' AND e.captured_amount <> coalesce(p.total, 0)
        """,
    ),
    Check(
        "locations", "Assets and liabilities of every location are equal in each currency.",
        """
        SELECT a.location, 'off by ' || sum(p.amount) || ' ' || p.currency
        FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
        GROUP BY a.location, a.livemode, p.currency HAVING sum(p.amount) <> 0
        """,
    ),
    Check(
        "between", "What locations owe the main one is what the main one has of them.",
        """
        SELECT max(a.owner), 'off by ' || sum(p.amount) || ' ' || p.currency
        FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE a.code = 'between_locations'
        GROUP BY a.livemode, p.currency HAVING sum(p.amount) <> 0
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
        "lent", "No charge keeps money pending while what is available has paid for it.",
        f"""
        {_LOTS}
        SELECT l.owner, l.lot || ' holds ' || l.pending || ' ' || l.currency
            || ' pending, and has ' || l.lent || ' of what is available'
        FROM lots l WHERE l.pending > 0 AND l.lent > 0
        """,  # noqa: S608  our own words
    ),
    Check(
        "buckets", "What an owner is shown of a pending charge is what is pending of it.",
        f"""
        {_LOTS}
        SELECT l.owner, l.lot || ': shown ' || coalesce(b.net, 0) || ' for ' || l.day
            || ', pending ' || l.pending || ' less ' || l.lent || ' ' || l.currency
        FROM lots l
        LEFT JOIN LATERAL (
            SELECT sum(b.net) AS net
            FROM ledger_journalentry e JOIN ledger_balancetransaction b ON b.entry_id = e.id
            WHERE e."group" = l.grp AND b.account_id = l.owner AND b.currency = l.currency
                AND b.available_on = l.day
        ) b ON true
        WHERE coalesce(b.net, 0) <> l.pending - l.lent
            AND NOT EXISTS (SELECT FROM ledger_journalentry e WHERE e."group" = l.grp
                AND e.kind = 'correction')
        """,  # noqa: S608  our own words
    ),
    Check(
        "kinds", "Every posting fits the rule of its entry.",
        """
        SELECT e.id, e.kind || ' touches ' || coalesce(a.code, 'an unknown account')
        FROM ledger_posting p
        LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
        LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
        LEFT JOIN ledger_kind k ON k.kind = e.kind
        WHERE coalesce(e.posted_at >= current_setting('rialto.verify_since')::timestamptz, true)
            AND (e.id IS NULL OR a.id IS NULL OR k.kind IS NULL OR a.currency <> p.currency
                OR a.livemode <> e.livemode
                OR NOT (
                    jsonb_exists(CASE WHEN p.amount > 0 THEN k.debits ELSE k.credits END, a.code)
                    OR (k.moves_between_locations AND a.code = 'processor')
                    OR (a.code = 'between_locations' AND a.owner = a.location)
                ))
        """,
    ),
    Check(
        "once", "A movement of an object happened once, and an entry was taken back once.",
        """
        SELECT min(id), kind || ' of ' || source || ' is there ' || count(*) || ' times'
        FROM ledger_journalentry GROUP BY kind, source HAVING count(*) > 1
        UNION ALL
        SELECT reverses_id, 'taken back ' || count(*) || ' times'
        FROM ledger_journalentry WHERE reverses_id IS NOT NULL
        GROUP BY reverses_id HAVING count(*) > 1
        """,
    ),
    Check(
        "floors", "What is owed is never below zero, but for available money.",
        f"""
        SELECT a.id, a.code || ' of ' || a.owner || ' is ' || -sum(p.amount) || ' ' || a.currency
        FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE a.code IN ({_list(_NEVER_NEGATIVE)})
        GROUP BY a.id HAVING sum(p.amount) > 0
        """,  # noqa: S608  codes of the chart
    ),
    Check(
        "overdrawn", "Available money went below zero only by what may do that.",
        """
        SELECT p.entry_id, e.kind || ' left ' || p.balance_after
        FROM ledger_posting p
        JOIN ledger_journalentry e ON e.id = p.entry_id
        JOIN ledger_kind k ON k.kind = e.kind
        WHERE p.balance_after < 0 AND p.amount > 0 AND NOT k.may_overdraw
            AND e.posted_at >= current_setting('rialto.verify_since')::timestamptz
        """,
    ),
    Check(
        "limits", "No more is refunded, shared out, returned or taken back than there was.",
        f"""
        SELECT grp, CASE
            WHEN refunded > captured THEN 'captured ' || captured || ', refunded ' || refunded
            WHEN shared > captured THEN 'captured ' || captured || ', transferred ' || shared
            WHEN returned > fees THEN 'fees ' || fees || ', returned ' || returned
            ELSE 'transferred ' || shared + paid || ', taken back ' || reversed END
            || ' ' || currency
        FROM (
            SELECT e."group" AS grp, p.currency, {_TOTALS}
            FROM ledger_journalentry e
            JOIN ledger_posting p ON p.entry_id = e.id AND p.amount > 0
            JOIN ledger_ledgeraccount a ON a.id = p.account_id
            WHERE (a.code <> 'processor' OR e.kind IN ('charge_captured', 'refund_failed'))
                AND a.code NOT IN ('fx_position', 'between_locations')
                AND NOT EXISTS (SELECT FROM ledger_journalentry r WHERE r.reverses_id = e.id)
            GROUP BY 1, 2
        ) t
        WHERE (captured > 0 AND (refunded > captured OR shared > captured))
            OR returned > fees OR reversed > shared + paid
        """,  # noqa: S608  codes of the chart
    ),
    Check(
        "C9", "Nothing passes through a clearing account twice, and nothing stays for a month.",
        f"""
        SELECT e."group", a.code || ' of ' || a.owner || ' holds ' || -sum(p.amount) || ' '
            || a.currency || ' since ' || min(e.posted_at)::date
        FROM ledger_posting p
        JOIN ledger_ledgeraccount a ON a.id = p.account_id
        JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE a.code IN ({_list(CLEARING)})
        GROUP BY e."group", a.id
        HAVING sum(p.amount) * CASE WHEN a.code IN ({_list(_ASSETS)}) THEN -1 ELSE 1 END > 0
            OR (sum(p.amount) <> 0 AND max(e.posted_at) < now() - interval '30 days')
        """,  # noqa: S608  codes of the chart
    ),
    Check(
        "parents", "Every line that an owner is shown belongs to an entry that touches the owner.",
        """
        SELECT b.id, 'a line of ' || b.account_id || ' with no such entry, ' || b.entry_id
        FROM ledger_balancetransaction b
        JOIN (
            SELECT entry_id, account_id, livemode FROM ledger_balancetransaction
            EXCEPT
            SELECT p.entry_id, a.owner, e.livemode
            FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
            JOIN ledger_journalentry e ON e.id = p.entry_id
        ) orphans USING (entry_id, account_id, livemode)
        """,
    ),
    Check(
        "heads", "What was the last seal on a night is still a seal.",
        """
        SELECT 'run ' || r.id, 'the last seal was ' || r.seal_head || ', and no seal is that now'
        FROM ledger_verifyrun r
        WHERE r.seal_head <> ''
            AND NOT EXISTS (SELECT FROM ledger_seal s WHERE encode(s.head, 'hex') = r.seal_head)
        """,
    ),
    Check(
        "chart", "PostgreSQL judges entries by the chart and the rules as they are written.",
        CHART_DIFFERS,
    ),
    Check(
        "lowest", "No balance is allowed to go lower than the chart says.",
        FLOORS_DIFFER,
    ),
    Check(
        "negative limits", "How far below zero owners may go is what was said last.",
        LIMITS_DIFFER,
    ),
    GUARDS,
    Check(
        "snapshots", "Each closed day's balance and count are those of the postings until then.",
        DIFFERING,
    ),
)  # fmt: skip
