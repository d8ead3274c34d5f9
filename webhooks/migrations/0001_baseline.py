"""The tables of events, endpoints and deliveries, and the relay's beginning."""

from core.database.operations import BEFORE_OUR_TABLES, CreateModels
from django.db import migrations, models
import core.database.fields
import django.db.models.deletion
import django.db.models.expressions
import webhooks.states

# After a restore into another cluster, transaction numbers start low again and old ones mean
# nothing. What may not have been relayed (the last hour before the relay stopped, and all since)
# is relayed once more; deliveries that exist already absorb it. Only the owner may run it.
REBASE = """
CREATE FUNCTION webhooks_relay_rebase() RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    since timestamptz;
    again bigint;
BEGIN
    LOCK TABLE webhooks_event, webhooks_relaycursor, webhooks_fanout IN EXCLUSIVE MODE;
    SELECT max(created_at) - interval '1 hour' INTO since FROM webhooks_fanout;
    UPDATE webhooks_event SET xid = 0 WHERE created_at < since;
    UPDATE webhooks_event SET xid = pg_current_xact_id()::text::bigint
    WHERE since IS NULL OR created_at >= since;
    GET DIAGNOSTICS again = ROW_COUNT;
    DELETE FROM webhooks_fanout;
    UPDATE webhooks_relaycursor SET xid = 1, event_id = '',
        system_identifier = (SELECT s.system_identifier::text FROM pg_control_system() s);
    RETURN again;
END
$$;
REVOKE EXECUTE ON FUNCTION webhooks_relay_rebase() FROM PUBLIC
"""
# The relay starts at the beginning, and knows its cluster.
CURSOR = """
INSERT INTO webhooks_relaycursor (id, xid, event_id, system_identifier)
SELECT 1, 0, '', s.system_identifier::text FROM pg_control_system() s
"""
# Events are written once.
GRANT = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON webhooks_event FROM rialto_app;
    END IF;
END
$$
"""

# Leases are taken of these.
SHARDS = """
INSERT INTO webhooks_shard (id, token, engine_id) SELECT n, 0, '' FROM generate_series(0, 63) n
"""


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release, in one.
    replaces = [
        ("webhooks", "0001_initial"),
        ("webhooks", "0002_outbox"),
        ("webhooks", "0003_leases_and_fan_outs"),
        ("webhooks", "0004_relay_rebase"),
        ("webhooks", "0005_fewer_indexes"),
        ("webhooks", "0006_endpoint_makers"),
        ("webhooks", "0007_fair_deliveries"),
        ("webhooks", "0008_named_schema"),
        ("webhooks", "0001_schema"),
        ("webhooks", "0002_more_sorted_by_time"),
        ("webhooks", "0001_squashed"),
        ("webhooks", "0002_endpoints_for_operators"),
        ("webhooks", "0003_endpoint_failing_since"),
        ("webhooks", "0004_delivery_engine"),
    ]

    dependencies = [("accounts", "0001_baseline"), *BEFORE_OUR_TABLES]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Endpoint",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="we", primary_key=True, serialize=False
                            ),
                        ),
                        ("url", models.CharField(max_length=2048)),
                        ("enabled_events", models.JSONField(default=list)),
                        ("description", models.CharField(blank=True, max_length=5000, null=True)),
                        ("api_version", models.CharField(blank=True, max_length=40, null=True)),
                        ("is_connect", models.BooleanField(default=False)),
                        ("is_enabled", models.BooleanField(default=True)),
                        ("disabled_reason", models.CharField(blank=True, max_length=200)),
                        ("is_slow", models.BooleanField(default=False)),
                        ("timeouts_in_a_row", models.PositiveIntegerField(default=0)),
                        ("paused_until", models.DateTimeField(blank=True, null=True)),
                        ("secret", models.BinaryField()),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("created_at", models.DateTimeField()),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        ("previous_secret", models.BinaryField(null=True)),
                        (
                            "previous_secret_until",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        (
                            "failing_since",
                            models.DateTimeField(blank=True, editable=False, null=True),
                        ),
                        ("keeps_order", models.BooleanField(default=False)),
                        ("most_per_second", models.PositiveIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"], name="endpoint_by_account"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="evt", primary_key=True, serialize=False
                            ),
                        ),
                        ("type", models.CharField(max_length=60)),
                        ("object_id", core.database.fields.ReferenceField()),
                        ("data", models.TextField()),
                        ("api_version", models.CharField(max_length=40)),
                        ("request_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "idempotency_key",
                            models.CharField(blank=True, max_length=255, null=True),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "xid",
                            models.BigIntegerField(
                                db_default=django.db.models.expressions.RawSQL(
                                    "(pg_current_xact_id()::text::bigint)", ()
                                ),
                                editable=False,
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["xid", "id"], name="event_by_xid"),
                            models.Index(fields=["object_id", "-id"], name="event_by_object"),
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="event_by_time",
                            ),
                            models.Index(
                                fields=["account", "livemode", "type", "-created_at", "-id"],
                                name="event_by_type_and_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="dlv", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=webhooks.states.DeliveryStatus["PENDING"]
                            ),
                        ),
                        ("body", models.TextField()),
                        ("attempt_count", models.PositiveIntegerField(default=0)),
                        ("attempts_before_resend", models.PositiveIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="webhooks.endpoint",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="webhooks.event",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "deliveries",
                        "indexes": [
                            models.Index(fields=["endpoint", "-id"], name="delivery_by_endpoint"),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ["failing", "exhausted", "canceled"])
                                ),
                                fields=["endpoint", "-id"],
                                name="delivery_not_accepted",
                            ),
                            models.Index(
                                condition=models.Q(("next_attempt_at__isnull", False)),
                                fields=["endpoint", "status", "next_attempt_at"],
                                name="delivery_due_by_endpoint",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "canceled",
                                            "delivered",
                                            "exhausted",
                                            "failing",
                                            "pending",
                                        ],
                                    )
                                ),
                                name="delivery_status_is_known",
                            ),
                            models.UniqueConstraint(
                                fields=("event", "endpoint"), name="one_delivery_per_endpoint"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FanOut",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("after_xid", models.BigIntegerField()),
                        ("after_event_id", core.database.fields.ReferenceField(blank=True)),
                        ("until_xid", models.BigIntegerField()),
                        ("until_event_id", core.database.fields.ReferenceField()),
                        ("event_count", models.PositiveIntegerField()),
                        ("delivery_count", models.PositiveIntegerField()),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["created_at"], name="fan_out_by_time")],
                    },
                ),
                migrations.CreateModel(
                    name="RelayCursor",
                    fields=[
                        ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                        ("xid", models.BigIntegerField()),
                        ("event_id", core.database.fields.ReferenceField(blank=True)),
                        ("system_identifier", models.CharField(blank=True, max_length=24)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)), name="there_is_one_relay_cursor"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="att", primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("status_code", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("latency_ms", models.PositiveIntegerField()),
                        ("request_headers", models.JSONField(blank=True, default=dict)),
                        ("response_headers", models.JSONField(blank=True, default=dict)),
                        ("response_body", models.TextField(blank=True)),
                        ("error", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField()),
                        (
                            "delivery",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="webhooks.delivery",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("delivery", "number"), name="attempts_are_numbered"
                            )
                        ],
                    },
                ),
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
            ],
        ),
        migrations.RunSQL([(REBASE, None), (CURSOR, None), (GRANT, None)]),
        migrations.RunSQL(SHARDS),
    ]
