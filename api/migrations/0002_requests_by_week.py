"""The log of requests in partitions of a week each."""

from django.db import migrations

from api.migrations import _partition_functions as functions

# The index by age was for deleting rows one by one.
REQUESTS = [
    "DROP INDEX request_by_age",
    "ALTER TABLE api_requestlog RENAME TO api_requestlog_before",
    "ALTER INDEX api_requestlog_pkey RENAME TO api_requestlog_before_pkey",
    "ALTER INDEX request_by_account RENAME TO api_requestlog_before_by_account",
    "CREATE TABLE api_requestlog (LIKE api_requestlog_before INCLUDING DEFAULTS "
    "INCLUDING CONSTRAINTS) PARTITION BY RANGE (id)",
    "ALTER TABLE api_requestlog ADD CONSTRAINT api_requestlog_pkey PRIMARY KEY (id)",
    "CREATE INDEX request_by_account ON api_requestlog (account_id, id DESC)",
    "SELECT core_attach_rows_of_before('api_requestlog')",
    "SELECT core_make_partitions('api_requestlog', now())",
]


class Migration(migrations.Migration):
    dependencies = [("api", "0001_baseline")]

    operations = [
        migrations.RunSQL(
            [
                (functions.PARTITIONED.format(lines=functions.REQUESTS), None),
                (functions.BOUND, None),
                (functions.PARTITIONS, None),
                (functions.MAKE, None),
                (functions.DROP, None),
                (functions.ATTACH, None),
                (functions.STRAY, None),
                (functions.PRIVATE, None),
            ]
        ),
        migrations.RunSQL(
            [(statement, None) for statement in REQUESTS],
            state_operations=[
                migrations.RemoveIndex(model_name="requestlog", name="request_by_age")
            ],
        ),
    ]
