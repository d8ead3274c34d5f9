import core.database.fields
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connect", "0014_typed_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="applicationfee",
            name="payment_amount",
            field=core.database.fields.AmountField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="applicationfee",
            name="payment_amount_refunded",
            field=core.database.fields.AmountField(default=0),
        ),
        migrations.AddField(
            model_name="applicationfee",
            name="payment_currency",
            field=core.database.fields.CurrencyField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="applicationfeerefund",
            name="payment_amount",
            field=core.database.fields.AmountField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="applicationfee",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("payment_amount_refunded__gte", 0),
                    (
                        "payment_amount_refunded__lte",
                        django.db.models.functions.comparison.Coalesce(
                            models.F("payment_amount"), 0
                        ),
                    ),
                ),
                name="no_more_of_a_fee_is_returned_than_given",
            ),
        ),
    ]
