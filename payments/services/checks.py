"""Statements about payments and the ledger together, for `ledger.services.verify`."""

from ledger.services.checking import Check

CHECKS = (
    Check(
        "charges", "The ledger has of every charge what the charge says was captured.",
        r"""
        SELECT coalesce(c.id, l.source), 'the charge says ' || coalesce(c.amount_captured, 0)
            || ', the ledger ' || coalesce(l.total, 0)
        FROM (SELECT id, amount_captured FROM payments_charge WHERE amount_captured > 0) c
        FULL JOIN (
            SELECT e.source, sum(p.amount) AS total
            FROM ledger_journalentry e
            JOIN ledger_posting p ON p.entry_id = e.id AND p.amount > 0
            WHERE e.kind = 'charge_captured' AND e.source LIKE 'ch\_%'
            GROUP BY 1
        ) l ON l.source = c.id
        WHERE coalesce(c.amount_captured, 0) <> coalesce(l.total, 0)
        """,
    ),
    Check(
        "C13 refunds", "A refund is where its entries are: promised, confirmed or given back.",
        """
        SELECT r.id, 'it is ' || r.status || ', the ledger has '
            || coalesce(nullif(concat_ws(', ', l.kinds), ''), 'nothing')
        FROM payments_refund r
        LEFT JOIN LATERAL (
            SELECT string_agg(e.kind, ', ' ORDER BY e.kind) AS kinds,
                bool_or(e.kind = 'refund_reserved') AS is_reserved,
                bool_or(e.kind = 'refund_confirmed') AS is_confirmed,
                bool_or(e.kind = 'refund_canceled') AS is_canceled
            FROM ledger_journalentry e WHERE e.source = r.id
        ) l ON true
        WHERE NOT coalesce(l.is_reserved, false)
            OR (r.status = 'pending' AND (l.is_confirmed OR l.is_canceled))
            OR (r.status = 'succeeded' AND (NOT l.is_confirmed OR l.is_canceled))
            OR (r.status IN ('failed', 'canceled') AND (l.is_confirmed OR NOT l.is_canceled))
        """,
    ),
    Check(
        "C13 intents", "A payment intent and its last charge say the same.",
        """
        SELECT i.id, 'it is ' || i.status || ' with ' || i.amount_received
            || ' received; its charge is ' || coalesce(c.status, 'missing') || ' with '
            || coalesce(c.amount_captured, 0) || ' captured'
        FROM payments_paymentintent i
        LEFT JOIN payments_charge c ON c.id = i.latest_charge_id
        WHERE (i.status = 'succeeded' AND (c.status IS DISTINCT FROM 'succeeded'
                OR i.amount_received <> c.amount_captured))
            OR (i.status = 'requires_capture' AND (c.status IS DISTINCT FROM 'succeeded'
                OR c.is_captured))
            OR (i.status NOT IN ('succeeded', 'canceled') AND coalesce(c.amount_captured, 0) > 0
                AND c.failure IS NULL)
        """,
    ),
)  # fmt: skip
