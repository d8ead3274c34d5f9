import json

from django.db import migrations

# What a processor takes or gives for itself.
SIDES = (
    json.dumps(["pending", "available", "processor"]),
    json.dumps(["processor", "pending", "available"]),
)
INSERT = (
    "INSERT INTO ledger_kind (kind, number, debits, credits, may_overdraw, is_fact, "
    "moves_between_locations) VALUES ('processor_adjustment', '78', %s, %s, true, true, false)"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_custody_kinds")]

    operations = [
        migrations.RunSQL(
            [(INSERT, SIDES)], ["DELETE FROM ledger_kind WHERE kind = 'processor_adjustment'"]
        )
    ]
