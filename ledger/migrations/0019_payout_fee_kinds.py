"""The kinds of what a platform charges for a payout, and returns."""

from django.db import migrations

USABLE = ["available"]
KINDS = [("payout_fee", "62", False), ("payout_fee_returned", "62r", True)]


def fill(apps, schema_editor):
    kinds = apps.get_model("ledger", "Kind").objects
    for kind, number, is_forced in KINDS:
        kinds.create(
            kind=kind, number=number, debits=USABLE, credits=USABLE, may_overdraw=is_forced,
            is_fact=is_forced, moves_between_locations=True,
        )  # fmt: skip


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind__in=[k[0] for k in KINDS]).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0018_cover_from_reserve")]

    operations = [migrations.RunPython(fill, empty)]
