"""The kind of a processor's fee that a platform bears for a seller's own charge."""

from django.db import migrations

KIND = "platform_processor_fee"


def fill(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.create(
        kind=KIND,
        number="4g",
        debits=["pending", "available"],
        credits=["processor"],
        may_overdraw=True,
        is_fact=True,
        moves_between_locations=False,
    )


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_payment_failure_kind")]

    operations = [migrations.RunPython(fill, empty)]
