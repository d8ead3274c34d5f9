"""Deliveries are leased by shards, not one by one."""

from django.db import migrations, models

SHARDS = """
INSERT INTO webhooks_shard (id, token, engine_id) SELECT n, 0, '' FROM generate_series(0, 63) n
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0003_endpoint_failing_since")]

    operations = [
        migrations.CreateModel(
            name="Engine",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Shard",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("token", models.BigIntegerField(default=0)),
                ("engine_id", models.CharField(blank=True, max_length=40)),
                ("backend_pid", models.PositiveIntegerField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveIndex(model_name="delivery", name="delivery_due_by_endpoint"),
        migrations.RemoveIndex(model_name="delivery", name="delivery_in_flight"),
        migrations.RemoveField(model_name="delivery", name="hinted_at"),
        migrations.RemoveField(model_name="delivery", name="leased_by"),
        migrations.RemoveField(model_name="delivery", name="leased_until"),
        migrations.AddField(
            model_name="endpoint", name="keeps_order", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="endpoint",
            name="most_per_second",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["endpoint", "status", "next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="delivery_due_by_endpoint",
            ),
        ),
        migrations.RunSQL(SHARDS, migrations.RunSQL.noop),
    ]
