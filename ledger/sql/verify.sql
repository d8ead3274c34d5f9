-- Recompute seals, and say which do not hold. Reads no other seals than these and the one before.
CREATE FUNCTION ledger_broken_seals(p_first bigint, p_last bigint)
RETURNS TABLE (number bigint, detail text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH known AS MATERIALIZED (
        SELECT b.base, lead(b.base) OVER (ORDER BY b.base) AS next_base
        FROM (SELECT 0::bigint AS base UNION SELECT base_posting_id FROM ledger_numbering) b
    ), numbered AS (
        SELECT s.*, lag(s.head) OVER w AS head_before, lag(s.number) OVER w AS number_before,
            lag(s.until_xid) OVER w AS until_before, lag(s.base_posting_id) OVER w AS base_before
        FROM ledger_seal s WHERE s.number BETWEEN p_first - 1 AND p_last
        WINDOW w AS (ORDER BY s.number)
    ), looked_at AS (
        SELECT n.*, k.base IS NULL AS is_unknown, now.entry_count AS count_now,
            now.root AS root_now,
            n.from_xid <> CASE WHEN n.base_posting_id = coalesce(n.base_before, n.base_posting_id)
                THEN coalesce(n.until_before, 0) ELSE 0 END AS leaves_out,
            ledger_seal_head(n.number, n.base_posting_id, n.from_xid, n.until_xid, n.entry_count,
                n.root, n.previous) AS head_now
        FROM numbered n
        LEFT JOIN known k ON k.base = n.base_posting_id
        CROSS JOIN LATERAL ledger_seal_root(
            n.base_posting_id, k.next_base, n.from_xid, n.until_xid) now
        WHERE n.number BETWEEN p_first AND p_last
    )
    SELECT number, detail FROM (
        SELECT l.number, CASE
            WHEN l.number <> coalesce(l.number_before, 0) + 1 THEN 'a seal before it is missing'
            WHEN l.previous <> coalesce(l.head_before, sha256(''::bytea))
                THEN 'it does not follow from the seal before it'
            WHEN l.leaves_out THEN 'it leaves transactions out'
            WHEN l.head <> l.head_now THEN 'it was changed itself'
            WHEN l.is_unknown THEN 'it begins where no numbering of transactions does'
            WHEN l.count_now <> l.entry_count
                THEN 'it sealed ' || l.entry_count || ' entries, there are ' || l.count_now
            WHEN l.root_now <> l.root THEN 'an entry, a posting, a line or what is known of a negative limit was changed'
        END AS detail
        FROM looked_at l
    ) told WHERE detail IS NOT NULL ORDER BY number
$$;
