"""Let a location of a processor hold money of owners at the main one, and owe it there."""

from django.db import migrations

from ledger.migrations import _functions_of_locations, _schema_functions


def _as_before(text: str) -> str:
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


CODE = "between_locations"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_late_payment_kinds")]

    operations = [
        migrations.RunSQL(
            [("INSERT INTO ledger_chartcode (code, is_guarded) VALUES (%s, false)", (CODE,))],
            [("DELETE FROM ledger_chartcode WHERE code = %s", (CODE,))],
        ),
        migrations.RunSQL(
            [
                (
                    "UPDATE ledger_kind SET debits = debits || to_jsonb(%s::text), "
                    "credits = credits || to_jsonb(%s::text) WHERE kind = 'correction'",
                    (CODE, CODE),
                )
            ],
            [
                (
                    "UPDATE ledger_kind SET debits = debits - %s, credits = credits - %s "
                    "WHERE kind = 'correction'",
                    (CODE, CODE),
                )
            ],
        ),
        migrations.RunSQL(
            [(_functions_of_locations.POST, None), (_functions_of_locations.CHECK, None)],
            [
                (_as_before(_schema_functions.POST), None),
                (_as_before(_schema_functions.CHECK), None),
            ],
        ),
    ]
