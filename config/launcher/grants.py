"""What the application's role may do with each table. It may read all of them.

May be relied on: a test holds it against the tables of a fresh database, and every other test
works with these rights alone.
"""

from typing import Final, NamedTuple

import psycopg
from psycopg import sql

from ledger import shipped


class Rights(NamedTuple):
    """What may be done with a table besides reading it."""

    inserts: bool = False
    updates: bool = False
    deletes: bool = False


NOTHING: Final = Rights()
APPENDS: Final = Rights(inserts=True)
WRITES: Final = Rights(inserts=True, updates=True)
DELETES: Final = Rights(inserts=True, updates=True, deletes=True)

TABLES: Final[dict[str, Rights]] = {
    # Money moves by the functions of the ledger alone.
    **dict.fromkeys(
        (
            "ledger_balancetransaction", "ledger_chartcode", "ledger_fold", "ledger_foldhorizon",
            "ledger_guardedbalance", "ledger_hold", "ledger_holdevent", "ledger_journalentry",
            "ledger_kind", "ledger_ledgeraccount", "ledger_location", "ledger_numbering",
            "ledger_posting", "ledger_seal", "ledger_snapshot", "ledger_snapshothorizon",
        ),
        NOTHING,
    ),
    # What people may do is said by the owner: `rialto operators`.
    **dict.fromkeys(
        (
            "accounts_user_groups", "accounts_user_user_permissions", "auth_group",
            "auth_group_permissions", "auth_permission", "django_content_type",
            "django_migrations",
        ),
        NOTHING,
    ),
    # What happened is told once.
    **dict.fromkeys(("accounts_filechunk", "django_admin_log", "webhooks_event"), APPENDS),
    **dict.fromkeys(
        (
            "accounts_account", "accounts_connection", "accounts_file", "accounts_filelink",
            "accounts_oauthapplication", "accounts_user",
            "connect_accountblock", "connect_accountlink", "connect_applicationfee",
            "connect_applicationfeerefund", "connect_capability", "connect_connectreservechange",
            "connect_exchangerate", "connect_externalaccount", "connect_locationcash",
            "connect_payout", "connect_payoutattempt", "connect_payoutprice", "connect_payoutrun",
            "connect_payoutschedule", "connect_person", "connect_sellerpayment",
            "connect_transfer", "connect_transferreversal", "connect_verification",
            "ledger_verifyrun",
            "payments_authentication", "payments_charge", "payments_confirmationtoken",
            "payments_customer", "payments_customerbalancetransaction", "payments_dispute",
            "payments_earlyfraudwarning", "payments_feeschedule", "payments_feetrueup",
            "payments_mandate", "payments_paymentintent", "payments_paymentmethod",
            "payments_paymentmethodconfiguration", "payments_receipt", "payments_refund",
            "payments_setupattempt", "payments_setupintent", "payments_token",
            "processors_bankfile", "processors_bankline", "processors_bankpayment",
            "processors_bankstatement", "processors_inboundnotice",
            "webhooks_attempt", "webhooks_delivery", "webhooks_endpoint", "webhooks_fanout",
            "webhooks_relaycursor",
        ),
        WRITES,
    ),
    # What nobody needs any more.
    **dict.fromkeys(
        (
            "accounts_apikey", "accounts_membership", "accounts_oauthaccesstoken",
            "accounts_oauthgrant", "accounts_oauthidtoken", "accounts_oauthrefreshtoken",
            "api_idempotencykey", "api_requestlog", "connect_payoutline", "django_session",
            "oauth2_provider_devicegrant", "payments_customersession", "payments_openquestion",
            "processors_simulatedrequest",
        ),
        DELETES,
    ),
}  # fmt: skip

_OWNED: Final = """
    SELECT relname::text FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
"""


def open_schema(owner: psycopg.Connection) -> None:
    """Let the application find tables, and make none.

    Args:
        owner: A connection of the tables' owner.
    """
    database = sql.Identifier(owner.info.dbname)
    with owner.transaction():
        owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        owner.execute("GRANT USAGE ON SCHEMA public TO rialto_app")
        # Of a table of its own in front of ours it could make functions read another.
        owner.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
        owner.execute("ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM rialto_app")
        owner.execute("ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO rialto_app")


def apply(owner: psycopg.Connection) -> None:
    """Give the application's role these rights and take all others from it, at one moment.

    Args:
        owner: A connection of the tables' owner, after the migrations.
    """
    with owner.transaction():
        for (table,) in owner.execute(_OWNED).fetchall():
            name = sql.Identifier(table)
            owner.execute(sql.SQL("REVOKE ALL ON {} FROM rialto_app").format(name))
            if rights := TABLES.get(table):
                owner.execute(sql.SQL("GRANT {} ON {} TO rialto_app").format(_words(rights), name))
        owner.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO rialto_app")
        for function in shipped.CALLABLE:
            # Ours, and the same text that PostgreSQL tells of it.
            text = f"GRANT EXECUTE ON FUNCTION {function} TO rialto_app"
            owner.execute(text.encode())


def _words(rights: Rights) -> sql.Composable:
    words = [sql.SQL("SELECT")]
    words += [sql.SQL("INSERT")] if rights.inserts else []
    words += [sql.SQL("UPDATE")] if rights.updates else []
    words += [sql.SQL("DELETE")] if rights.deletes else []
    return sql.SQL(", ").join(words)
