import django.db.models.deletion
from django.db import migrations, models

import core.database.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_configuration_version"),
        ("checkout", "0004_checkout_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentLink",
            fields=[
                ("livemode", models.BooleanField()),
                (
                    "id",
                    core.database.fields.IdField(
                        editable=False, prefix="plink", primary_key=True, serialize=False
                    ),
                ),
                ("token", core.database.fields.PublicIdField(unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("currency", core.database.fields.CurrencyField()),
                ("items", models.JSONField()),
                ("settings", models.JSONField(default=dict)),
                ("shipping_options", models.JSONField(blank=True, default=list)),
                ("completed_limit", models.PositiveIntegerField(blank=True, null=True)),
                ("completed_count", models.PositiveIntegerField(db_default=0, default=0)),
                ("taken_count", models.PositiveIntegerField(db_default=0, default=0)),
                ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
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
        ),
        migrations.AddIndex(
            model_name="paymentlink",
            index=models.Index(
                fields=["account", "livemode", "-created_at", "-id"],
                name="payment_link_by_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("completed_count__lte", models.F("taken_count"))),
                name="payment_link_completions_are_taken",
            ),
        ),
        migrations.AddIndex(
            model_name="checkoutsession",
            index=models.Index(
                condition=models.Q(("payment_link_id__isnull", False)),
                fields=["payment_link_id", "-created_at"],
                name="checkout_session_by_link",
            ),
        ),
    ]
