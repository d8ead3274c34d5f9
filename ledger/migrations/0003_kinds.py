"""The registry of kinds as it stood when the ledger began. A test holds it against `rules.py`."""

from django.db import migrations

OWED = ["pending", "available"]

KINDS = [
    ("charge_captured", "3", ["processor"], OWED, False),
    ("processor_fee", "3f", OWED, ["processor"], True),
    ("destination_charge", "5", OWED, OWED, False),
    ("application_fee", "5a", OWED, OWED, False),
    ("destination_transfer", "6", OWED, OWED, False),
    ("maturation", "10", ["pending"], ["available"], False),
    ("transfer", "16", ["available"], ["available"], False),
    ("transfer_from_source", "17", OWED, OWED, False),
    ("transfer_reversal", "21", OWED, OWED, False),
    ("reversal_fee_refund", "22", OWED, OWED, True),
    ("refund_reserved", "27", OWED, ["refunds_in_transit"], True),
    ("refund_confirmed", "28", ["refunds_in_transit"], ["processor"], False),
    ("refund_transfer_reversal", "32", OWED, OWED, True),
    ("application_fee_refund", "33", OWED, OWED, True),
    ("refund_canceled", "37", ["refunds_in_transit"], OWED, False),
]


def fill(apps, schema_editor):
    kind_model = apps.get_model("ledger", "Kind")
    for kind, number, debits, credits, may_overdraw in KINDS:
        kind_model.objects.create(
            kind=kind, number=number, debits=debits, credits=credits, may_overdraw=may_overdraw
        )


def empty(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_functions")]

    operations = [migrations.RunPython(fill, empty)]
