"""The kinds of shares of a charge that sellers get in another currency."""

from django.db import migrations

SIDES = ["pending", "available", "fx_position"]
# kind, number, is_fact
KINDS = [
    ("exchanged_source_fee", "20f", False),
    ("exchanged_share", "20d", True),
    ("refund_exchanged_reversal", "32x", True),
    ("refund_exchanged_restored", "38x", True),
]


def fill(apps, schema_editor):
    kinds = apps.get_model("ledger", "Kind").objects
    for kind, number, is_fact in KINDS:
        kinds.create(
            kind=kind, number=number, debits=SIDES, credits=SIDES, may_overdraw=True,
            is_fact=is_fact, moves_between_locations=False,
        )  # fmt: skip


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind__in=[k[0] for k in KINDS]).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0022_account_debit_kind")]

    operations = [migrations.RunPython(fill, empty)]
