"""Statements about transfers, fees and the ledger together, for `ledger.services.verify`."""

from ledger.services.checking import Check

# What was given back because a refund failed counts against what was taken.
_MOVED = """
    SELECT e.source, e.kind, sum(
        CASE WHEN e.kind IN ('refund_transfer_restored', 'refund_fee_restored')
        THEN p.amount ELSE -p.amount END) AS total
    FROM ledger_journalentry e
    JOIN ledger_posting p ON p.entry_id = e.id AND p.amount < 0
    JOIN ledger_ledgeraccount a ON a.id = p.account_id
    WHERE a.code IN ('pending', 'available')
    GROUP BY 1, 2
"""

CHECKS = (
    Check(
        "transfers", "The ledger has of every transfer what it says was given and taken back.",
        f"""
        WITH moved AS ({_MOVED})
        SELECT t.id, 'it gave ' || t.amount || ', the ledger has ' || coalesce(sum(m.total), 0)
        FROM connect_transfer t
        LEFT JOIN moved m ON m.source = t.id AND m.kind IN (
            'transfer', 'transfer_from_source', 'destination_charge', 'destination_transfer')
        GROUP BY t.id HAVING t.amount <> coalesce(sum(m.total), 0)
        UNION ALL
        SELECT t.id, 'reversed ' || t.amount_reversed || ', the ledger has '
            || coalesce(sum(m.total), 0)
        FROM connect_transfer t
        LEFT JOIN connect_transferreversal r ON r.transfer_id = t.id
        LEFT JOIN moved m ON m.source = r.id AND m.kind IN (
            'transfer_reversal', 'refund_transfer_reversal', 'refund_transfer_restored')
        GROUP BY t.id HAVING t.amount_reversed <> coalesce(sum(m.total), 0)
        """,  # noqa: S608  no word of it comes from outside
    ),
    Check(
        "fees", "The ledger has of every application fee what it says was taken and returned.",
        f"""
        WITH moved AS ({_MOVED})
        SELECT f.id, 'it took ' || f.amount || ', the ledger has ' || coalesce(sum(m.total), 0)
        FROM connect_applicationfee f
        LEFT JOIN moved m ON m.source = f.id AND m.kind = 'application_fee'
        GROUP BY f.id HAVING f.amount <> coalesce(sum(m.total), 0)
        UNION ALL
        SELECT f.id, 'returned ' || f.amount_refunded || ', the ledger has '
            || coalesce(sum(m.total), 0)
        FROM connect_applicationfee f
        LEFT JOIN connect_applicationfeerefund r ON r.fee_id = f.id
        LEFT JOIN moved m ON m.source = r.id AND m.kind IN (
            'application_fee_refund', 'reversal_fee_refund', 'refund_fee_restored')
        GROUP BY f.id HAVING f.amount_refunded <> coalesce(sum(m.total), 0)
        """,  # noqa: S608
    ),
)  # fmt: skip
