"""The kinds of application fees of charges that sellers get in another currency."""

from django.db import migrations

SIDES = ["pending", "available", "fx_position"]
# kind, number
KINDS = [
    ("exchanged_fee", "20a"),
    ("exchanged_fee_refund", "33x"),
    ("refund_exchanged_fee_restored", "38y"),
]


def fill(apps, schema_editor):
    kinds = apps.get_model("ledger", "Kind").objects
    for kind, number in KINDS:
        kinds.create(
            kind=kind, number=number, debits=SIDES, credits=SIDES, may_overdraw=True,
            is_fact=True, moves_between_locations=False,
        )  # fmt: skip


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind__in=[k[0] for k in KINDS]).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0024_kept_runs")]

    operations = [migrations.RunPython(fill, empty)]
