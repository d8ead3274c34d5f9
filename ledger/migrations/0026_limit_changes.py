"""Who set a negative limit, when and from what is written down, and sealed with the entries."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import core.database.fields

BEFORE = import_module("ledger.migrations.0011_numberings")

SET_NEGATIVE_LIMIT = """
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
$$
"""

# The tree over the entries is as it was; where limits were changed, their changes lie beside it.
ROOT = """
CREATE OR REPLACE FUNCTION ledger_seal_root(
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
                    THEN sha256('\\x01'::bytea || string_agg(u.node, ''::bytea ORDER BY u.ord))
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
        root := sha256('\\x03'::bytea || root || convert_to(changes, 'UTF8'));
    END IF;
END
$$
"""

VERIFY = BEFORE.VERIFY.replace(
    "'an entry, a posting or a line was changed'",
    "'an entry, a posting, a line or what is known of a negative limit was changed'",
)

# What was set before nobody was named for. It belongs to no seal: those do not know it.
KNOWN = """
INSERT INTO ledger_limitchange (account_id, before, after, changed_by, changed_at, xid,
    base_posting_id)
SELECT b.account_id, 1000000000000, b.negative_limit, 'somebody, before this was written down',
    clock_timestamp(), pg_current_xact_id()::text::bigint,
    (SELECT base_posting_id FROM ledger_foldhorizon WHERE id = 1)
FROM ledger_guardedbalance b WHERE b.negative_limit <> 1000000000000
"""

APPEND_ONLY = """
CREATE TRIGGER limitchange_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_limitchange FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
"""

GRANT = """
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION ledger_set_negative_limit FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE ALL ON ledger_limitchange FROM rialto_app;
        GRANT SELECT ON ledger_limitchange TO rialto_app;
        GRANT EXECUTE ON FUNCTION ledger_set_negative_limit TO rialto_app;
    END IF;
END
$$
"""


def _do(sql):
    return migrations.RunSQL([(sql, None)])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0025_exchanged_fee_kinds")]

    operations = [
        migrations.CreateModel(
            name="LimitChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", core.database.fields.AmountField()),
                ("after", core.database.fields.AmountField()),
                ("changed_by", models.CharField(max_length=320)),
                ("changed_at", models.DateTimeField()),
                ("xid", models.BigIntegerField()),
                ("base_posting_id", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="limit_changes",
                        to="ledger.ledgeraccount",
                    ),
                ),
            ],
        ),
        _do("DROP FUNCTION ledger_set_negative_limit"),
        *map(_do, (SET_NEGATIVE_LIMIT, ROOT, VERIFY, KNOWN, APPEND_ONLY, GRANT)),
    ]
