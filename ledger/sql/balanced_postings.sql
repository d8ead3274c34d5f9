-- One look at all rows of a statement: a trigger per row would sum once per posting.
-- An entry is balanced in each currency at each location, so no location is ever short.
CREATE FUNCTION ledger_check_postings() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    SELECT p.entry_id, p.currency, a.location, sum(p.amount) AS off,
           max(p.account_id) FILTER (WHERE v.wrong) AS account, max(a.code) FILTER (WHERE v.wrong) AS code,
           max(e.kind) AS kind, bool_or(v.wrong) AS wrong
    INTO bad
    FROM added p
    LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
    LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
    LEFT JOIN ledger_kind k ON k.kind = e.kind
    CROSS JOIN LATERAL (
        SELECT e.id IS NULL OR a.id IS NULL OR k.kind IS NULL OR a.closed_at IS NOT NULL
            OR e.xid <> pg_current_xact_id()::text::bigint
            OR a.livemode <> e.livemode OR a.currency <> p.currency
            OR CASE
                WHEN jsonb_exists(CASE WHEN p.amount > 0 THEN k.debits ELSE k.credits END, a.code)
                THEN false
                -- What a location owes the main one for what it holds goes with any movement.
                WHEN a.code = 'between_locations' THEN a.owner <> a.location
                -- Money that changes its place leaves one processor account for another one.
                WHEN k.moves_between_locations AND a.code = 'processor' THEN NOT EXISTS (
                    SELECT FROM added q JOIN ledger_ledgeraccount b ON b.id = q.account_id
                    WHERE q.entry_id = p.entry_id AND q.currency = p.currency
                        AND q.amount = -p.amount AND b.code = 'processor'
                        AND b.location <> a.location)
                ELSE true
            END AS wrong
    ) v
    GROUP BY p.entry_id, p.currency, a.location
    HAVING sum(p.amount) <> 0 OR bool_or(v.wrong)
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF bad.wrong THEN
        RAISE EXCEPTION 'a posting of entry % (%) may not touch account % (%): '
            'unknown, closed, of another currency, mode or transaction, or not in the rule',
            bad.entry_id, bad.kind, bad.account, bad.code USING ERRCODE = 'RL003';
    END IF;
    RAISE EXCEPTION 'entry % is off by % % at location %', bad.entry_id, bad.off, bad.currency,
        bad.location USING ERRCODE = 'RL003';
END
$$;

-- What is written stays written.
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused; post a correcting entry instead',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'RL005';
END
$$;
