from django.db import migrations, models
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

import core.database.fields


def _renamed(before: str, after: str):
    def rename(apps, schema_editor):
        customers = apps.get_model("payments", "Customer").objects
        customers.filter(default_source_id__startswith=before).update(
            default_source_id=Concat(Value(after), Substr("default_source_id", len(before) + 1))
        )

    return rename


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0029_sorted_by_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentmethod",
            name="verification",
            field=core.database.fields.StatusField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="paymentmethod",
            name="failed_verifications",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="paymentmethod",
            name="source",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="paymentmethod",
            constraint=models.CheckConstraint(
                condition=Q(verification__in=["new", "verification_failed", "verified"]),
                name="source_verification_is_known",
            ),
        ),
        # All of them were cards.
        migrations.RunPython(_renamed("pm_", "card_"), _renamed("card_", "pm_")),
    ]
