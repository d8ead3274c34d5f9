"""The functions that write the ledger, and the triggers that refuse everything else."""

from django.db import migrations

POST = """
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
    b_available_on date[]
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
            SELECT l.ord, l.account, l.amount, e_kind[l.entry] AS kind, k.may_overdraw
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
            RETURNING b.posted, b.held, b.version INTO balance;
            IF leg.amount > 0 AND NOT leg.may_overdraw AND balance.posted < balance.held THEN
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
         description, fee_details, available_on, created_at)
    SELECT b.id, b.owner, p_livemode, e_id[b.entry], b.type, b.amount, b.fee, b.amount - b.fee,
           b.currency, b.source, b.description, b.fee_details::jsonb, b.available_on,
           e_effective_at[b.entry]
    FROM unnest(b_id, b_entry, b_owner, b_type, b_amount, b_fee, b_currency, b_source,
                b_description, b_fee_details, b_available_on)
        AS b(id, entry, owner, type, amount, fee, currency, source, description, fee_details,
             available_on)
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
$$
"""

OPEN_ACCOUNTS = """
CREATE FUNCTION ledger_open_accounts(
    p_livemode boolean, p_code text[], p_owner text[], p_currency text[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- In one order for everybody, so that two first uses do not deadlock.
    INSERT INTO ledger_ledgeraccount (code, owner, currency, livemode, is_guarded)
    SELECT DISTINCT l.code, l.owner, l.currency, p_livemode,
           l.code IN ('available', 'refunds_in_transit')
    FROM unnest(p_code, p_owner, p_currency) AS l(code, owner, currency)
    ORDER BY 1, 2, 3
    ON CONFLICT (owner, code, currency, livemode) DO NOTHING;

    -- Only the available bucket has room below zero, for the kinds that may overdraw.
    INSERT INTO ledger_guardedbalance (account_id, posted, held, floor, version)
    SELECT a.id, 0, 0, CASE a.code WHEN 'available' THEN -1000000000000 ELSE 0 END, 0
    FROM unnest(p_code, p_owner, p_currency) AS l(code, owner, currency)
    JOIN ledger_ledgeraccount a
        ON a.owner = l.owner AND a.code = l.code AND a.currency = l.currency
        AND a.livemode = p_livemode
    WHERE a.is_guarded
    GROUP BY a.id, a.code
    ORDER BY a.id
    ON CONFLICT (account_id) DO NOTHING;
END
$$
"""

FOLD = """
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
$$
"""

REBASE = """
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
    RETURN folded;
END
$$
"""

SYSTEM_IDENTIFIER = """
CREATE FUNCTION ledger_system_identifier() RETURNS text
LANGUAGE sql STABLE AS $$ SELECT system_identifier::text FROM pg_control_system() $$
"""

CHECK_POSTINGS = """
-- One look at all rows of a statement: a trigger per row would sum once per posting.
CREATE FUNCTION ledger_check_postings() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    SELECT p.entry_id, p.currency, sum(p.amount) AS off INTO bad
    FROM added p GROUP BY p.entry_id, p.currency HAVING sum(p.amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is off by % %', bad.entry_id, bad.off, bad.currency
            USING ERRCODE = 'RL003';
    END IF;

    SELECT p.entry_id, e.id AS found, e.xid, e.livemode, a.id AS account, a.code, a.currency,
           a.livemode AS account_livemode, a.closed_at, p.currency AS posted_currency, e.kind
    INTO bad
    FROM added p
    LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
    LEFT JOIN ledger_ledgeraccount a ON a.id = p.account_id
    LEFT JOIN ledger_kind k ON k.kind = e.kind
    WHERE e.id IS NULL OR a.id IS NULL OR k.kind IS NULL OR a.closed_at IS NOT NULL
        OR e.xid <> pg_current_xact_id()::text::bigint
        OR a.livemode <> e.livemode OR a.currency <> p.currency
        OR NOT jsonb_exists(CASE WHEN p.amount > 0 THEN k.debits ELSE k.credits END, a.code)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a posting of entry % (%) may not touch account % (%): '
            'unknown, closed, of another currency, mode or transaction, or not in the rule',
            bad.entry_id, bad.kind, bad.account, bad.code USING ERRCODE = 'RL003';
    END IF;
    RETURN NULL;
END
$$
"""

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused; post a correcting entry instead',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'RL005';
END
$$
"""

APPEND_ONLY = ("journalentry", "posting", "balancetransaction")

TRIGGERS = [
    (
        "CREATE TRIGGER postings_are_balanced AFTER INSERT ON ledger_posting "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings()",
        "DROP TRIGGER postings_are_balanced ON ledger_posting",
    ),
    *(
        (
            f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            f"ON ledger_{table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
            f"DROP TRIGGER {table}_is_append_only ON ledger_{table}",
        )
        for table in APPEND_ONLY
    ),
]

FUNCTIONS = [
    (SYSTEM_IDENTIFIER, "DROP FUNCTION ledger_system_identifier()"),
    (OPEN_ACCOUNTS, "DROP FUNCTION ledger_open_accounts"),
    (POST, "DROP FUNCTION ledger_post"),
    (FOLD, "DROP FUNCTION ledger_fold()"),
    (REBASE, "DROP FUNCTION ledger_rebase()"),
    (CHECK_POSTINGS, "DROP FUNCTION ledger_check_postings()"),
    (REFUSE, "DROP FUNCTION ledger_refuse()"),
]

STORAGE = [
    # A balance row is updated in place: leave room, and index no column that changes.
    (
        "ALTER TABLE ledger_guardedbalance SET (fillfactor = 50)",
        "ALTER TABLE ledger_guardedbalance RESET (fillfactor)",
    ),
    # The folder reads the newest transactions only, which lie at the table's end.
    (
        "CREATE INDEX posting_by_xid ON ledger_posting USING brin (xid) "
        "WITH (pages_per_range = 16, autosummarize = on)",
        "DROP INDEX posting_by_xid",
    ),
    (
        "INSERT INTO ledger_foldhorizon (id, horizon, base_posting_id, system_identifier, folded_at) "
        "VALUES (1, 0, 0, ledger_system_identifier(), now())",
        "DELETE FROM ledger_foldhorizon",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        *(
            migrations.RunSQL([(forward, None)], [(back, None)])
            for forward, back in (*FUNCTIONS, *TRIGGERS, *STORAGE)
        ),
    ]
