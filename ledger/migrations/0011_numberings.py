"""Every rebase is remembered, so that seals hold across several; seals are found by their start."""

from django.db import migrations, models

REBASE = """
-- After a dump and restore transaction numbers start again. Fold everything there
-- is, once, while nobody can post, and start a new horizon in this cluster.
CREATE OR REPLACE FUNCTION ledger_rebase() RETURNS bigint
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
$$
"""

SEAL = """
-- Seal what has surely committed since the last seal. Answers how many entries were sealed; zero
-- when there is nothing to seal, or when somebody else seals.
CREATE OR REPLACE FUNCTION ledger_seal(p_most bigint) RETURNS bigint
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
$$
"""

VERIFY = """
-- Recompute seals, and say which do not hold. Reads no other seals than these and the one before.
CREATE OR REPLACE FUNCTION ledger_broken_seals(p_first bigint, p_last bigint)
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
            WHEN l.root_now <> l.root THEN 'an entry, a posting or a line was changed'
        END AS detail
        FROM looked_at l
    ) told WHERE detail IS NOT NULL ORDER BY number
$$
"""

# A base that is known from before: of the last rebase, and of those that seals tell.
KNOWN = """
INSERT INTO ledger_numbering (base_posting_id, system_identifier, began_at)
SELECT b.base, h.system_identifier, now()
FROM ledger_foldhorizon h, (
    SELECT base_posting_id AS base FROM ledger_seal UNION SELECT base_posting_id FROM ledger_foldhorizon
) b
WHERE b.base > 0
"""

APPEND_ONLY = """
CREATE TRIGGER numbering_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_numbering FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
"""

GRANT = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE ALL ON ledger_numbering FROM rialto_app;
        GRANT SELECT ON ledger_numbering TO rialto_app;
    END IF;
END
$$
"""


def _do(sql):
    return migrations.RunSQL([(sql, None)])


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0010_snapshots"),
    ]

    operations = [
        migrations.CreateModel(
            name="Numbering",
            fields=[
                ("base_posting_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("system_identifier", models.CharField(max_length=24)),
                ("began_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(fields=["base_posting_id", "from_xid"], name="seal_by_start"),
        ),
        *map(_do, (KNOWN, REBASE, SEAL, VERIFY, APPEND_ONLY, GRANT)),
    ]
