import json

from django.db import migrations

# What moves money of ours between processors and banks.
KINDS = (
    ("settlement_sent", "72", ["settlement_in_transit"], ["processor"]),
    ("settlement_received", "72b", ["bank"], ["settlement_in_transit"]),
    ("treasury_move_sent", "73", ["settlement_in_transit"], ["bank", "processor"]),
    ("treasury_move_received", "73b", ["bank", "processor"], ["settlement_in_transit"]),
)
INSERT = (
    "INSERT INTO ledger_kind (kind, number, debits, credits, may_overdraw, is_fact, "
    "moves_between_locations) VALUES (%s, %s, %s, %s, false, true, false)"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_baseline")]

    operations = [
        migrations.RunSQL(
            [(INSERT, (kind, number, json.dumps(debits), json.dumps(credits)))],
            [("DELETE FROM ledger_kind WHERE kind = %s", (kind,))],
        )
        for kind, number, debits, credits in KINDS
    ]
