-- The hash of an entry with everything that hangs on it, spelled without regard to any setting.
-- Accounts are spelled out, so that renaming one is found as well.
CREATE FUNCTION ledger_leaf(e ledger_journalentry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT sha256('\x00'::bytea || convert_to(json_build_array(
        e.id, e.kind, e.source, e."group", e.livemode, encode(e.fingerprint, 'hex'),
        extract(epoch FROM e.posted_at)::text, extract(epoch FROM e.effective_at)::text,
        e.reverses_id, e.request_id, e.xid,
        (SELECT json_agg(json_build_array(
                p.id, a.code, a.owner, a.currency, a.livemode, a.location, p.account_id, p.amount,
                p.currency, to_char(p.available_on, 'YYYY-MM-DD'), p.lot, p.account_seq,
                p.balance_after, p.xid) ORDER BY p.id)
         FROM ledger_posting p LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
         WHERE p.entry_id = e.id),
        (SELECT json_agg(json_build_array(
                b.id, b.account_id, b.livemode, b.type, b.amount, b.fee, b.net, b.currency,
                b.source, b.description, b.fee_details::text,
                to_char(b.available_on, 'YYYY-MM-DD'), b.exchange_rate::text,
                extract(epoch FROM b.created_at)::text) ORDER BY b.id)
         FROM ledger_balancetransaction b WHERE b.entry_id = e.id)
    )::text, 'UTF8'))
$$;

-- The root of the Merkle tree over the entries of a stretch, in the order of their ids.
-- Numbers of transactions begin anew after a restore into another cluster, so a stretch is told
-- by the numbering as well: its postings lie above the one's base and not above the next one's.
-- Where negative limits were changed, their changes lie beside the tree.
CREATE FUNCTION ledger_seal_root(
    p_base bigint, p_next_base bigint, p_from bigint, p_until bigint,
    OUT entry_count bigint, OUT root bytea
)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    nodes bytea[];
    changes text;
BEGIN
    SELECT coalesce(array_agg(ledger_leaf(e) ORDER BY e.id COLLATE "C"), '{}') INTO nodes
    FROM ledger_journalentry e
    CROSS JOIN LATERAL (SELECT min(p.id) AS id FROM ledger_posting p WHERE p.entry_id = e.id) first
    WHERE e.xid >= p_from AND e.xid < p_until
        AND coalesce(first.id, p_base + 1) > p_base
        AND (p_next_base IS NULL OR coalesce(first.id, p_base + 1) <= p_next_base);
    entry_count := cardinality(nodes);
    WHILE cardinality(nodes) > 1 LOOP
        SELECT array_agg(pair.node ORDER BY pair.number) INTO nodes FROM (
            SELECT (u.ord - 1) / 2 AS number,
                CASE count(*) WHEN 2
                    THEN sha256('\x01'::bytea || string_agg(u.node, ''::bytea ORDER BY u.ord))
                    ELSE string_agg(u.node, ''::bytea) END AS node
            FROM unnest(nodes) WITH ORDINALITY AS u(node, ord)
            GROUP BY 1
        ) pair;
    END LOOP;
    root := coalesce(nodes[1], sha256(''::bytea));
    -- Told by the transaction and the numbering, as entries are.
    SELECT json_agg(json_build_array(
            c.id, a.code, a.owner, a.currency, a.livemode, c.account_id, c.before, c.after,
            c.changed_by, extract(epoch FROM c.changed_at)::text, c.xid) ORDER BY c.id)::text
    INTO changes
    FROM ledger_limitchange c LEFT JOIN ledger_ledgeraccount a ON a.id = c.account_id
    WHERE c.base_posting_id = p_base AND c.xid >= p_from AND c.xid < p_until;
    IF changes IS NOT NULL THEN
        root := sha256('\x03'::bytea || root || convert_to(changes, 'UTF8'));
    END IF;
END
$$;

-- The hash of a seal, which hangs on the one before it.
CREATE FUNCTION ledger_seal_head(
    p_number bigint, p_base bigint, p_from bigint, p_until bigint, p_count bigint, p_root bytea,
    p_previous bytea
) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT sha256('\x02'::bytea || int8send(p_number) || int8send(p_base) || int8send(p_from)
        || int8send(p_until) || int8send(p_count) || p_root || p_previous)
$$;

-- Seal what has surely committed since the last seal. Answers how many entries were sealed; zero
-- when there is nothing to seal, or when somebody else seals.
CREATE FUNCTION ledger_seal(p_most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last ledger_seal;
    state ledger_foldhorizon;
    base bigint;
    next_base bigint;
    beginning bigint;
    upto bigint;
    found_xid bigint;
    sealed record;
    previous bytea;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('ledger_seal', 0)) THEN
        RETURN 0;
    END IF;
    SELECT * INTO state FROM ledger_foldhorizon WHERE id = 1;
    IF state.system_identifier <> ledger_system_identifier() THEN
        RAISE EXCEPTION 'the ledger was restored into another cluster and needs a rebase'
            USING ERRCODE = 'RL004';
    END IF;
    SELECT * INTO last FROM ledger_seal ORDER BY number DESC LIMIT 1;
    base := coalesce(last.base_posting_id, 0);
    beginning := coalesce(last.until_xid, 0);
    upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    next_base := (SELECT min(n.base_posting_id) FROM ledger_numbering n
                  WHERE n.base_posting_id > base);
    -- A rebase came between, or several. What is left of an old numbering has all committed.
    WHILE next_base IS NOT NULL LOOP
        SELECT max(e.xid) + 1 INTO upto
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.id > base AND p.id <= next_base AND e.xid >= beginning;
        EXIT WHEN upto IS NOT NULL;
        base := next_base;
        beginning := 0;
        upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
        next_base := (SELECT min(n.base_posting_id) FROM ledger_numbering n
                      WHERE n.base_posting_id > base);
    END LOOP;

    -- A transaction's entries stay together.
    SELECT max(batch.xid) INTO found_xid FROM (
        SELECT e.xid FROM ledger_journalentry e
        CROSS JOIN LATERAL (
            SELECT min(p.id) AS id FROM ledger_posting p WHERE p.entry_id = e.id
        ) first
        WHERE e.xid >= beginning AND e.xid < upto AND first.id > base
            AND (next_base IS NULL OR first.id <= next_base)
        ORDER BY e.xid LIMIT p_most
    ) batch;
    IF found_xid IS NULL THEN
        RETURN 0;
    END IF;
    upto := found_xid + 1;
    SELECT * INTO sealed FROM ledger_seal_root(base, next_base, beginning, upto);
    previous := coalesce(last.head, sha256(''::bytea));
    INSERT INTO ledger_seal (number, base_posting_id, from_xid, until_xid, entry_count, root,
        previous, head, sealed_at)
    VALUES (coalesce(last.number, 0) + 1, base, beginning, upto, sealed.entry_count, sealed.root,
        previous,
        ledger_seal_head(coalesce(last.number, 0) + 1, base, beginning, upto, sealed.entry_count,
            sealed.root, previous),
        clock_timestamp());
    RETURN sealed.entry_count;
END
$$;
