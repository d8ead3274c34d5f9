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
