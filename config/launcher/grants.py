"""What the application's role may do with each table. It may read all of them.

Of a table in partitions these are the rights on the whole; on a partition by itself there are none.

May be relied on: a test holds it against the tables of a fresh database, and every other test
works with these rights alone.
"""

from typing import Final, NamedTuple

import psycopg
from psycopg import sql

from ledger.audit import schema_manifest


class Rights(NamedTuple):
    """The rights on a table besides reading.

    Args:
        inserts: Rows can be added.
        updates: Columns can be changed,
        keeps: but these, which stay as they were inserted.
        deletes: Rows can be taken out.
    """

    inserts: bool = False
    updates: bool = False
    keeps: tuple[str, ...] = ()
    deletes: bool = False


NOTHING: Final = Rights()
APPENDS: Final = Rights(inserts=True)
WRITES: Final = Rights(inserts=True, updates=True)
DELETES: Final = Rights(inserts=True, updates=True, deletes=True)


def _keeping(*columns: str) -> Rights:
    return Rights(inserts=True, updates=True, keeps=("id", *columns))


# Whose it is, in which mode, and how much.
_SUM: Final = ("account_id", "livemode", "amount", "currency", "created_at")

TABLES: Final[dict[str, Rights]] = {
    # Money moves by the functions of the ledger alone.
    **dict.fromkeys(
        (
            "ledger_balancetransaction", "ledger_chartcode", "ledger_fold", "ledger_foldhorizon",
            "ledger_guardedbalance", "ledger_hold", "ledger_holdevent", "ledger_journalentry",
            "ledger_kind", "ledger_ledgeraccount", "ledger_limitchange", "ledger_location",
            "ledger_numbering", "ledger_posting", "ledger_seal", "ledger_snapshot",
            "ledger_snapshothorizon",
        ),
        NOTHING,
    ),
    # What people may do is said by the owner: `rialto operators`.
    **dict.fromkeys(
        (
            "accounts_rolechange", "accounts_user_groups", "accounts_user_user_permissions",
            "auth_group", "auth_group_permissions", "auth_permission", "django_content_type",
            "django_migrations", "accounts_invitation", "account_emailaddress",
            "account_emailconfirmation",
        ),
        NOTHING,
    ),
    # What happened is told once.
    **dict.fromkeys(
        (
            "accounts_auditevent", "accounts_auditleaf", "accounts_auditseal", "api_requestlog",
            "console_drill", "console_note",
        ),
        APPENDS,
    ),
    # The audit trail has what it had.
    "django_admin_log": NOTHING,
    # Who it happened to can be forgotten; that it happened, to what and when, cannot.
    "webhooks_event": _keeping(
        "account_id", "livemode", "type", "object_id", "api_version", "request_id",
        "idempotency_key", "created_at", "xid",
    ),
    "webhooks_body": Rights(
        inserts=True, updates=True, keeps=("event_id", "key", "created_at")
    ),
    **dict.fromkeys(
        (
            "accounts_account", "accounts_connection", "accounts_file", "accounts_filelink",
            "accounts_oauthapplication", "accounts_user", "api_idempotencykey",
            "connect_accountblock",
            "connect_accountlink", "connect_capability", "connect_exchangerate",
            "connect_externalaccount", "connect_locationcash", "connect_payoutprice",
            "connect_payoutrun", "connect_payoutschedule", "connect_person",
            "connect_sealedtoken", "connect_accountrequirements", "payments_authentication",
            "payments_confirmationtoken",
            "payments_customer", "payments_earlyfraudwarning", "payments_feeschedule",
            "payments_feetrueup", "payments_guesterasure", "payments_mandate",
            "payments_paymentintent", "payments_paymentmethod",
            "payments_paymentmethodconfiguration", "payments_paymentmethoddomain",
            "payments_receipt", "payments_setupattempt", "payments_setupintent", "payments_token",
            "processors_bankline", "processors_bankpayment", "processors_bankstatement",
            "processors_inboundnotice", "processors_routingbreaker", "processors_routingtallies",
            "processors_settlementline", "processors_toldevent",
            "webhooks_attempt", "webhooks_delivery", "webhooks_endpoint", "webhooks_fanout",
            "webhooks_relaycursor", "webhooks_resend", "webhooks_shard",
        ),
        WRITES,
    ),
    # What money was asked for, and who decided, stays as it was.
    "accounts_approvalrequest": _keeping(
        "action", "account_id", "parameters", "facts", "sha256", "summary", "summaries", "currency",
        "amount", "limited_amount", "livemode", "rule_id", "above_amount", "requested_by_id",
        "requested_by_email", "reason", "created_at", "expires_at",
    ),
    "accounts_letter": _keeping(
        "account_id", "occurrence", "email", "subject", "body", "created_at"
    ),
    **dict.fromkeys(("console_clearingage", "console_countedday"), WRITES),
    "console_export": _keeping("user_id", "page", "query", "selection", "created_at"),
    # What a payer was shown to pay stays as it was.
    "checkout_coupon": _keeping(
        "account_id", "livemode", "public_id", "percent_off_bps", "amount_off", "currency",
        "product_ids", "created_at",
    ),
    "checkout_paymentlink": _keeping(
        "account_id", "livemode", "token", "currency", "platform_id", "created_at"
    ),
    "checkout_price": _keeping(
        "account_id", "livemode", "product_id", "currency", "unit_amount", "unit_amount_decimal",
        "custom_unit_amount", "recurring", "transform_quantity", "created_at",
    ),
    "checkout_promotioncode": _keeping(
        "account_id", "livemode", "coupon_id", "code", "customer_id", "created_at"
    ),
    "checkout_shippingrate": _keeping(*_SUM),
    "checkout_taxrate": _keeping(
        "account_id", "livemode", "percentage_ppm", "is_inclusive", "created_at"
    ),
    "connect_applicationfee": _keeping(*_SUM),
    "connect_applicationfeerefund": _keeping("fee_id", "amount", "created_at"),
    "connect_connectreservechange": APPENDS,
    "connect_payout": _keeping(*_SUM, "destination_id", "is_automatic"),
    "connect_payoutattempt": _keeping("payout_id", "number", "sent_at"),
    "connect_sellerpayment": _keeping(*_SUM),
    "connect_transfer": _keeping(*_SUM, "destination_id"),
    "connect_transferreversal": _keeping("transfer_id", "amount", "created_at"),
    "ledger_verifyrun": _keeping("began_at", "asked_by"),
    "payments_charge": _keeping(*_SUM, "processor"),
    "payments_customerbalancetransaction": _keeping(*_SUM),
    "payments_dispute": _keeping("account_id", "livemode", "charge_id", "currency"),
    "payments_refund": _keeping(*_SUM, "charge_id"),
    "payments_unappliedpayment": _keeping(*_SUM, "charge_id"),
    # What an account is called, and where its money is, stays.
    "connect_treasurymove": _keeping(
        "livemode", "amount", "currency", "source", "target", "is_source_bank", "is_target_bank",
        "recorded_by", "created_at",
    ),
    "processors_processoraccount": Rights(
        inserts=True, updates=True, keeps=("name", "kind", "livemode", "created_at")
    ),
    "accounts_configurationversion": Rights(updates=True, keeps=("id",)),
    # What was seen stays as it was.
    "accounts_securityalarm": _keeping(
        "account_id", "livemode", "detector", "subject", "threshold", "created_at"
    ),
    "accounts_securitybaseline": WRITES,
    "accounts_securityplace": DELETES,
    "processors_livepayments": Rights(updates=True, keeps=("id",)),
    "processors_bankfile": _keeping(
        "kind", "name", "content", "sha256", "livemode", "payment_count", "total_amount",
        "execution_date", "made_by", "requester_id", "created_at",
    ),
    # What nobody needs any more.
    **dict.fromkeys(
        (
            "mfa_authenticator", "accounts_apikey", "accounts_approvalrule", "accounts_filechunk",
            "accounts_keyuse", "accounts_membership",
            "console_exportchunk", "console_hourlyfigure", "console_savedfilter",
            "accounts_oauthaccesstoken", "accounts_oauthgrant",
            "accounts_oauthidtoken", "accounts_oauthpushedrequest", "accounts_oauthrefreshtoken",
            "checkout_checkoutsession", "checkout_checkoutsessionline", "checkout_product",
            "connect_payoutline", "accounts_session",
            "oauth2_provider_devicegrant", "payments_applepaydomain", "payments_customersession",
            "payments_instrument", "payments_payeraction", "payments_taxid",
            "payments_unresolvedrequest", "processors_simulatedrequest",
            "processors_reportedbalance", "processors_routingruleset", "webhooks_engine",
            "api_heartbeat",
        ),
        DELETES,
    ),
}  # fmt: skip

# What writes invitations, and makes an operator of one; what makes and drops partitions.
_CALLABLE: Final = (
    "accounts_accept_invitation(p_digest text, p_user text, p_name text, p_password text)",
    "accounts_invite(p_id text, p_email text, p_role text, p_digest text, p_by text, "
    "p_seconds integer)",
    "accounts_withdraw_invitation(p_id text)",
    "core_drop_partitions(p_table text, p_before timestamp with time zone)",
    "core_make_partitions(p_table text, p_until timestamp with time zone)",
    "core_stray_rows(p_table text)",
)

_OWNED: Final = """
    SELECT relname::text FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
"""
_COLUMNS: Final = """
    SELECT attname::text FROM pg_attribute
    WHERE attrelid = ('public.' || quote_ident(%s))::regclass AND attnum > 0 AND NOT attisdropped
"""
_FUNCTIONS: Final = """
    SELECT proname || '(' || pg_get_function_identity_arguments(oid) || ')' FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
"""


def open_schema(owner: psycopg.Connection) -> None:
    """Let the application use the schema, and create nothing in it.

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
    """Grant the application's role these rights and revoke all others, in one transaction.

    Args:
        owner: A connection of the tables' owner, after the migrations.
    """
    with owner.transaction():
        for (table,) in owner.execute(_OWNED).fetchall():
            name = sql.Identifier(table)
            owner.execute(sql.SQL("REVOKE ALL ON {} FROM rialto_app").format(name))
            if rights := TABLES.get(table):
                words = _words(rights, _columns(owner, table))
                owner.execute(sql.SQL("GRANT {} ON {} TO rialto_app").format(words, name))
        owner.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO rialto_app")
        # Another is granted by the migration that makes it, until it is written down.
        there = {name for (name,) in owner.execute(_FUNCTIONS).fetchall()}
        for function in there.intersection((*schema_manifest.CALLABLE, *_CALLABLE)):
            # The same text that PostgreSQL tells of it.
            owner.execute(f"GRANT EXECUTE ON FUNCTION {function} TO rialto_app".encode())


def _columns(owner: psycopg.Connection, table: str) -> list[str]:
    return [name for (name,) in owner.execute(_COLUMNS, [table]).fetchall()]


def _words(rights: Rights, columns: list[str]) -> sql.Composable:
    if unknown := set(rights.keeps).difference(columns):
        raise KeyError(f"No such columns are to be kept: {sorted(unknown)}")
    words: list[sql.Composable] = [sql.SQL("SELECT")]
    words += [sql.SQL("INSERT")] if rights.inserts else []
    words += [sql.SQL("DELETE")] if rights.deletes else []
    if rights.updates:
        changed = [sql.Identifier(name) for name in columns if name not in rights.keeps]
        some = sql.SQL("UPDATE ({})").format(sql.SQL(", ").join(changed))
        words += [some if rights.keeps else sql.SQL("UPDATE")]
    return sql.SQL(", ").join(words)
