"""The kind of a slow payment that failed after it had succeeded."""

from django.db import migrations

KIND = "payment_failed"


def fill(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.create(
        kind=KIND,
        number="9",
        debits=["pending", "available"],
        credits=["processor"],
        may_overdraw=True,
        is_fact=True,
        moves_between_locations=False,
    )


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_dispute_kinds")]

    operations = [migrations.RunPython(fill, empty)]
