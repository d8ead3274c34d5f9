"""Integrity checks of transfers, fees and payouts against the ledger."""

from ledger.audit.checking import LEGS, LINES, Check

# What was given back because a refund failed counts against what was taken. Of an exchange what
# the platform gives, or gets, counts: the seller has another currency.
_MOVED = f"""
    SELECT source, kind, sum(
        CASE WHEN kind IN ('refund_transfer_restored', 'refund_fee_restored',
            'exchanged_transfer', 'exchanged_source_fee', 'exchanged_share',
            'exchanged_fee_refund', 'refund_exchanged_fee_restored')
        THEN amount ELSE -amount END) AS total
    FROM {LEGS} l
    WHERE code IN ('pending', 'available')
        AND (amount > 0) = (kind IN ('exchanged_transfer', 'exchanged_source_fee',
            'exchanged_share', 'exchanged_fee_refund', 'refund_exchanged_restored'))
    GROUP BY 1, 2
"""  # noqa: S608  no word of it comes from outside

CHECKS = (
    Check(
        "transfers", "The ledger has of every transfer what it says was given and taken back.",
        f"""
        WITH moved AS ({_MOVED})
        SELECT t.id, 'it gave ' || t.amount || ', the ledger has ' || coalesce(sum(m.total), 0)
        FROM connect_transfer t
        LEFT JOIN moved m ON m.source = t.id AND m.kind IN (
            'transfer', 'transfer_from_source', 'transfer_of_source_fee', 'destination_charge',
            'destination_transfer', 'account_debit', 'negative_balance_covered',
            'exchanged_transfer', 'exchanged_source_fee', 'exchanged_share')
        GROUP BY t.id HAVING t.amount <> coalesce(sum(m.total), 0)
        UNION ALL
        SELECT t.id, 'reversed ' || t.amount_reversed || ', the ledger has '
            || coalesce(sum(m.total), 0)
        FROM connect_transfer t
        LEFT JOIN connect_transferreversal r ON r.transfer_id = t.id
        LEFT JOIN moved m ON m.source = r.id AND m.kind IN (
            'transfer_reversal', 'refund_transfer_reversal', 'refund_transfer_restored',
            'exchanged_transfer_reversal', 'refund_exchanged_reversal',
            'refund_exchanged_restored')
        GROUP BY t.id HAVING t.amount_reversed <> coalesce(sum(m.total), 0)
        UNION ALL
        SELECT y.id, 'the seller has ' || y.amount - y.amount_refunded || ' ' || y.currency
            || ' of it, the ledger has ' || m.total
        FROM connect_sellerpayment y
        JOIN connect_transfer t ON t.id = y.transfer_id AND t.currency <> y.currency
        JOIN LATERAL (
            SELECT -coalesce(sum(l.amount), 0) AS total
            FROM {LEGS} l
            WHERE l.owner = y.account_id AND l.currency = y.currency
                AND l.code IN ('pending', 'available')
                AND l.kind IN ('exchanged_transfer', 'exchanged_source_fee', 'exchanged_share',
                    'exchanged_transfer_reversal', 'refund_exchanged_reversal',
                    'refund_exchanged_restored')
                AND (l.source = t.id OR l.source IN (
                    SELECT r.id FROM connect_transferreversal r WHERE r.transfer_id = t.id))
        ) m ON true
        WHERE y.amount - y.amount_refunded <> m.total
        """,  # noqa: S608  no word of it comes from outside
    ),
    Check(
        "fees", "The ledger has of every application fee what it says was taken and returned.",
        f"""
        WITH moved AS ({_MOVED})
        SELECT f.id, 'it took ' || f.amount || ', the ledger has ' || coalesce(sum(m.total), 0)
        FROM connect_applicationfee f
        LEFT JOIN moved m ON m.source = f.id AND m.kind IN (
            'application_fee', 'exchanged_fee', 'payout_fee')
        GROUP BY f.id HAVING f.amount <> coalesce(sum(m.total), 0)
        UNION ALL
        SELECT f.id, 'returned ' || f.amount_refunded || ', the ledger has '
            || coalesce(sum(m.total), 0)
        FROM connect_applicationfee f
        LEFT JOIN connect_applicationfeerefund r ON r.fee_id = f.id
        LEFT JOIN moved m ON m.source = r.id AND m.kind IN (
            'application_fee_refund', 'reversal_fee_refund', 'refund_fee_restored',
            'payout_fee_returned', 'exchanged_fee_refund', 'refund_exchanged_fee_restored')
        GROUP BY f.id HAVING f.amount_refunded <> coalesce(sum(m.total), 0)
        UNION ALL
        SELECT f.id, 'the seller gave ' || f.payment_amount - f.payment_amount_refunded || ' '
            || f.payment_currency || ' of it, the ledger has ' || m.total
        FROM connect_applicationfee f
        JOIN LATERAL (
            SELECT coalesce(sum(l.amount), 0) AS total
            FROM {LEGS} l
            WHERE l.owner = f.seller_id AND l.currency = f.payment_currency
                AND l.code IN ('pending', 'available')
                AND l.kind IN ('exchanged_fee', 'exchanged_fee_refund',
                    'refund_exchanged_fee_restored')
                AND (l.source = f.id OR l.source IN (
                    SELECT r.id FROM connect_applicationfeerefund r WHERE r.fee_id = f.id))
        ) m ON true
        WHERE f.payment_amount IS NOT NULL
            AND f.payment_amount - f.payment_amount_refunded <> m.total
        """,  # noqa: S608
    ),
    Check(
        "payouts", "Every payout is set aside until it has ended, and pays what its lines say.",
        f"""
        WITH aside AS (
            SELECT "group", -sum(amount) AS total
            FROM {LEGS} l
            WHERE code = 'payouts_in_transit'
            GROUP BY 1
        )
        SELECT o.id, 'is ' || o.status || ', and ' || coalesce(a.total, 0) || ' is set aside'
        FROM connect_payout o LEFT JOIN aside a ON a."group" = o.id
        WHERE coalesce(a.total, 0) <>
            CASE WHEN o.status IN ('pending', 'in_transit') THEN o.amount ELSE 0 END
        UNION ALL
        SELECT o.id, 'pays ' || o.amount || ', and its lines say ' || coalesce(sum(l.amount), 0)
        FROM connect_payout o LEFT JOIN connect_payoutline l ON l.payout_id = o.id
        GROUP BY o.id HAVING coalesce(sum(l.amount), 0) <> o.amount
        UNION ALL
        SELECT b.id, 'is ' || b.net || ', and its payout lines add up to ' || sum(l.amount)
        FROM connect_payoutline l JOIN {LINES} b ON b.id = l.transaction_id
        WHERE NOT l.is_released
        GROUP BY b.id, b.net HAVING sum(l.amount) <> b.net
        UNION ALL
        SELECT b.id, 'is ' || b.net || ', and ' || l.payout_id || ' has ' || sum(l.amount)
            || ' of it'
        FROM connect_payoutline l JOIN {LINES} b ON b.id = l.transaction_id
        WHERE l.payout_id IS NOT NULL
        GROUP BY b.id, b.net, l.payout_id
        HAVING sum(l.amount) NOT BETWEEN least(b.net, 0) AND greatest(b.net, 0)
        UNION ALL
        SELECT b.id, 'is ' || b.net || ', and neither waits to be paid out nor was'
        FROM connect_payoutschedule s
        JOIN {LINES} b ON b.account_id = s.account_id
            AND b.livemode = s.livemode AND b.id <= s.collected_id
        WHERE b.net <> 0 AND b.type NOT IN ('payout', 'payout_cancel', 'payout_failure')
            AND b.created_at < now() - interval '1 day'
            AND NOT EXISTS (SELECT FROM connect_payoutline l WHERE l.transaction_id = b.id)
        UNION ALL
        SELECT o.id, 'is ' || o.status || ', and holds lines' FROM connect_payout o
        JOIN connect_payoutline l ON l.payout_id = o.id
        WHERE l.is_released <> (o.status IN ('failed', 'canceled'))
        GROUP BY o.id
        """,  # noqa: S608
    ),
    Check(
        "payout fees", "The ledger has every payout's fee, and it went back once if that failed.",
        f"""
        WITH moved AS (
            SELECT "group",
                sum(amount) FILTER (WHERE kind = 'payout_fee') AS taken,
                count(*) FILTER (WHERE kind = 'payout_fee_returned') AS times
            FROM {LEGS} l
            WHERE code = 'available' AND amount > 0
                AND kind IN ('payout_fee', 'payout_fee_returned')
            GROUP BY 1
        )
        SELECT o.id, 'has a fee of ' || coalesce(o.application_fee_amount, 0)
            || ', the ledger has ' || coalesce(m.taken, 0)
        FROM connect_payout o LEFT JOIN moved m ON m."group" = o.id
        WHERE coalesce(o.application_fee_amount, 0) <> coalesce(m.taken, 0)
        UNION ALL
        SELECT o.id, 'is ' || o.status || ', and ' || coalesce(f.amount_refunded, 0) || ' of '
            || o.application_fee_amount || ' is returned, ' || coalesce(m.times, 0) || ' times'
        FROM connect_payout o
        LEFT JOIN connect_applicationfee f ON f.id = o.application_fee_id
            AND f.charge_id = o.id AND f.seller_id = o.account_id
        LEFT JOIN moved m ON m."group" = o.id
        WHERE o.application_fee_id IS NOT NULL AND (
            f.amount IS DISTINCT FROM o.application_fee_amount
            OR coalesce(m.times, 0) > CASE WHEN o.status IN ('failed', 'canceled') THEN 1 ELSE 0 END
            OR (o.status IN ('failed', 'canceled') AND f.amount_refunded <> f.amount))
        """,  # noqa: S608
    ),
)  # fmt: skip
