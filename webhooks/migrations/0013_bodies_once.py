"""What deliveries send, once for all of an event that send the same: no row of before is touched."""

from django.db import migrations, models

from api.migrations import _partition_functions as functions
from core.database.fields import ReferenceField
from webhooks.migrations import _partition_functions as ours

# The catalogue alone is changed: neither statement reads a row, and each waits for no long lock.
DELIVERIES = (
    "ALTER TABLE webhooks_delivery ADD COLUMN body_key bigint, ALTER COLUMN body DROP NOT NULL"
)


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0012_endpoints_of_both"), ("api", "0004_keys_by_day")]

    operations = [
        migrations.RunSQL(
            [
                (
                    functions.PARTITIONED.format(
                        lines=", ".join(
                            (functions.KEYS, functions.REQUESTS, ours.LINES, ours.BODY_LINE)
                        )
                    ),
                    None,
                ),
                (ours.BODY_GUARD, None),
                (ours.BODY_TABLE, None),
                ("ALTER TABLE webhooks_body ALTER COLUMN text SET STORAGE MAIN", None),
                ("CREATE TABLE webhooks_body_rest PARTITION OF webhooks_body DEFAULT", None),
                ("REVOKE ALL ON webhooks_body_rest FROM PUBLIC", None),
                ("SELECT core_make_partitions('webhooks_body', now())", None),
                (DELIVERIES, None),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Body",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "event_id",
                                "key",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("event_id", ReferenceField()),
                        ("key", models.BigIntegerField()),
                        ("text", models.TextField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={"verbose_name_plural": "bodies"},
                ),
                migrations.AddField(
                    "delivery", "body_key", models.BigIntegerField(editable=False, null=True)
                ),
                migrations.AlterField(
                    "delivery", "body", models.TextField(editable=False, null=True)
                ),
            ],
        ),
    ]
