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
