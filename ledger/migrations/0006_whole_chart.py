"""The whole chart, places where money is held, negative limits, and exchange."""

from django.db import migrations, models

import core.database.fields

# As they stood when this was written. A test holds them against `chart.py` and `rules.py`.
CHART = [
    ("processor", False),
    ("settlement_in_transit", False),
    ("bank", False),
    ("collections_in_transit", False),
    ("receivable", False),
    ("pending", False),
    ("available", True),
    ("reserved", True),
    ("frozen", True),
    ("payouts_in_transit", True),
    ("refunds_in_transit", True),
    ("connect_reserve", True),
    ("group_held", True),
    ("customer_balance", True),
    ("suspense", True),
    ("tax", False),
    ("accrued_fees", False),
    ("unclaimed", False),
    ("fx_position", False),
]
CODES = [code for code, _ in CHART]
NEW_KINDS = [
    (
        "refund_exchange_difference",
        "41",
        ["pending", "available", "refunds_in_transit"],
        ["processor", "pending", "available"],
        True,
        True,
        False,
    ),
    (
        "exchanged_transfer",
        "20",
        ["pending", "available", "fx_position"],
        ["pending", "available", "fx_position"],
        False,
        False,
        False,
    ),
    (
        "exchange_margin",
        "20m",
        ["pending", "available"],
        ["pending", "available"],
        False,
        False,
        True,
    ),
    (
        "exchanged_transfer_reversal",
        "23",
        ["pending", "available", "fx_position"],
        ["pending", "available", "fx_position"],
        False,
        False,
        False,
    ),
    ("connect_reserve_raised", "48", ["available"], ["connect_reserve"], False, False, False),
    ("connect_reserve_lowered", "48l", ["connect_reserve"], ["available"], False, False, False),
    ("correction", "80", CODES, CODES, True, True, True),
    (
        "fx_position_closed",
        "81",
        ["bank", "processor", "fx_position"],
        ["bank", "processor", "fx_position"],
        False,
        True,
        False,
    ),
    (
        "fx_result",
        "81r",
        ["fx_position", "available"],
        ["available", "fx_position"],
        True,
        True,
        False,
    ),
]
FACTS = ["processor_fee", "refund_transfer_reversal", "application_fee_refund"]
MOVING = [
    "destination_charge",
    "application_fee",
    "destination_transfer",
    "transfer",
    "transfer_from_source",
    "transfer_reversal",
    "reversal_fee_refund",
    "refund_transfer_reversal",
    "application_fee_refund",
]

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
$$
"""

OPEN_ACCOUNTS = """
-- In one order for everybody, so that two first uses do not deadlock.
CREATE OR REPLACE FUNCTION ledger_open_accounts(
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
$$
"""

CHECK_POSTINGS = """
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
$$
"""

PLACE = """
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
$$
"""

SET_NEGATIVE_LIMIT = """
-- Say how far below zero an owner may be asked to go. What it already owes stays owed.
CREATE FUNCTION ledger_set_negative_limit(
    p_livemode boolean, p_owner text, p_currency text, p_limit bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_limit < 0 THEN
        RAISE EXCEPTION 'a negative limit is an amount from zero up' USING ERRCODE = 'RL003';
    END IF;
    PERFORM ledger_open_accounts(
        p_livemode, ARRAY['available'], ARRAY[p_owner], ARRAY[p_currency]);
    UPDATE ledger_guardedbalance b SET negative_limit = p_limit
    FROM ledger_ledgeraccount a
    WHERE a.id = b.account_id AND a.owner = p_owner AND a.code = 'available'
        AND a.currency = p_currency AND a.livemode = p_livemode;
END
$$
"""

FOLD = """
-- Add up what has surely committed since the last time. Answers how many postings
-- were folded; zero when another folder is at work.
CREATE OR REPLACE FUNCTION ledger_fold() RETURNS bigint
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
$$
"""

GRANT = """
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION ledger_post, ledger_place, ledger_set_negative_limit FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE ALL ON ledger_chartcode, ledger_location FROM rialto_app;
        GRANT SELECT ON ledger_chartcode, ledger_location TO rialto_app;
        GRANT EXECUTE ON FUNCTION ledger_post, ledger_place, ledger_set_negative_limit
            TO rialto_app;
    END IF;
END
$$
"""


def fill(apps, schema_editor):
    code_model = apps.get_model("ledger", "ChartCode")
    for code, is_guarded in CHART:
        code_model.objects.create(code=code, is_guarded=is_guarded)
    kind_model = apps.get_model("ledger", "Kind")
    for kind, number, debits, credits, may_overdraw, is_fact, moves in NEW_KINDS:
        kind_model.objects.create(
            kind=kind,
            number=number,
            debits=debits,
            credits=credits,
            may_overdraw=may_overdraw,
            is_fact=is_fact,
            moves_between_locations=moves,
        )
    kind_model.objects.filter(kind__in=FACTS).update(is_fact=True)
    kind_model.objects.filter(kind__in=MOVING).update(moves_between_locations=True)


def _do(sql):
    # A body has percent signs of its own, so it goes without parameters.
    return migrations.RunSQL([(sql, None)])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_fewer_indexes")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="ChartCode",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("is_guarded", models.BooleanField()),
            ],
        ),
        migrations.AddField(
            model_name="balancetransaction",
            name="exchange_rate",
            field=models.DecimalField(
                blank=True, decimal_places=12, editable=False, max_digits=24, null=True
            ),
        ),
        migrations.AddField(
            model_name="guardedbalance",
            name="negative_limit",
            field=core.database.fields.AmountField(db_default=1000000000000, default=1000000000000),
        ),
        migrations.AddField(
            model_name="kind",
            name="is_fact",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="kind",
            name="moves_between_locations",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="ledgeraccount",
            name="location",
            field=core.database.fields.ReferenceField(db_default="main", default="main"),
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", core.database.fields.ReferenceField()),
                ("livemode", models.BooleanField()),
                ("location", core.database.fields.ReferenceField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "livemode"), name="one_location_per_owner"
                    )
                ],
            },
        ),
        migrations.RunPython(fill),
        _do("UPDATE ledger_guardedbalance SET floor = -1000000000000000 WHERE floor < 0"),
        _do("DROP FUNCTION ledger_post"),
        *map(_do, (OPEN_ACCOUNTS, POST, CHECK_POSTINGS, PLACE, SET_NEGATIVE_LIMIT, FOLD, GRANT)),
    ]
