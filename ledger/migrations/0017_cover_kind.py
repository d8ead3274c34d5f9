"""The kind of what a platform pays for a seller who owes."""

from django.db import migrations

KIND = "negative_balance_covered"


def fill(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.create(
        kind=KIND, number="47", debits=["available"], credits=["available"], may_overdraw=False,
        is_fact=False, moves_between_locations=True,
    )  # fmt: skip


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0016_payout_kinds")]

    operations = [migrations.RunPython(fill, empty)]
