"""A fee is returned whatever its platform owes: it gets the reversed money at the same time."""

from django.db import migrations

KIND = "reversal_fee_refund"


def widen(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind=KIND).update(is_fact=True)


def narrow(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind=KIND).update(is_fact=False)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0020_source_fee_kind")]

    operations = [migrations.RunPython(widen, narrow)]
