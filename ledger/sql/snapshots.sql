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
