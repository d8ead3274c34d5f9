import django.contrib.postgres.indexes
from django.db import migrations

from core.database.indexes import drop_spare_like_indexes


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0003_room_for_answers"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="idempotencykey",
            name="idempotency_key_by_age",
        ),
        migrations.RemoveIndex(
            model_name="requestlog",
            name="request_by_age",
        ),
        migrations.AddIndex(
            model_name="idempotencykey",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["created_at"], name="idempotency_key_by_age"
            ),
        ),
        migrations.AddIndex(
            model_name="requestlog",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["created_at"], name="request_by_age"
            ),
        ),
        drop_spare_like_indexes("api"),
    ]
