"""The tables of idempotency keys and of the log of requests."""

from core.database.operations import CreateModels
from django.db import migrations, models
import core.database.fields
import django.contrib.postgres.indexes

# Room on each page, so that keeping an answer need not touch the indexes.
ROOM = "ALTER TABLE api_idempotencykey SET (fillfactor = 40)"


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release, in one.
    replaces = [
        ("api", "0001_initial"),
        ("api", "0002_idempotency_scopes"),
        ("api", "0003_room_for_answers"),
        ("api", "0004_fewer_indexes"),
        ("api", "0001_schema"),
        ("api", "0002_request_contents"),
    ]

    dependencies = []

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="idk", primary_key=True, serialize=False
                            ),
                        ),
                        ("account_id", core.database.fields.ReferenceField()),
                        ("livemode", models.BooleanField()),
                        ("scope", models.CharField(blank=True, default="", max_length=80)),
                        ("key", models.CharField(max_length=255)),
                        ("fingerprint", models.BinaryField(max_length=32)),
                        ("id_suffix", models.CharField(max_length=24)),
                        ("attempt", models.PositiveIntegerField(default=1)),
                        ("claimed_by", models.IntegerField()),
                        ("claimed_at", models.DateTimeField()),
                        ("status_code", models.PositiveSmallIntegerField(null=True)),
                        ("body", models.TextField(null=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["created_at"], name="idempotency_key_by_age"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account_id", "key", "livemode", "scope"),
                                name="one_answer_per_idempotency_key",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestLog",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="req", primary_key=True, serialize=False
                            ),
                        ),
                        ("account_id", core.database.fields.ReferenceField(null=True)),
                        ("livemode", models.BooleanField(null=True)),
                        ("key_id", core.database.fields.ReferenceField(null=True)),
                        ("method", models.CharField(max_length=8)),
                        ("path", models.CharField(max_length=300)),
                        ("status_code", models.PositiveSmallIntegerField()),
                        ("duration_ms", models.PositiveIntegerField()),
                        ("api_version", models.CharField(blank=True, max_length=40)),
                        ("idempotency_key", models.CharField(max_length=255, null=True)),
                        ("error_code", models.CharField(max_length=60, null=True)),
                        ("address", models.GenericIPAddressField(null=True)),
                        ("created_at", models.DateTimeField()),
                        ("answer", models.JSONField(null=True)),
                        ("parameters", models.JSONField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["account_id", "-id"], name="request_by_account"),
                            django.contrib.postgres.indexes.BrinIndex(
                                fields=["created_at"], name="request_by_age"
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(ROOM),
    ]
