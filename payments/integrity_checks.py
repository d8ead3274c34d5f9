"""Statements about payments and the ledger together, for `ledger.audit.verify`."""

from ledger.audit.checking import ENTRIES, LEGS, Check

CHECKS = (
    Check(
        "charges", "The ledger has of every charge what the charge says was captured.",
        rf"""
        SELECT coalesce(c.id, l.source), 'the charge says ' || coalesce(c.amount_captured, 0)
            || ', the ledger ' || coalesce(l.total, 0)
        FROM (SELECT id, amount_captured FROM payments_charge WHERE amount_captured > 0) c
        FULL JOIN (
            SELECT source, sum(amount) AS total
            FROM {LEGS} m
            WHERE kind = 'charge_captured' AND source LIKE 'ch\_%' AND amount > 0
            GROUP BY 1
        ) l ON l.source = c.id
        WHERE coalesce(c.amount_captured, 0) <> coalesce(l.total, 0)
        """,  # noqa: S608
    ),
    Check(
        "C13 refunds", "A refund is where its entries are: promised, confirmed or given back.",
        f"""
        SELECT r.id, 'it is ' || r.status || ', the ledger has '
            || coalesce(nullif(concat_ws(', ', l.kinds), ''), 'nothing')
        FROM payments_refund r
        LEFT JOIN LATERAL (
            SELECT string_agg(e.kind, ', ' ORDER BY e.kind) AS kinds,
                bool_or(e.kind = 'refund_reserved') AS is_reserved,
                bool_or(e.kind = 'refund_confirmed') AS is_confirmed,
                bool_or(e.kind = 'refund_canceled') AS is_canceled,
                bool_or(e.kind = 'refund_made_outside') AS is_outside,
                bool_or(e.kind = 'refund_failed') AS has_failed
            FROM {ENTRIES} e WHERE e.source = r.id
        ) l ON true
        WHERE coalesce(l.is_outside, false) <> r.is_outside
            OR coalesce(l.is_reserved, false) = r.is_outside
            OR (r.status IN ('pending', 'requires_action')
                AND (l.is_confirmed OR l.is_canceled OR r.is_outside))
            OR (r.status = 'succeeded' AND (l.is_confirmed = r.is_outside OR l.is_canceled
                OR l.has_failed))
            -- Given back before it succeeded, or afterwards: one of the two.
            OR (r.status IN ('failed', 'canceled')
                AND ((l.is_confirmed OR r.is_outside) <> l.has_failed
                    OR l.is_canceled = l.has_failed))
        """,  # noqa: S608
    ),
    Check(
        "refunded", "A charge says of its refunds what they say themselves.",
        """
        SELECT c.id, 'it says ' || c.amount_refunded || ' and ' || c.fee_returned_amount
            || ' of the fee, its refunds ' || coalesce(r.amount, 0) || ' and '
            || coalesce(r.fee, 0)
        FROM payments_charge c
        LEFT JOIN (
            SELECT charge_id, sum(amount) AS amount, sum(fee_returned_amount)
                FILTER (WHERE status = 'succeeded') AS fee
            FROM payments_refund
            WHERE status IN ('pending', 'requires_action', 'succeeded') GROUP BY 1
        ) r ON r.charge_id = c.id
        WHERE c.amount_refunded <> coalesce(r.amount, 0)
            OR c.fee_returned_amount <> coalesce(r.fee, 0)
        """,
    ),
    Check(
        "unapplied payments",
        "In suspense is what payers paid too late and nobody has decided on, and nothing else.",
        f"""
        SELECT coalesce(u.id, l.id), 'it is ' || coalesce(u.status, 'nothing') || ' with '
            || coalesce(u.amount, 0) || ', in suspense is ' || coalesce(l.total, 0)
        FROM payments_unappliedpayment u
        FULL JOIN (
            SELECT split_part(source, '_return', 1) AS id, currency, sum(-amount) AS total
            FROM {LEGS} m WHERE code = 'suspense' GROUP BY 1, 2
        ) l ON l.id = u.id AND l.currency = u.currency
        WHERE CASE WHEN u.status IN ('open', 'returning') THEN u.amount ELSE 0 END
            <> coalesce(l.total, 0)
        """,  # noqa: S608
    ),
    Check(
        "processing fees", "The ledger has of every charge what it says processing cost.",
        f"""
        SELECT c.id, 'it says ' || c.fee_amount || ' less ' || c.fee_returned_amount
            || ' returned, the ledger ' || coalesce(l.total, 0)
        FROM payments_charge c
        LEFT JOIN (
            SELECT coalesce(r.charge_id, t.charge_id, m.source) AS charge_id,
                sum(-m.amount) AS total
            FROM {LEGS} m
            LEFT JOIN payments_refund r ON r.id = m.source
            LEFT JOIN payments_feetrueup t ON t.id = m.source
            WHERE m.code = 'processor' AND m.kind IN (
                'processor_fee', 'platform_processor_fee', 'fee_true_up',
                'fee_true_up_returned', 'processor_fee_returned', 'processor_fee_retaken')
            GROUP BY 1
        ) l ON l.charge_id = c.id
        WHERE c.fee_amount - c.fee_returned_amount <> coalesce(l.total, 0)
        """,  # noqa: S608
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
    Check(
        "disputes", "Refunds and disputes take no more of a charge than came, but what is flagged.",
        f"""
        WITH moved AS (
            SELECT d.id, coalesce(sum(l.amount) FILTER (WHERE l.kind = 'dispute_withdrawn'), 0)
                AS withdrawn,
                coalesce(sum(l.amount) FILTER (WHERE l.kind = 'dispute_reinstated'), 0) AS back
            FROM payments_dispute d
            LEFT JOIN {LEGS} l ON l.source = d.id AND l.amount > 0
                AND l.kind IN ('dispute_withdrawn', 'dispute_reinstated')
            GROUP BY 1
        ), held AS (
            SELECT d.charge_id, sum(m.withdrawn - m.back) AS amount, sum(d.excess_amount) AS excess
            FROM payments_dispute d JOIN moved m USING (id) GROUP BY 1
        )
        SELECT d.id, 'it says that ' || d.withdrawn_amount || ' went and ' || d.reinstated_amount
            || ' came back, the ledger ' || m.withdrawn || ' and ' || m.back
        FROM payments_dispute d JOIN moved m USING (id)
        WHERE (d.withdrawn_amount, d.reinstated_amount) <> (m.withdrawn, m.back)
        UNION ALL
        SELECT c.id, 'it says that ' || c.amount_disputed || ' is disputed, the ledger '
            || coalesce(h.amount, 0)
        FROM payments_charge c LEFT JOIN held h ON h.charge_id = c.id
        WHERE c.amount_disputed <> coalesce(h.amount, 0)
        UNION ALL
        SELECT c.id, 'captured ' || c.amount_captured || ', refunded ' || c.amount_refunded
            || ', disputed ' || h.amount || ', flagged as excess ' || h.excess
        FROM payments_charge c JOIN held h ON h.charge_id = c.id
        WHERE h.amount > 0 AND c.amount_refunded + h.amount - h.excess > c.amount_captured
        """,  # noqa: S608
    ),
)  # fmt: skip
