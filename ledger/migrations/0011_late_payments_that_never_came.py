import json

from django.db import migrations

INSERT = (
    "INSERT INTO ledger_kind (kind, number, debits, credits, may_overdraw, is_fact, "
    "moves_between_locations) VALUES (%s, %s, %s, %s, false, true, false)"
)
KIND = "late_payment_never_came"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_owing_locations")]

    operations = [
        migrations.RunSQL(
            [(INSERT, (KIND, "75n", json.dumps(["suspense"]), json.dumps(["processor"])))],
            [("DELETE FROM ledger_kind WHERE kind = %s", (KIND,))],
        )
    ]
