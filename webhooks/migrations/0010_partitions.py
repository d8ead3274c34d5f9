"""Events, deliveries and attempts in partitions of a week each."""

import django.db.models.deletion
from django.db import migrations, models

from api.migrations import _partition_functions as functions
from webhooks.migrations import _partition_functions as ours

# A foreign key would be checked, or its table locked, whenever a partition is made or dropped.
KEYS = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT conrelid::regclass AS child, conname FROM pg_constraint
        WHERE contype = 'f' AND conrelid IN
            ('webhooks_delivery'::regclass, 'webhooks_attempt'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.child, found.conname);
    END LOOP;
END
$$
"""

# Unique keys hold what the partitions go by. That of deliveries and that of attempts begin with
# it or are looked up by it; ids alone, which nobody can guess or choose, are not checked.
TABLES = {
    "webhooks_event": ("id", "", "ADD CONSTRAINT webhooks_event_pkey PRIMARY KEY (id)"),
    "webhooks_delivery": (
        "event_id",
        "DROP CONSTRAINT webhooks_delivery_pkey",
        "ADD CONSTRAINT webhooks_delivery_pkey PRIMARY KEY (id, event_id), "
        "ADD CONSTRAINT one_delivery_per_endpoint UNIQUE (event_id, endpoint_id)",
    ),
    "webhooks_attempt": (
        "delivery_id",
        "DROP CONSTRAINT webhooks_attempt_pkey",
        "ADD CONSTRAINT attempts_are_numbered UNIQUE (delivery_id, number)",
    ),
}


def partition(table: str) -> list[str]:
    """Return the statements that partition a table."""
    key, lost, constraints = TABLES[table]
    return [
        *([f"ALTER TABLE {table} {lost}"] if lost else []),
        f"SELECT webhooks_rename_before('{table}')",
        f"CREATE TABLE {table} (LIKE {table}_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS) "
        f"PARTITION BY RANGE ({key})",
        f"ALTER TABLE {table} {constraints}",
        f"SELECT webhooks_index_as_before('{table}')",
        f"SELECT core_attach_rows_of_before('{table}')",
        f"SELECT core_make_partitions('{table}', now())",
    ]


def _unchecked(to: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0009_ends_of_ids"), ("api", "0004_keys_by_day")]

    operations = [
        migrations.RunSQL(
            [
                (
                    functions.PARTITIONED.format(
                        lines=", ".join((functions.KEYS, functions.REQUESTS, ours.LINES))
                    ),
                    None,
                ),
                (ours.GUARD, None),
                (ours.DROP, None),
                (ours.RENAME, None),
                (ours.INDEX, None),
                (KEYS, None),
                *((one, None) for table in TABLES for one in partition(table)),
                ("DROP FUNCTION webhooks_rename_before, webhooks_index_as_before", None),
            ],
            state_operations=[
                migrations.AlterField(
                    "delivery", "event", _unchecked("webhooks.event", "deliveries")
                ),
                migrations.AlterField(
                    "delivery", "endpoint", _unchecked("webhooks.endpoint", "deliveries")
                ),
                migrations.AlterField(
                    "attempt", "delivery", _unchecked("webhooks.delivery", "attempts")
                ),
            ],
        ),
    ]
