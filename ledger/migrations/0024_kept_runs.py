"""A check of the books that has ended is not rewritten, and no function is led astray by names."""

from django.db import migrations

FUNCTIONS = (
    "ledger_refuse()",
    "ledger_seal_head(bigint, bigint, bigint, bigint, bigint, bytea, bytea)",
    "ledger_system_identifier()",
)
TRIGGER = """
CREATE TRIGGER a_run_ends_once BEFORE UPDATE ON ledger_verifyrun FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION ledger_refuse()
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0023_exchanged_share_kinds")]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER FUNCTION {function} SET search_path = public, pg_temp",
                f"ALTER FUNCTION {function} RESET search_path",
            )
            for function in FUNCTIONS
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER a_run_ends_once ON ledger_verifyrun"),
    ]
