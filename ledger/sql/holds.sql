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
