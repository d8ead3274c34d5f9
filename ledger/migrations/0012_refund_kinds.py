"""The kinds of refunds that fail late or are made elsewhere, and of fees that are corrected."""

from django.db import migrations

OWED = ["pending", "available"]
PROCESSOR = ["processor"]

# kind, number, debits, credits, may_overdraw, is_fact, moves_between_locations
KINDS = [
    ("fee_true_up", "11", OWED, PROCESSOR, True, True, False),
    ("fee_true_up_returned", "11l", PROCESSOR, OWED, False, False, False),
    ("processor_fee_returned", "36", PROCESSOR, OWED, False, False, False),
    ("processor_fee_retaken", "36r", OWED, PROCESSOR, True, True, False),
    ("refund_failed", "38", PROCESSOR, ["available"], False, False, False),
    ("refund_transfer_restored", "38t", OWED, OWED, True, True, True),
    ("refund_fee_restored", "38a", OWED, OWED, True, True, True),
    ("refund_made_outside", "40", OWED, PROCESSOR, True, True, False),
]

# Shares of a charge that has been captured already: nothing is left to refuse.
SHARES = ["destination_charge", "application_fee", "destination_transfer"]


def fill(apps, schema_editor):
    kind_model = apps.get_model("ledger", "Kind")
    for kind, number, debits, credits, may_overdraw, is_fact, moves in KINDS:
        kind_model.objects.create(
            kind=kind,
            number=number,
            debits=debits,
            credits=credits,
            may_overdraw=may_overdraw,
            is_fact=is_fact,
            moves_between_locations=moves,
        )
    kind_model.objects.filter(kind__in=SHARES).update(may_overdraw=True, is_fact=True)


def empty(apps, schema_editor):
    kind_model = apps.get_model("ledger", "Kind")
    kind_model.objects.filter(kind__in=[kind for kind, *_ in KINDS]).delete()
    kind_model.objects.filter(kind__in=SHARES).update(may_overdraw=False, is_fact=False)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_numberings")]

    operations = [migrations.RunPython(fill, empty)]
