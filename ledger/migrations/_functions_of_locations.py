"""The functions that post, and look at postings, as `0010_owing_locations` makes them: a frozen copy."""

POST = r"""
-- Post entries with their postings and the lines that owners are shown: one call,
-- one round trip. Answers, for each entry asked for, the id it has in the ledger
-- and whether this call wrote it.
CREATE OR REPLACE FUNCTION ledger_post(
    p_livemode boolean, p_request_id text,
    e_id text[], e_kind text[], e_source text[], e_group text[], e_fingerprint bytea[],
    e_effective_at timestamptz[], e_reverses text[],
    l_entry int[], l_code text[], l_owner text[], l_currency text[], l_amount bigint[],
    l_available_on date[], l_lot text[],
    b_id text[], b_entry int[], b_owner text[], b_type text[], b_amount bigint[], b_fee bigint[],
    b_currency text[], b_source text[], b_description text[], b_fee_details text[],
    b_available_on date[], b_exchange_rate numeric[]
) RETURNS TABLE (entry_id text, is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry_count int := cardinality(e_id);
    new_ids text[];
    account_ids bigint[];
    guarded boolean[];
    overdraws boolean[];
    seqs bigint[];
    afters bigint[];
    known record;
    leg record;
    balance record;
BEGIN
    IF pg_current_xact_id()::text::bigint < (SELECT horizon FROM ledger_foldhorizon) THEN
        RAISE EXCEPTION 'the ledger was restored into another cluster and needs a rebase'
            USING ERRCODE = 'RL004';
    END IF;

    WITH claimed AS (
        INSERT INTO ledger_journalentry AS j
            (id, kind, source, "group", livemode, fingerprint, posted_at, effective_at,
             reverses_id, request_id)
        SELECT e.id, e.kind, e.source, e.grp, p_livemode, e.fingerprint, clock_timestamp(),
               e.effective_at, e.reverses, p_request_id
        FROM unnest(e_id, e_kind, e_source, e_group, e_fingerprint, e_effective_at, e_reverses)
            AS e(id, kind, source, grp, fingerprint, effective_at, reverses)
        ON CONFLICT (kind, source) DO NOTHING
        RETURNING j.id
    )
    SELECT coalesce(array_agg(id), '{}') INTO new_ids FROM claimed;

    IF cardinality(new_ids) < entry_count THEN
        -- The same movement again: fine if it says the same, a bug if it does not.
        FOR known IN
            SELECT j.kind, j.source
            FROM unnest(e_kind, e_source, e_fingerprint) AS e(kind, source, fingerprint)
            JOIN ledger_journalentry j ON j.kind = e.kind AND j.source = e.source
            WHERE j.fingerprint <> e.fingerprint OR j.livemode <> p_livemode
        LOOP
            RAISE EXCEPTION '% of % is in the ledger with other amounts', known.kind, known.source
                USING ERRCODE = 'RL002';
        END LOOP;
    END IF;

    -- A location that is its own owner is an account at a processor, and holds what owners at the
    -- main one have: what an entry would leave open there, it owes to the main one.
    WITH held AS (
        SELECT l.entry, w.owner::text AS location, l.currency, -sum(l.amount) AS owed
        FROM unnest(l_entry, l_owner, l_currency, l_amount) AS l(entry, owner, currency, amount)
        JOIN ledger_location w
            ON w.owner = l.owner AND w.livemode = p_livemode AND w.location = w.owner
        GROUP BY 1, 2, 3 HAVING sum(l.amount) <> 0
    ), claim AS (
        SELECT entry, location AS owner, currency, owed::bigint AS amount FROM held
        UNION ALL
        SELECT entry, 'main', currency, -sum(owed)::bigint FROM held
        GROUP BY 1, 3 HAVING sum(owed) <> 0
        ORDER BY 1, 2, 3
    )
    SELECT l_entry || array_agg(c.entry), l_owner || array_agg(c.owner),
           l_code || array_agg('between_locations'::text), l_currency || array_agg(c.currency),
           l_amount || array_agg(c.amount), l_available_on || array_agg(NULL::date),
           l_lot || array_agg(NULL::text)
    INTO l_entry, l_owner, l_code, l_currency, l_amount, l_available_on, l_lot
    FROM claim c;
    seqs := array_fill(NULL::bigint, ARRAY[cardinality(l_entry)]);
    afters := seqs;

    SELECT array_agg(a.id ORDER BY l.ord), array_agg(a.is_guarded ORDER BY l.ord)
    INTO account_ids, guarded
    FROM unnest(l_code, l_owner, l_currency) WITH ORDINALITY AS l(code, owner, currency, ord)
    LEFT JOIN ledger_ledgeraccount a
        ON a.owner = l.owner AND a.code = l.code AND a.currency = l.currency
        AND a.livemode = p_livemode;

    IF array_position(account_ids, NULL) IS NOT NULL THEN
        PERFORM ledger_open_accounts(p_livemode, l_code, l_owner, l_currency);
        SELECT array_agg(a.id ORDER BY l.ord), array_agg(a.is_guarded ORDER BY l.ord)
        INTO account_ids, guarded
        FROM unnest(l_code, l_owner, l_currency) WITH ORDINALITY AS l(code, owner, currency, ord)
        JOIN ledger_ledgeraccount a
            ON a.owner = l.owner AND a.code = l.code AND a.currency = l.currency
            AND a.livemode = p_livemode;
    END IF;

    IF true = ANY (guarded) THEN
        -- Lock in id order, so that two calls never wait for each other in a circle.
        PERFORM 1 FROM ledger_guardedbalance b
        WHERE b.account_id IN (
            SELECT l.account FROM unnest(account_ids, guarded) AS l(account, is_guarded)
            WHERE l.is_guarded
        )
        ORDER BY b.account_id FOR NO KEY UPDATE;

        FOR leg IN
            SELECT l.ord, l.account, l.amount, e_kind[l.entry] AS kind, k.may_overdraw, k.is_fact
            FROM unnest(l_entry, account_ids, guarded, l_amount)
                WITH ORDINALITY AS l(entry, account, is_guarded, amount, ord)
            JOIN ledger_kind k ON k.kind = e_kind[l.entry]
            WHERE l.is_guarded AND e_id[l.entry] = ANY (new_ids)
            ORDER BY l.ord
        LOOP
            -- All guarded accounts are liabilities: a credit, which is negative, adds.
            UPDATE ledger_guardedbalance b
            SET posted = b.posted - leg.amount, version = b.version + 1
            WHERE b.account_id = leg.account
            RETURNING b.posted, b.held, b.version, b.negative_limit INTO balance;
            -- What has happened outside is booked in any case.
            IF leg.amount > 0 AND NOT (leg.may_overdraw AND leg.is_fact)
                AND balance.posted - balance.held
                    < (CASE WHEN leg.may_overdraw THEN -balance.negative_limit ELSE 0 END)
            THEN
                RAISE EXCEPTION '% needs % but % is usable', leg.kind, leg.amount,
                    balance.posted + leg.amount - balance.held
                    USING ERRCODE = 'RL001',
                        DETAIL = json_build_object(
                            'account', leg.account, 'needed', leg.amount,
                            'usable', balance.posted + leg.amount - balance.held);
            END IF;
            seqs[leg.ord] := balance.version;
            afters[leg.ord] := balance.posted;
        END LOOP;
    END IF;

    INSERT INTO ledger_posting
        (entry_id, account_id, amount, currency, available_on, lot, account_seq, balance_after)
    SELECT e_id[l.entry], l.account, l.amount, l.currency, l.available_on, l.lot, l.seq, l.after
    FROM unnest(l_entry, account_ids, l_amount, l_currency, l_available_on, l_lot, seqs, afters)
        WITH ORDINALITY AS l(entry, account, amount, currency, available_on, lot, seq, after, ord)
    WHERE e_id[l.entry] = ANY (new_ids)
    ORDER BY l.ord;

    INSERT INTO ledger_balancetransaction
        (id, account_id, livemode, entry_id, type, amount, fee, net, currency, source,
         description, fee_details, available_on, exchange_rate, created_at)
    SELECT b.id, b.owner, p_livemode, e_id[b.entry], b.type, b.amount, b.fee, b.amount - b.fee,
           b.currency, b.source, b.description, b.fee_details::jsonb, b.available_on,
           b.exchange_rate, e_effective_at[b.entry]
    FROM unnest(b_id, b_entry, b_owner, b_type, b_amount, b_fee, b_currency, b_source,
                b_description, b_fee_details, b_available_on, b_exchange_rate)
        AS b(id, entry, owner, type, amount, fee, currency, source, description, fee_details,
             available_on, exchange_rate)
    WHERE e_id[b.entry] = ANY (new_ids);

    IF cardinality(new_ids) = entry_count THEN
        RETURN QUERY SELECT asked.id, true FROM unnest(e_id) AS asked(id);
    ELSE
        RETURN QUERY
        SELECT j.id::text, j.id = ANY (new_ids)
        FROM unnest(e_kind, e_source) WITH ORDINALITY AS e(kind, source, ord)
        JOIN ledger_journalentry j ON j.kind = e.kind AND j.source = e.source
        ORDER BY e.ord;
    END IF;
END
$$;
"""

CHECK = r"""
-- One look at all rows of a statement: a trigger per row would sum once per posting.
-- An entry is balanced in each currency at each location, so no location is ever short.
CREATE OR REPLACE FUNCTION ledger_check_postings() RETURNS trigger
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
"""
