"""The application reads the ledger and posts through functions. It can do nothing else."""

from django.db import migrations

TABLES = (
    "ledgeraccount", "kind", "journalentry", "posting", "guardedbalance", "fold",
    "foldhorizon", "balancetransaction",
)  # fmt: skip

# Internal functions are nobody's to call; trigger functions run without a grant.
PRIVATE = ("ledger_open_accounts", "ledger_rebase")
PUBLIC = ("ledger_post", "ledger_fold", "ledger_system_identifier")

GRANT = f"""
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION {", ".join((*PRIVATE, *PUBLIC))} FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE ALL ON {", ".join("ledger_" + t for t in TABLES)} FROM rialto_app;
        GRANT SELECT ON {", ".join("ledger_" + t for t in TABLES)} TO rialto_app;
        GRANT EXECUTE ON FUNCTION {", ".join(PUBLIC)} TO rialto_app;
    END IF;
END
$$
"""  # noqa: S608  names of our own tables only

UNGRANT = f"""
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE ALL ON {", ".join("ledger_" + t for t in TABLES)} FROM rialto_app;
    END IF;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_kinds")]

    operations = [migrations.RunSQL(GRANT, UNGRANT)]
