"""Seals: whoever changes what was sealed, even as the tables' owner, is found out."""

from django.db import migrations, models


LEAF = """
-- The hash of an entry with everything that hangs on it, spelled without regard to any setting.
-- Accounts are spelled out, so that renaming one is found as well.
CREATE FUNCTION ledger_leaf(e ledger_journalentry) RETURNS bytea
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT sha256('\\x00'::bytea || convert_to(json_build_array(
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
$$
"""

ROOT = """
-- The root of the Merkle tree over the entries of a stretch, in the order of their ids.
-- Numbers of transactions begin anew after a restore into another cluster, so a stretch is told
-- by the numbering as well: its postings lie above the one's base and not above the next one's.
CREATE FUNCTION ledger_seal_root(
    p_base bigint, p_next_base bigint, p_from bigint, p_until bigint,
    OUT entry_count bigint, OUT root bytea
)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    nodes bytea[];
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
                    THEN sha256('\\x01'::bytea || string_agg(u.node, ''::bytea ORDER BY u.ord))
                    ELSE string_agg(u.node, ''::bytea) END AS node
            FROM unnest(nodes) WITH ORDINALITY AS u(node, ord)
            GROUP BY 1
        ) pair;
    END LOOP;
    root := coalesce(nodes[1], sha256(''::bytea));
END
$$
"""

HEAD = """
CREATE FUNCTION ledger_seal_head(
    p_number bigint, p_base bigint, p_from bigint, p_until bigint, p_count bigint, p_root bytea,
    p_previous bytea
) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256('\\x02'::bytea || int8send(p_number) || int8send(p_base) || int8send(p_from)
        || int8send(p_until) || int8send(p_count) || p_root || p_previous)
$$
"""

SEAL = """
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
    IF base < state.base_posting_id THEN
        -- A rebase came between. What is left of the old numbering has all committed.
        next_base := state.base_posting_id;
        SELECT max(e.xid) + 1 INTO upto
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.id > base AND p.id <= next_base AND e.xid >= beginning;
        IF upto IS NULL THEN
            base := state.base_posting_id;
            next_base := NULL;
            beginning := 0;
            upto := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
        END IF;
    END IF;

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
$$
"""

VERIFY = """
-- Recompute seals, and say which do not hold.
CREATE FUNCTION ledger_broken_seals(p_first bigint, p_last bigint)
RETURNS TABLE (number bigint, detail text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH numbered AS (
        SELECT s.*, lag(s.head) OVER w AS head_before, lag(s.number) OVER w AS number_before,
            lag(s.until_xid) OVER w AS until_before, lag(s.base_posting_id) OVER w AS base_before,
            (SELECT min(t.base) FROM (
                SELECT base_posting_id AS base FROM ledger_seal
                UNION ALL SELECT base_posting_id FROM ledger_foldhorizon
            ) t WHERE t.base > s.base_posting_id) AS next_base
        FROM ledger_seal s WINDOW w AS (ORDER BY s.number)
    )
    SELECT n.number, CASE
        WHEN n.number <> coalesce(n.number_before, 0) + 1 THEN 'a seal before it is missing'
        WHEN n.previous <> coalesce(n.head_before, sha256(''::bytea))
            THEN 'it does not follow from the seal before it'
        WHEN n.from_xid <> CASE WHEN n.base_posting_id = coalesce(n.base_before, n.base_posting_id)
            THEN coalesce(n.until_before, 0) ELSE 0 END THEN 'it leaves transactions out'
        WHEN n.head <> ledger_seal_head(n.number, n.base_posting_id, n.from_xid, n.until_xid,
            n.entry_count, n.root, n.previous) THEN 'it was changed itself'
        WHEN now.entry_count <> n.entry_count
            THEN 'it sealed ' || n.entry_count || ' entries, there are ' || now.entry_count
        ELSE 'an entry, a posting or a line was changed'
    END
    FROM numbered n
    CROSS JOIN LATERAL ledger_seal_root(
        n.base_posting_id, n.next_base, n.from_xid, n.until_xid) now
    WHERE n.number BETWEEN p_first AND p_last AND (
        n.number <> coalesce(n.number_before, 0) + 1
        OR n.previous <> coalesce(n.head_before, sha256(''::bytea))
        OR n.from_xid <> CASE WHEN n.base_posting_id = coalesce(n.base_before, n.base_posting_id)
            THEN coalesce(n.until_before, 0) ELSE 0 END
        OR n.head <> ledger_seal_head(n.number, n.base_posting_id, n.from_xid, n.until_xid,
            n.entry_count, n.root, n.previous)
        OR now.entry_count <> n.entry_count OR now.root <> n.root)
$$
"""

STORAGE = """
CREATE INDEX entry_by_xid ON ledger_journalentry USING brin (xid)
WITH (pages_per_range = 16, autosummarize = on)
"""

APPEND_ONLY = """
CREATE TRIGGER seal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
"""

GRANT = """
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION ledger_seal(bigint), ledger_leaf, ledger_seal_root,
        ledger_seal_head, ledger_broken_seals FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE ALL ON ledger_seal FROM rialto_app;
        GRANT SELECT ON ledger_seal TO rialto_app;
        GRANT EXECUTE ON FUNCTION ledger_seal(bigint), ledger_leaf, ledger_seal_root,
            ledger_seal_head, ledger_broken_seals TO rialto_app;
    END IF;
END
$$
"""


def _do(sql):
    return migrations.RunSQL([(sql, None)])


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_holds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("base_posting_id", models.BigIntegerField()),
                ("from_xid", models.BigIntegerField()),
                ("until_xid", models.BigIntegerField()),
                ("entry_count", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("previous", models.BinaryField(max_length=32)),
                ("head", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        *map(_do, (LEAF, ROOT, HEAD, SEAL, VERIFY, STORAGE, APPEND_ONLY, GRANT)),
    ]
