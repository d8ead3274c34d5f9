"""The kind of what a platform collects from a seller."""

from django.db import migrations

USABLE = ["available"]


def fill(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.create(
        kind="account_debit", number="26", debits=USABLE, credits=USABLE, may_overdraw=False,
        is_fact=False, moves_between_locations=True,
    )  # fmt: skip


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind="account_debit").delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0021_reversal_fee_refund_is_a_fact")]

    operations = [migrations.RunPython(fill, empty)]
