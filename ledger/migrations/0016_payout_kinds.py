"""The kinds of movements of payouts."""

from django.db import migrations

IN_TRANSIT, USABLE = ["payouts_in_transit"], ["available"]
KINDS = [
    ("payout_created", "61", USABLE, IN_TRANSIT, False, False),
    ("payout_canceled", "65", IN_TRANSIT, USABLE, False, False),
    ("payout_confirmed", "66", IN_TRANSIT, ["bank"], False, False),
    ("payout_confirmed_by_processor", "66p", IN_TRANSIT, ["processor"], False, False),
    ("payout_returned", "67", ["bank", "processor"], USABLE, False, False),
    ("payout_return_cost", "68", USABLE, USABLE, True, True),
]


def fill(apps, schema_editor):
    kinds = apps.get_model("ledger", "Kind").objects
    for kind, number, debits, credits, is_forced, moves in KINDS:
        kinds.create(
            kind=kind, number=number, debits=debits, credits=credits, may_overdraw=is_forced,
            is_fact=is_forced, moves_between_locations=moves,
        )  # fmt: skip


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind__in=[k[0] for k in KINDS]).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_direct_kinds")]

    operations = [migrations.RunPython(fill, empty)]
