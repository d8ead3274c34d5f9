import django.db.models.deletion
from django.db import migrations, models

import core.database.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_configuration_version"),
        ("payments", "0051_intents_that_are_held"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnappliedPayment",
            fields=[
                ("livemode", models.BooleanField()),
                (
                    "id",
                    core.database.fields.IdField(
                        editable=False, prefix="unp", primary_key=True, serialize=False
                    ),
                ),
                ("status", core.database.fields.StatusField(default="open")),
                ("amount", core.database.fields.AmountField()),
                ("currency", core.database.fields.CurrencyField()),
                (
                    "processor_reference",
                    core.database.fields.ReferenceField(blank=True, null=True),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("pending_since", models.DateTimeField(blank=True, null=True)),
                ("failed_returns", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("failure_reason", models.CharField(blank=True, max_length=60, null=True)),
                (
                    "return_reference",
                    core.database.fields.ReferenceField(blank=True, null=True),
                ),
                (
                    "balance_transaction_id",
                    core.database.fields.ReferenceField(blank=True, null=True),
                ),
                ("created_at", models.DateTimeField()),
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
                    "charge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unapplied_payment",
                        to="payments.charge",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["account", "livemode", "-created_at", "-id"],
                        name="unapplied_by_time",
                    ),
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["created_at"],
                        name="unapplied_undecided",
                    ),
                    models.Index(
                        condition=models.Q(("pending_since__isnull", False)),
                        fields=["pending_since"],
                        name="unapplied_pending",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["applied", "open", "returned", "returning"])
                        ),
                        name="unapplied_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="unapplied_amount_is_positive"
                    ),
                ],
            },
        ),
    ]
