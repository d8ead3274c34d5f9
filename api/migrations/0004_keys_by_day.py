"""Idempotency keys in partitions of a day each, with one function that claims a key in all."""

import datetime

from django.db import migrations, models

from api.migrations import _partition_functions as functions

KEYS = [
    "DROP INDEX idempotency_key_by_age",
    "ALTER TABLE api_idempotencykey RENAME TO api_idempotencykey_before",
    "ALTER TABLE api_idempotencykey_before DROP CONSTRAINT api_idempotencykey_pkey, "
    "DROP CONSTRAINT one_answer_per_idempotency_key",
    # A constant costs no rewriting: all that are there count as of today.
    "DO $$ BEGIN EXECUTE format('ALTER TABLE api_idempotencykey_before "
    "ADD COLUMN day date NOT NULL DEFAULT %L', (now() AT TIME ZONE 'UTC')::date); END $$",
    "ALTER TABLE api_idempotencykey_before ALTER COLUMN day DROP DEFAULT",
    "CREATE TABLE api_idempotencykey (LIKE api_idempotencykey_before INCLUDING DEFAULTS "
    "INCLUDING CONSTRAINTS) PARTITION BY RANGE (day)",
    "ALTER TABLE api_idempotencykey "
    "ADD CONSTRAINT api_idempotencykey_pkey PRIMARY KEY (id, day), "
    "ADD CONSTRAINT one_answer_per_idempotency_key "
    "UNIQUE (account_id, key, livemode, scope, day)",
    "SELECT core_attach_rows_of_before('api_idempotencykey')",
    "ALTER TABLE api_idempotencykey_rest SET (fillfactor = 40)",
    "SELECT core_make_partitions('api_idempotencykey', now())",
]

# No unique index spans the days. Whoever claims a key holds its lock while looking and writing,
# and each statement of a function sees what was committed before it. The database's clock says
# which day it is: there is one.
CLAIM = """
CREATE FUNCTION api_claim_key(
    p_id text, p_account text, p_livemode boolean, p_scope text, p_key text, p_fingerprint bytea,
    p_suffix text, p_at timestamptz, p_days integer) RETURNS date
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    today date;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(
        'key ' || p_account || p_livemode || ' ' || p_scope || ' ' || p_key, 0));
    today := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    IF EXISTS (
        SELECT FROM api_idempotencykey i
        WHERE i.account_id = p_account AND i.key = p_key AND i.livemode = p_livemode
            AND i.scope = p_scope AND i.day BETWEEN today - p_days AND today + 1)
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO api_idempotencykey (id, account_id, livemode, scope, key, fingerprint, id_suffix,
        attempt, claimed_by, claimed_at, created_at, day)
    VALUES (p_id, p_account, p_livemode, p_scope, p_key, p_fingerprint, p_suffix,
        1, pg_backend_pid(), now(), p_at, today);
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN today;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0003_ends_of_ids")]

    operations = [
        migrations.RunSQL(
            [
                (
                    functions.PARTITIONED.format(
                        lines=f"{functions.KEYS}, {functions.REQUESTS}",
                    ),
                    None,
                ),
                *((statement, None) for statement in KEYS),
                (CLAIM, None),
            ],
            state_operations=[
                migrations.RemoveIndex("idempotencykey", "idempotency_key_by_age"),
                migrations.RemoveConstraint("idempotencykey", "one_answer_per_idempotency_key"),
                migrations.AddField(
                    "idempotencykey",
                    "day",
                    models.DateField(default=datetime.date(1970, 1, 1)),
                    preserve_default=False,
                ),
                migrations.AddConstraint(
                    "idempotencykey",
                    models.UniqueConstraint(
                        fields=["account_id", "key", "livemode", "scope", "day"],
                        name="one_answer_per_idempotency_key",
                    ),
                ),
            ],
        ),
    ]
