import json

from django.db import migrations

# What becomes of money that payers send after their charges have ended.
OWED = ["pending", "available"]
KINDS = (
    ("late_payment_received", "75p", ["processor"], ["suspense"], "true"),
    ("late_payment_applied", "75a", ["suspense"], OWED, "false"),
    ("late_payment_returned", "75r", ["suspense"], ["processor"], "true"),
    ("late_payment_return_failed", "75f", ["processor"], ["suspense"], "true"),
)
INSERT = (
    "INSERT INTO ledger_kind (kind, number, debits, credits, may_overdraw, is_fact, "
    "moves_between_locations) VALUES (%s, %s, %s, %s, false, %s::boolean, false)"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_adjustment_kinds")]

    operations = [
        migrations.RunSQL(
            [(INSERT, (kind, number, json.dumps(debits), json.dumps(credits), is_fact))],
            [("DELETE FROM ledger_kind WHERE kind = %s", (kind,))],
        )
        for kind, number, debits, credits, is_fact in KINDS
    ]
