"""The ledger's functions and triggers as its first migration makes them: a frozen copy.

What they are now stands in `ledger/sql`. A later change is a later migration.
"""

CLUSTER = r"""
-- In which cluster this database lies: after a restore into another, numbers begin anew.
CREATE FUNCTION ledger_system_identifier() RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$ SELECT system_identifier::text FROM pg_control_system() $$;
"""

ACCOUNTS = r"""
-- In one order for everybody, so that two first uses do not deadlock.
CREATE FUNCTION ledger_open_accounts(
    p_livemode boolean, p_code text[], p_owner text[], p_currency text[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    unknown text;
BEGIN
    SELECT l.code INTO unknown
    FROM unnest(p_code) AS l(code) LEFT JOIN ledger_chartcode c ON c.code = l.code
    WHERE c.code IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% is not in the chart of accounts', unknown USING ERRCODE = 'RL003';
    END IF;

    INSERT INTO ledger_ledgeraccount (code, owner, currency, livemode, is_guarded, location)
    SELECT DISTINCT l.code, l.owner, l.currency, p_livemode, c.is_guarded,
           coalesce(w.location, 'main')
    FROM unnest(p_code, p_owner, p_currency) AS l(code, owner, currency)
    JOIN ledger_chartcode c ON c.code = l.code
    LEFT JOIN ledger_location w ON w.owner = l.owner AND w.livemode = p_livemode
    ORDER BY 1, 2, 3
    ON CONFLICT (owner, code, currency, livemode) DO NOTHING;

    -- Only the available bucket has room below zero, for the kinds that may overdraw.
    INSERT INTO ledger_guardedbalance (account_id, posted, held, floor, version)
    SELECT a.id, 0, 0, CASE a.code WHEN 'available' THEN -1000000000000000 ELSE 0 END, 0
    FROM unnest(p_code, p_owner, p_currency) AS l(code, owner, currency)
    JOIN ledger_ledgeraccount a
        ON a.owner = l.owner AND a.code = l.code AND a.currency = l.currency
        AND a.livemode = p_livemode
    WHERE a.is_guarded
    GROUP BY a.id, a.code
    ORDER BY a.id
    ON CONFLICT (account_id) DO NOTHING;
END
$$;

-- Say where an owner's money is held, before it has any.
CREATE FUNCTION ledger_place(p_livemode boolean, p_owner text, p_location text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_location (owner, livemode, location)
    VALUES (p_owner, p_livemode, p_location)
    ON CONFLICT (owner, livemode) DO NOTHING;
    IF EXISTS (
        SELECT FROM ledger_location w
        WHERE w.owner = p_owner AND w.livemode = p_livemode AND w.location <> p_location
    ) OR EXISTS (
        SELECT FROM ledger_ledgeraccount a
        WHERE a.owner = p_owner AND a.livemode = p_livemode AND a.location <> p_location
    ) THEN
        RAISE EXCEPTION '% has money at another location', p_owner USING ERRCODE = 'RL007';
    END IF;
END
$$;

-- Say how far below zero an owner may be asked to go, and write down who says so. What it already
-- owes stays owed.
CREATE FUNCTION ledger_set_negative_limit(
    p_livemode boolean, p_owner text, p_currency text, p_limit bigint, p_by text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    balance ledger_guardedbalance;
BEGIN
    IF p_limit < 0 THEN
        RAISE EXCEPTION 'a negative limit is an amount from zero up' USING ERRCODE = 'RL003';
    END IF;
    PERFORM ledger_open_accounts(
        p_livemode, ARRAY['available'], ARRAY[p_owner], ARRAY[p_currency]);
    SELECT b.* INTO balance FROM ledger_guardedbalance b
    JOIN ledger_ledgeraccount a ON a.id = b.account_id
    WHERE a.owner = p_owner AND a.code = 'available' AND a.currency = p_currency
        AND a.livemode = p_livemode
    FOR UPDATE OF b;
    UPDATE ledger_guardedbalance SET negative_limit = p_limit
    WHERE account_id = balance.account_id;
    INSERT INTO ledger_limitchange (account_id, before, after, changed_by, changed_at, xid,
        base_posting_id)
    VALUES (balance.account_id, balance.negative_limit, p_limit, p_by, clock_timestamp(),
        pg_current_xact_id()::text::bigint,
        (SELECT base_posting_id FROM ledger_foldhorizon WHERE id = 1));
END
$$;
"""

POST = r"""
-- Post entries with their postings and the lines that owners are shown: one call,
-- one round trip. Answers, for each entry asked for, the id it has in the ledger
-- and whether this call wrote it.
CREATE FUNCTION ledger_post(
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
    seqs bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(l_entry)]);
    afters bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(l_entry)]);
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
"""

HOLDS = r"""
-- Set money of a guarded account aside. Asked again for the same source it answers with the
-- first hold.
CREATE FUNCTION ledger_hold(
    p_id text, p_livemode boolean, p_code text, p_owner text, p_currency text, p_amount bigint,
    p_source text, p_request_id text, p_expires_at timestamptz, p_created_at timestamptz
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    target bigint;
    known record;
    usable bigint;
BEGIN
    PERFORM ledger_open_accounts(
        p_livemode, ARRAY[p_code], ARRAY[p_owner], ARRAY[p_currency]);
    SELECT a.id INTO target FROM ledger_ledgeraccount a
    WHERE a.owner = p_owner AND a.code = p_code AND a.currency = p_currency
        AND a.livemode = p_livemode AND a.is_guarded AND a.closed_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% of % has no guarded balance', p_code, p_owner USING ERRCODE = 'RL003';
    END IF;
    SELECT b.posted - b.held INTO usable FROM ledger_guardedbalance b
    WHERE b.account_id = target FOR NO KEY UPDATE;

    -- Looked for under the lock: who waited for another one's hold finds it.
    SELECT h.id, h.amount, h.account_id INTO known FROM ledger_hold h WHERE h.source = p_source;
    IF FOUND THEN
        IF known.amount <> p_amount OR known.account_id <> target THEN
            RAISE EXCEPTION 'a hold for % is in the ledger with another amount', p_source
                USING ERRCODE = 'RL002';
        END IF;
        RETURN known.id;
    END IF;
    -- A hold never takes a balance below zero, whatever may.
    IF usable < p_amount THEN
        RAISE EXCEPTION 'a hold needs % but % is usable', p_amount, usable USING ERRCODE = 'RL001';
    END IF;
    UPDATE ledger_guardedbalance SET held = held + p_amount WHERE account_id = target;
    INSERT INTO ledger_hold
        (id, account_id, amount, source, request_id, expires_at, created_at)
    VALUES (p_id, target, p_amount, p_source, p_request_id, p_expires_at, p_created_at);
    RETURN p_id;
END
$$;

-- Lock balances in id order, for a transaction that changes some before it posts.
CREATE FUNCTION ledger_lock_balances(
    p_livemode boolean, p_code text[], p_owner text[], p_currency text[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_open_accounts(p_livemode, p_code, p_owner, p_currency);
    PERFORM 1 FROM ledger_guardedbalance b
    WHERE b.account_id IN (
        SELECT a.id FROM unnest(p_code, p_owner, p_currency) AS l(code, owner, currency)
        JOIN ledger_ledgeraccount a
            ON a.owner = l.owner AND a.code = l.code AND a.currency = l.currency
            AND a.livemode = p_livemode
    )
    ORDER BY b.account_id FOR NO KEY UPDATE;
END
$$;

-- End a hold: what was set aside is usable again, and a capture posts it in the same
-- transaction.
CREATE FUNCTION ledger_resolve_hold(
    p_id text, p_kind text, p_captured bigint, p_entry_id text, p_at timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held record;
    ended text;
BEGIN
    SELECT h.account_id, h.amount, h.expires_at INTO held FROM ledger_hold h WHERE h.id = p_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no hold %', p_id USING ERRCODE = 'RL003';
    END IF;
    PERFORM 1 FROM ledger_guardedbalance b WHERE b.account_id = held.account_id
    FOR NO KEY UPDATE;
    SELECT e.kind INTO ended FROM ledger_holdevent e WHERE e.hold_id = p_id;
    IF FOUND THEN
        RAISE EXCEPTION 'the hold % was % already', p_id, ended USING ERRCODE = 'RL006';
    END IF;
    IF (p_kind = 'captured') <> (p_captured > 0) OR p_captured > held.amount
        OR (p_captured > 0 AND p_entry_id IS NULL)
    THEN
        RAISE EXCEPTION '% of the hold % of % cannot be %', p_captured, p_id, held.amount, p_kind
            USING ERRCODE = 'RL003';
    END IF;
    IF p_kind = 'expired' AND (held.expires_at IS NULL OR held.expires_at > clock_timestamp()) THEN
        RAISE EXCEPTION 'the hold % has not expired', p_id USING ERRCODE = 'RL003';
    END IF;
    INSERT INTO ledger_holdevent (hold_id, kind, captured_amount, entry_id, created_at)
    VALUES (p_id, p_kind, p_captured, p_entry_id, p_at);
    UPDATE ledger_guardedbalance b SET held = b.held - held.amount
    WHERE b.account_id = held.account_id;
END
$$;
"""

FOLD = r"""
-- Add up what has surely committed since the last time. Answers how many postings
-- were folded; zero when another folder is at work.
CREATE FUNCTION ledger_fold() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    state ledger_foldhorizon;
    upto bigint;
    folded bigint;
BEGIN
    SELECT * INTO state FROM ledger_foldhorizon WHERE id = 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    IF state.system_identifier <> ledger_system_identifier() THEN
        RAISE EXCEPTION 'the ledger was restored into another cluster and needs a rebase'
            USING ERRCODE = 'RL004';
    END IF;
    -- Everything below has ended, and nobody can still commit below it.
    upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    IF upto <= state.horizon THEN
        -- Nobody is writing, so everything there is has been folded. Said now and then, so that
        -- a fold that is behind can be told from one that has nothing to do.
        IF upto = pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            AND state.folded_at < clock_timestamp() - interval '10 seconds'
        THEN
            UPDATE ledger_foldhorizon SET folded_at = clock_timestamp() WHERE id = 1;
        END IF;
        RETURN 0;
    END IF;
    WITH fresh AS (
        SELECT p.account_id, coalesce(p.available_on, DATE '0001-01-01') AS available_on,
               sum(p.amount) AS total, count(*) AS posting_count
        FROM ledger_posting p
        JOIN ledger_ledgeraccount a ON a.id = p.account_id
        WHERE p.xid >= state.horizon AND p.xid < upto AND p.id > state.base_posting_id
            AND NOT a.is_guarded
        GROUP BY 1, 2
    ), added AS (
        INSERT INTO ledger_fold AS f (account_id, available_on, total, posting_count)
        SELECT account_id, available_on, total, posting_count FROM fresh
        ON CONFLICT (account_id, available_on) DO UPDATE
        SET total = f.total + excluded.total,
            posting_count = f.posting_count + excluded.posting_count
    )
    SELECT coalesce(sum(posting_count), 0) INTO folded FROM fresh;
    UPDATE ledger_foldhorizon SET horizon = upto, folded_at = clock_timestamp() WHERE id = 1;
    RETURN folded;
END
$$;

-- After a dump and restore transaction numbers start again. Fold everything there
-- is, once, while nobody can post, and start a new horizon in this cluster.
CREATE FUNCTION ledger_rebase() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    folded bigint;
    last_posting bigint;
BEGIN
    LOCK TABLE ledger_posting, ledger_foldhorizon IN EXCLUSIVE MODE;
    SELECT coalesce(max(id), 0), count(*) INTO last_posting, folded FROM ledger_posting;
    DELETE FROM ledger_fold;
    INSERT INTO ledger_fold (account_id, available_on, total, posting_count)
    SELECT p.account_id, coalesce(p.available_on, DATE '0001-01-01'), sum(p.amount), count(*)
    FROM ledger_posting p JOIN ledger_ledgeraccount a ON a.id = p.account_id
    WHERE NOT a.is_guarded
    GROUP BY 1, 2;
    UPDATE ledger_foldhorizon
    SET horizon = pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
        base_posting_id = last_posting, system_identifier = ledger_system_identifier(),
        folded_at = clock_timestamp()
    WHERE id = 1;
    INSERT INTO ledger_numbering (base_posting_id, system_identifier, began_at)
    VALUES (last_posting, ledger_system_identifier(), clock_timestamp())
    ON CONFLICT DO NOTHING;
    RETURN folded;
END
$$;
"""

SEAL = r"""
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
"""

VERIFY = r"""
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
"""

SNAPSHOTS = r"""
-- Close all days up to one of which the caller knows that nobody can post into it.
CREATE FUNCTION ledger_write_snapshots(p_through date, p_fence_posting_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    state ledger_snapshothorizon;
    ends_at timestamptz := (p_through + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
    SELECT * INTO STRICT state FROM ledger_snapshothorizon WHERE id = 1;

    INSERT INTO ledger_snapshot
        (account_id, day, closing_balance, posting_count, first_posting_id, last_posting_id)
    SELECT d.account_id, d.day,
           coalesce(before.closing_balance, 0) + sum(d.total) OVER so_far,
           coalesce(before.posting_count, 0) + sum(d.posting_count) OVER so_far,
           d.first_posting_id, d.last_posting_id
    FROM (
        SELECT p.account_id, (e.posted_at AT TIME ZONE 'UTC')::date AS day, sum(p.amount) AS total,
               count(*) AS posting_count, min(p.id) AS first_posting_id, max(p.id) AS last_posting_id
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.id >= state.next_posting_id AND e.posted_at < ends_at
            AND (state.closed_through IS NULL OR e.posted_at
                 >= (state.closed_through + 1)::timestamp AT TIME ZONE 'UTC')
        GROUP BY 1, 2
    ) d
    LEFT JOIN LATERAL (
        SELECT s.closing_balance, s.posting_count FROM ledger_snapshot s
        WHERE s.account_id = d.account_id ORDER BY s.day DESC LIMIT 1
    ) before ON true
    WINDOW so_far AS (PARTITION BY d.account_id ORDER BY d.day)
    ORDER BY d.account_id, d.day;

    -- Where the postings of later days begin: with the first that is to be seen, or with one that
    -- is not to be seen yet. The latter got its id after the fence was set.
    UPDATE ledger_snapshothorizon SET
        closed_through = p_through,
        next_posting_id = least(p_fence_posting_id, (
            SELECT min(p.id) FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
            WHERE p.id >= state.next_posting_id AND e.posted_at >= ends_at
        )),
        waiting_through = NULL, fence = NULL, fence_posting_id = NULL,
        closed_at = clock_timestamp()
    WHERE id = 1;
END
$$;

-- Close the days that are surely over, and answer the last closed one.
--
-- A day is the UTC date of `posted_at`, which `ledger_post` takes from the clock once its
-- transaction has its number. A transaction that begins when the day is over draws a number, the
-- fence: whoever posted into the day has a lower one. When all lower ones have ended (the horizon
-- of `pg_snapshot_xmin`) the day is complete, however long somebody took to commit.
--
-- Five minutes of grace are for a clock that is set back.
CREATE FUNCTION ledger_close_days(p_now timestamptz) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    state ledger_snapshothorizon;
    last_over date := ((p_now - interval '5 minutes') AT TIME ZONE 'UTC')::date - 1;
    last_posting_id bigint;
    number bigint;
BEGIN
    -- First the last id, then the number: who has a higher number gets a higher id.
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        RAISE EXCEPTION 'days are closed by a transaction that has written nothing yet'
            USING ERRCODE = 'RL008';
    END IF;
    SELECT last_value INTO last_posting_id FROM ledger_posting_id_seq;
    number := pg_current_xact_id()::text::bigint;

    SELECT * INTO state FROM ledger_snapshothorizon WHERE id = 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN (SELECT closed_through FROM ledger_snapshothorizon WHERE id = 1);
    END IF;
    IF state.fence IS NOT NULL AND state.system_identifier = ledger_system_identifier()
        AND pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= state.fence
    THEN
        PERFORM ledger_write_snapshots(state.waiting_through, state.fence_posting_id);
        SELECT * INTO state FROM ledger_snapshothorizon WHERE id = 1;
    END IF;
    IF last_over <= state.closed_through THEN
        RETURN state.closed_through;
    END IF;

    -- Another cluster numbers its transactions anew: a fence of an old one says nothing here.
    IF state.fence IS NULL OR last_over > state.waiting_through
        OR state.system_identifier <> ledger_system_identifier()
    THEN
        UPDATE ledger_snapshothorizon SET
            waiting_through = last_over, fence = number, fence_posting_id = last_posting_id,
            system_identifier = ledger_system_identifier()
        WHERE id = 1;
        IF pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= number THEN
            PERFORM ledger_write_snapshots(last_over, last_posting_id);
        END IF;
    END IF;
    RETURN (SELECT closed_through FROM ledger_snapshothorizon WHERE id = 1);
END
$$;

-- The same by the clock at which this transaction began, which is never after its number.
CREATE FUNCTION ledger_take_snapshots() RETURNS date
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ledger_close_days(now())
$$;
"""

TRIGGERS = r"""
-- The books: balanced entry by entry, and never rewritten.
CREATE TRIGGER postings_are_balanced AFTER INSERT ON ledger_posting
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

CREATE TRIGGER journalentry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_journalentry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER posting_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER balancetransaction_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_balancetransaction FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER hold_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_hold FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER holdevent_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_holdevent FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER seal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER numbering_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_numbering FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER limitchange_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_limitchange FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- A check of the books that has ended is not rewritten.
CREATE TRIGGER a_run_ends_once BEFORE UPDATE ON ledger_verifyrun FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION ledger_refuse();
"""

ALL = (CLUSTER, ACCOUNTS, POST, CHECK, HOLDS, FOLD, SEAL, VERIFY, SNAPSHOTS, TRIGGERS)
