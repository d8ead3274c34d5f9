"""What a platform has set aside pays for a seller who owes, whatever else the platform has."""

from django.db import migrations

KIND = "negative_balance_covered"


def widen(apps, schema_editor):
    kinds = apps.get_model("ledger", "Kind").objects
    kinds.filter(kind=KIND).update(debits=["available", "connect_reserve"])


def narrow(apps, schema_editor):
    apps.get_model("ledger", "Kind").objects.filter(kind=KIND).update(debits=["available"])


class Migration(migrations.Migration):
    dependencies = [("ledger", "0017_cover_kind")]

    operations = [migrations.RunPython(widen, narrow)]
