"""What the relay made of events, in partitions of a week each: one row a batch was kept for ever."""

from django.db import migrations, models

from api.migrations import _partition_functions as functions
from core.database.fields import ReferenceField
from webhooks.migrations import _partition_functions as ours

LINES = (functions.KEYS, functions.REQUESTS, ours.LINES, ours.BODY_LINE, ours.FAN_OUT_LINE)
# The rows of before are the first partition: they get one index, and are not written again.
PARTITION = (
    ours.RENAME,
    ours.INDEX,
    "SELECT webhooks_rename_before('webhooks_fanout')",
    "ALTER TABLE webhooks_fanout_before DROP COLUMN id",
    ours.FAN_OUT_TABLE,
    ours.FAN_OUT_KEY,
    "SELECT webhooks_index_as_before('webhooks_fanout')",
    "SELECT core_attach_rows_of_before('webhooks_fanout')",
    "SELECT core_make_partitions('webhooks_fanout', now())",
    "DROP FUNCTION webhooks_rename_before, webhooks_index_as_before",
)


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0013_bodies_once")]

    operations = [
        migrations.RunSQL(
            [
                (functions.PARTITIONED.format(lines=", ".join(LINES)), None),
                (ours.FAN_OUT_GUARD, None),
                *((one, None) for one in PARTITION),
            ],
            state_operations=[
                migrations.DeleteModel("FanOut"),
                migrations.CreateModel(
                    name="FanOut",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "until_xid",
                                "until_event_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("after_xid", models.BigIntegerField()),
                        ("after_event_id", ReferenceField(blank=True)),
                        ("until_xid", models.BigIntegerField()),
                        ("until_event_id", ReferenceField()),
                        ("event_count", models.PositiveIntegerField()),
                        ("delivery_count", models.PositiveIntegerField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["created_at"], name="fan_out_by_time")]
                    },
                ),
            ],
        ),
    ]
