"""The kinds of disputes."""

from django.db import migrations

OWED = ["pending", "available"]
PROCESSOR = ["processor"]

# kind, number, debits, credits, may_overdraw, is_fact
KINDS = [
    ("dispute_withdrawn", "43", OWED, PROCESSOR, True, True),
    ("dispute_fee", "43f", OWED, PROCESSOR, True, True),
    ("dispute_reinstated", "46w", PROCESSOR, ["available"], False, False),
]


def fill(apps, schema_editor):
    kind_model = apps.get_model("ledger", "Kind")
    for kind, number, debits, credits, may_overdraw, is_fact in KINDS:
        kind_model.objects.create(
            kind=kind,
            number=number,
            debits=debits,
            credits=credits,
            may_overdraw=may_overdraw,
            is_fact=is_fact,
            moves_between_locations=False,
        )


def empty(apps, schema_editor):
    kind_model = apps.get_model("ledger", "Kind")
    kind_model.objects.filter(kind__in=[kind for kind, *_ in KINDS]).delete()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_refund_kinds")]

    operations = [migrations.RunPython(fill, empty)]
