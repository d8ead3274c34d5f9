import django.db.models.deletion
from django.db import migrations, models

import core.database.fields


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0052_unapplied_payments"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="held_by",
            field=core.database.fields.ReferenceField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="charge",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="payments.charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge__isnull", False), ("held_by__isnull", True)),
                    models.Q(("charge__isnull", True), ("held_by__isnull", False)),
                    _connector="OR",
                ),
                name="receipt_is_of_a_charge_or_an_order",
            ),
        ),
    ]
