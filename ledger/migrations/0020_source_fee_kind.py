"""The kind of that part of a transfer out of a charge which its processing has cost."""

from django.db import migrations

OWED = ["pending", "available"]


def fill(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.create(
        kind="transfer_of_source_fee", number="17f", debits=OWED, credits=OWED,
        may_overdraw=True, is_fact=False, moves_between_locations=True,
    )  # fmt: skip


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind="transfer_of_source_fee").delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0019_payout_fee_kinds")]

    operations = [migrations.RunPython(fill, empty)]
