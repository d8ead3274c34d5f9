"""The audit trail and its seals, which nobody rewrites."""

import core.database.fields
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION accounts_refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END
$$
"""
TRIGGER = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_{table}
FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_rewriting()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_invitations_of_operators"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("until_xid", models.BigIntegerField()),
                ("cluster", models.CharField(max_length=32)),
                ("event_count", models.PositiveIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("previous", models.BinaryField(max_length=32)),
                ("head", models.BinaryField(max_length=32)),
                ("signature", models.BinaryField(max_length=64)),
                ("public_key", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    core.database.fields.IdField(
                        editable=False, prefix="aud", primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", core.database.fields.ReferenceField(blank=True, null=True)),
                ("actor_email", models.CharField(blank=True, max_length=254)),
                ("actor_name", models.CharField(blank=True, max_length=200)),
                ("action", models.CharField(max_length=64)),
                ("target_type", models.CharField(blank=True, max_length=64)),
                ("target_id", models.CharField(blank=True, max_length=200)),
                ("account_id", core.database.fields.ReferenceField(blank=True, null=True)),
                ("livemode", models.BooleanField(blank=True, null=True)),
                ("changes", models.JSONField(blank=True, default=dict)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("session", models.CharField(blank=True, max_length=64)),
                ("request_id", core.database.fields.ReferenceField(blank=True, null=True)),
                ("reason", models.TextField(blank=True)),
                ("step_up_seconds", models.PositiveIntegerField(blank=True, null=True)),
                ("approval_id", core.database.fields.ReferenceField(blank=True, null=True)),
                (
                    "xid",
                    models.BigIntegerField(
                        db_default=django.db.models.expressions.RawSQL(
                            "(pg_current_xact_id()::text::bigint)", ()
                        ),
                        editable=False,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="audit_by_time"),
                    models.Index(fields=["actor_email", "-id"], name="audit_by_email"),
                    models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
                    models.Index(fields=["action", "-id"], name="audit_by_action"),
                    models.Index(fields=["target_id", "-id"], name="audit_by_target"),
                    models.Index(fields=["account_id", "-id"], name="audit_by_account"),
                    models.Index(fields=["request_id"], name="audit_by_request"),
                    models.Index(fields=["xid"], name="audit_by_xid"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditLeaf",
            fields=[
                (
                    "event_id",
                    core.database.fields.ReferenceField(primary_key=True, serialize=False),
                ),
                ("seal_number", models.BigIntegerField()),
                ("position", models.PositiveIntegerField()),
                ("leaf", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seal_number", "position"), name="one_leaf_per_place"
                    )
                ],
            },
        ),
        migrations.RunSQL(REFUSE, "DROP FUNCTION accounts_refuse_rewriting()"),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table),
                f"DROP TRIGGER {table}_is_append_only ON accounts_{table}",
            )
            for table in ("auditevent", "auditleaf", "auditseal")
        ),
    ]
