"""The tables of the ledger, its functions and triggers, its chart and its kinds."""

from core.database.operations import BEFORE_OUR_TABLES, CreateModels
from django.db import migrations, models
from ledger.migrations import _schema_functions
import core.database.fields
import django.db.models.deletion
import django.db.models.expressions
import json

# As they stand in `chart.py`: code, and whether its balance is guarded.
# fmt: off
CHART = [
    ("processor", False),
    ("settlement_in_transit", False),
    ("bank", False),
    ("collections_in_transit", False),
    ("receivable", False),
    ("pending", False),
    ("available", True),
    ("reserved", True),
    ("frozen", True),
    ("payouts_in_transit", True),
    ("refunds_in_transit", True),
    ("connect_reserve", True),
    ("group_held", True),
    ("customer_balance", True),
    ("suspense", True),
    ("tax", False),
    ("accrued_fees", False),
    ("unclaimed", False),
    ("fx_position", False),
]
CODES = [code for code, _ in CHART]

# As they stand in `rules.py`:
# kind, number, debits, credits, may_overdraw, is_fact, moves_between_locations.
KINDS = [
    ("charge_captured", "3", ["processor"], ["pending", "available"], False, False, False),
    ("processor_fee", "3f", ["pending", "available"], ["processor"], True, True, False),
    ("platform_processor_fee", "4g", ["pending", "available"], ["processor"], True, True, False),
    ("destination_charge", "5", ["pending", "available"], ["pending", "available"], True, True, True),
    ("application_fee", "5a", ["pending", "available"], ["pending", "available"], True, True, True),
    ("destination_transfer", "6", ["pending", "available"], ["pending", "available"], True, True, True),
    ("payment_failed", "9", ["pending", "available"], ["processor"], True, True, False),
    ("maturation", "10", ["pending"], ["available"], False, False, False),
    ("fee_true_up", "11", ["pending", "available"], ["processor"], True, True, False),
    ("fee_true_up_returned", "11l", ["processor"], ["pending", "available"], False, False, False),
    ("transfer", "16", ["available"], ["available"], False, False, True),
    ("transfer_from_source", "17", ["pending", "available"], ["pending", "available"], False, False, True),
    ("transfer_of_source_fee", "17f", ["pending", "available"], ["pending", "available"], True, False, True),
    ("exchanged_transfer", "20", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], False, False, False),
    ("exchanged_fee", "20a", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], True, True, False),
    ("exchanged_share", "20d", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], True, True, False),
    ("exchanged_source_fee", "20f", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], True, False, False),
    ("exchange_margin", "20m", ["pending", "available"], ["pending", "available"], False, False, True),
    ("transfer_reversal", "21", ["pending", "available"], ["pending", "available"], False, False, True),
    ("reversal_fee_refund", "22", ["pending", "available"], ["pending", "available"], True, True, True),
    ("exchanged_transfer_reversal", "23", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], False, False, False),
    ("account_debit", "26", ["available"], ["available"], False, False, True),
    ("refund_reserved", "27", ["pending", "available"], ["refunds_in_transit"], True, False, False),
    ("refund_confirmed", "28", ["refunds_in_transit"], ["processor"], False, False, False),
    ("refund_transfer_reversal", "32", ["pending", "available"], ["pending", "available"], True, True, True),
    ("refund_exchanged_reversal", "32x", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], True, True, False),
    ("application_fee_refund", "33", ["pending", "available"], ["pending", "available"], True, True, True),
    ("exchanged_fee_refund", "33x", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], True, True, False),
    ("processor_fee_returned", "36", ["processor"], ["pending", "available"], False, False, False),
    ("processor_fee_retaken", "36r", ["pending", "available"], ["processor"], True, True, False),
    ("refund_canceled", "37", ["refunds_in_transit"], ["pending", "available"], False, False, False),
    ("refund_failed", "38", ["processor"], ["available"], False, False, False),
    ("refund_fee_restored", "38a", ["pending", "available"], ["pending", "available"], True, True, True),
    ("refund_transfer_restored", "38t", ["pending", "available"], ["pending", "available"], True, True, True),
    ("refund_exchanged_restored", "38x", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], True, True, False),
    ("refund_exchanged_fee_restored", "38y", ["pending", "available", "fx_position"], ["pending", "available", "fx_position"], True, True, False),
    ("refund_made_outside", "40", ["pending", "available"], ["processor"], True, True, False),
    ("refund_exchange_difference", "41", ["pending", "available", "refunds_in_transit"], ["processor", "pending", "available"], True, True, False),
    ("dispute_withdrawn", "43", ["pending", "available"], ["processor"], True, True, False),
    ("dispute_fee", "43f", ["pending", "available"], ["processor"], True, True, False),
    ("dispute_reinstated", "46w", ["processor"], ["available"], False, False, False),
    ("negative_balance_covered", "47", ["available", "connect_reserve"], ["available"], False, False, True),
    ("connect_reserve_raised", "48", ["available"], ["connect_reserve"], False, False, False),
    ("connect_reserve_lowered", "48l", ["connect_reserve"], ["available"], False, False, False),
    ("payout_created", "61", ["available"], ["payouts_in_transit"], False, False, False),
    ("payout_fee", "62", ["available"], ["available"], False, False, True),
    ("payout_fee_returned", "62r", ["available"], ["available"], True, True, True),
    ("payout_canceled", "65", ["payouts_in_transit"], ["available"], False, False, False),
    ("payout_confirmed", "66", ["payouts_in_transit"], ["bank"], False, False, False),
    ("payout_confirmed_by_processor", "66p", ["payouts_in_transit"], ["processor"], False, False, False),
    ("payout_returned", "67", ["bank", "processor"], ["available"], False, False, False),
    ("payout_return_cost", "68", ["available"], ["available"], True, True, True),
    ("correction", "80", CODES, CODES, True, True, True),
    ("fx_position_closed", "81", ["bank", "processor", "fx_position"], ["bank", "processor", "fx_position"], False, True, False),
    ("fx_result", "81r", ["fx_position", "available"], ["available", "fx_position"], True, True, False),
]
# fmt: on

STORAGE = (
    # A balance row is updated in place: leave room, and index no column that changes.
    "ALTER TABLE ledger_guardedbalance SET (fillfactor = 50)",
    # The folder and the sealer read the newest transactions only, which lie at the tables' end.
    "CREATE INDEX posting_by_xid ON ledger_posting USING brin (xid) "
    "WITH (pages_per_range = 16, autosummarize = on)",
    "CREATE INDEX entry_by_xid ON ledger_journalentry USING brin (xid) "
    "WITH (pages_per_range = 16, autosummarize = on)",
)

ROWS = (
    (
        "INSERT INTO ledger_foldhorizon (id, horizon, base_posting_id, system_identifier, folded_at) "
        "VALUES (1, 0, 0, ledger_system_identifier(), now())",
        None,
    ),
    (
        "INSERT INTO ledger_snapshothorizon (id, next_posting_id, system_identifier) "
        "VALUES (1, 0, ledger_system_identifier())",
        None,
    ),
    *(("INSERT INTO ledger_chartcode (code, is_guarded) VALUES (%s, %s)", row) for row in CHART),
    *(
        (
            "INSERT INTO ledger_kind (kind, number, debits, credits, may_overdraw, is_fact, "
            "moves_between_locations) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (kind, number, json.dumps(debits), json.dumps(credits), *rest),
        )
        for kind, number, debits, credits, *rest in KINDS
    ),
)

# The application reads the ledger and posts through functions. It can do nothing else. Internal
# functions are nobody's to call (no caller may say what time it is); trigger functions run
# without a grant.
TABLES = (
    "ledger_balancetransaction", "ledger_chartcode", "ledger_fold", "ledger_foldhorizon",
    "ledger_guardedbalance", "ledger_hold", "ledger_holdevent", "ledger_journalentry",
    "ledger_kind", "ledger_ledgeraccount", "ledger_limitchange", "ledger_location",
    "ledger_numbering", "ledger_posting", "ledger_seal", "ledger_snapshot",
    "ledger_snapshothorizon",
)  # fmt: skip
PRIVATE = (
    "ledger_close_days", "ledger_open_accounts", "ledger_rebase", "ledger_write_snapshots",
)  # fmt: skip
PUBLIC = (
    "ledger_broken_seals", "ledger_fold", "ledger_hold", "ledger_leaf", "ledger_lock_balances",
    "ledger_place", "ledger_post", "ledger_resolve_hold", "ledger_seal", "ledger_seal_head",
    "ledger_seal_root", "ledger_set_negative_limit", "ledger_system_identifier",
    "ledger_take_snapshots",
)  # fmt: skip
GRANT = f"""
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION {", ".join((*PRIVATE, *PUBLIC))} FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE ALL ON {", ".join(TABLES)} FROM rialto_app;
        GRANT SELECT ON {", ".join(TABLES)} TO rialto_app;
        GRANT EXECUTE ON FUNCTION {", ".join(PUBLIC)} TO rialto_app;
    END IF;
END
$$
"""


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release, in one.
    replaces = [
        ("ledger", "0001_initial"),
        ("ledger", "0002_functions"),
        ("ledger", "0003_kinds"),
        ("ledger", "0004_grants"),
        ("ledger", "0005_fewer_indexes"),
        ("ledger", "0006_whole_chart"),
        ("ledger", "0007_holds"),
        ("ledger", "0008_seals"),
        ("ledger", "0009_verify_runs"),
        ("ledger", "0010_snapshots"),
        ("ledger", "0011_numberings"),
        ("ledger", "0012_refund_kinds"),
        ("ledger", "0013_dispute_kinds"),
        ("ledger", "0014_payment_failure_kind"),
        ("ledger", "0015_direct_kinds"),
        ("ledger", "0016_payout_kinds"),
        ("ledger", "0017_cover_kind"),
        ("ledger", "0018_cover_from_reserve"),
        ("ledger", "0019_payout_fee_kinds"),
        ("ledger", "0020_source_fee_kind"),
        ("ledger", "0021_reversal_fee_refund_is_a_fact"),
        ("ledger", "0022_account_debit_kind"),
        ("ledger", "0023_exchanged_share_kinds"),
        ("ledger", "0024_kept_runs"),
        ("ledger", "0025_exchanged_fee_kinds"),
        ("ledger", "0026_limit_changes"),
        ("ledger", "0001_schema"),
        ("ledger", "0002_reversed_once"),
        ("ledger", "0003_more_sorted_by_time"),
        ("ledger", "0004_words_for_people"),
        ("ledger", "0001_squashed"),
        ("ledger", "0005_snapshots_by_day"),
        ("ledger", "0006_runs_asked_for"),
    ]

    dependencies = [("accounts", "0001_baseline"), *BEFORE_OUR_TABLES]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="ChartCode",
                    fields=[
                        (
                            "code",
                            models.CharField(max_length=40, primary_key=True, serialize=False),
                        ),
                        ("is_guarded", models.BooleanField()),
                    ],
                ),
                migrations.CreateModel(
                    name="LedgerAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("owner", core.database.fields.ReferenceField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("livemode", models.BooleanField()),
                        ("is_guarded", models.BooleanField()),
                        (
                            "location",
                            core.database.fields.ReferenceField(db_default="main", default="main"),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("owner", "code", "currency", "livemode"),
                                name="one_ledger_account_per_owner",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Fold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("available_on", models.DateField()),
                        ("total", models.DecimalField(decimal_places=0, max_digits=38)),
                        ("posting_count", models.BigIntegerField(default=0)),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.ledgeraccount",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "available_on"),
                                name="one_fold_per_account_and_day",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="hold", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("source", core.database.fields.ReferenceField(unique=True)),
                        ("request_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="holds",
                                to="ledger.ledgeraccount",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("expires_at__isnull", False)),
                                fields=["expires_at"],
                                name="hold_by_expiry",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="a_hold_holds_something"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="JournalEntry",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="je", primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("source", core.database.fields.ReferenceField()),
                        ("group", core.database.fields.ReferenceField()),
                        ("livemode", models.BooleanField()),
                        ("fingerprint", models.BinaryField(max_length=16)),
                        ("posted_at", models.DateTimeField()),
                        ("effective_at", models.DateTimeField()),
                        ("request_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "xid",
                            models.BigIntegerField(
                                db_default=django.db.models.expressions.RawSQL(
                                    "(pg_current_xact_id()::text::bigint)", ()
                                ),
                                editable=False,
                            ),
                        ),
                        (
                            "reverses",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "journal entries",
                        "indexes": [models.Index(fields=["group"], name="entry_by_group")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "kind"), name="one_entry_per_source_and_kind"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("reverses__isnull", False)),
                                fields=("reverses",),
                                name="an_entry_is_reversed_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Kind",
                    fields=[
                        (
                            "kind",
                            models.CharField(max_length=40, primary_key=True, serialize=False),
                        ),
                        ("number", models.CharField(max_length=8)),
                        ("debits", models.JSONField()),
                        ("credits", models.JSONField()),
                        ("may_overdraw", models.BooleanField()),
                        ("is_fact", models.BooleanField(default=False)),
                        ("moves_between_locations", models.BooleanField(default=False)),
                    ],
                ),
                migrations.CreateModel(
                    name="LimitChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("before", core.database.fields.AmountField()),
                        ("after", core.database.fields.AmountField()),
                        ("changed_by", models.CharField(max_length=320)),
                        ("changed_at", models.DateTimeField()),
                        ("xid", models.BigIntegerField()),
                        ("base_posting_id", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="limit_changes",
                                to="ledger.ledgeraccount",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Location",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("owner", core.database.fields.ReferenceField()),
                        ("livemode", models.BooleanField()),
                        ("location", core.database.fields.ReferenceField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("owner", "livemode"), name="one_location_per_owner"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Numbering",
                    fields=[
                        (
                            "base_posting_id",
                            models.BigIntegerField(primary_key=True, serialize=False),
                        ),
                        ("system_identifier", models.CharField(max_length=24)),
                        ("began_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Posting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("available_on", models.DateField(blank=True, null=True)),
                        ("lot", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("account_seq", models.BigIntegerField(blank=True, null=True)),
                        ("balance_after", core.database.fields.AmountField(blank=True, null=True)),
                        (
                            "xid",
                            models.BigIntegerField(
                                db_default=django.db.models.expressions.RawSQL(
                                    "(pg_current_xact_id()::text::bigint)", ()
                                ),
                                editable=False,
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="postings",
                                to="ledger.ledgeraccount",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="postings",
                                to="ledger.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "xid"], name="posting_by_account_and_xid"
                            ),
                            models.Index(fields=["account", "-id"], name="posting_by_account"),
                            models.Index(
                                condition=models.Q(("lot__isnull", False)),
                                fields=["lot", "account"],
                                name="posting_by_lot",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="a_posting_moves_something",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("account_seq__isnull", False)),
                                fields=("account", "account_seq"),
                                name="guarded_postings_are_numbered_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Seal",
                    fields=[
                        ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("base_posting_id", models.BigIntegerField()),
                        ("from_xid", models.BigIntegerField()),
                        ("until_xid", models.BigIntegerField()),
                        ("entry_count", models.BigIntegerField()),
                        ("root", models.BinaryField(max_length=32)),
                        ("previous", models.BinaryField(max_length=32)),
                        ("head", models.BinaryField(max_length=32)),
                        ("sealed_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["base_posting_id", "from_xid"], name="seal_by_start"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Snapshot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("closing_balance", models.DecimalField(decimal_places=0, max_digits=38)),
                        ("posting_count", models.BigIntegerField()),
                        ("first_posting_id", models.BigIntegerField()),
                        ("last_posting_id", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="ledger.ledgeraccount",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "day"), name="one_snapshot_per_account_day"
                            )
                        ],
                        "indexes": [models.Index(fields=["day"], name="snapshot_by_day")],
                    },
                ),
                migrations.CreateModel(
                    name="SnapshotHorizon",
                    fields=[
                        ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                        ("closed_through", models.DateField(blank=True, null=True)),
                        ("next_posting_id", models.BigIntegerField(default=0)),
                        ("waiting_through", models.DateField(blank=True, null=True)),
                        ("fence", models.BigIntegerField(blank=True, null=True)),
                        ("fence_posting_id", models.BigIntegerField(blank=True, null=True)),
                        ("system_identifier", models.CharField(max_length=24)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)), name="one_snapshot_horizon"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VerifyRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("began_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("since", models.DateTimeField(blank=True, null=True)),
                        ("check_count", models.PositiveIntegerField(default=0)),
                        ("finding_count", models.PositiveIntegerField(default=0)),
                        ("findings", models.JSONField(blank=True, default=list)),
                        ("seal_head", models.CharField(blank=True, max_length=64)),
                        ("asked_by", models.CharField(blank=True, db_default="", max_length=320)),
                        ("is_waiting", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "get_latest_by": "began_at",
                    },
                ),
                migrations.CreateModel(
                    name="BalanceTransaction",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="txn", primary_key=True, serialize=False
                            ),
                        ),
                        ("type", models.CharField(max_length=40)),
                        ("amount", core.database.fields.AmountField()),
                        ("fee", core.database.fields.AmountField()),
                        ("net", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("source", core.database.fields.ReferenceField()),
                        ("description", models.TextField(blank=True, null=True)),
                        ("fee_details", models.JSONField(default=list)),
                        ("available_on", models.DateField()),
                        (
                            "exchange_rate",
                            models.DecimalField(
                                blank=True,
                                decimal_places=12,
                                editable=False,
                                max_digits=24,
                                null=True,
                            ),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="lines",
                                to="ledger.journalentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"],
                                name="balance_transaction_by_account",
                            ),
                            models.Index(fields=["source"], name="balance_transaction_by_source"),
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="balance_transaction_by_time",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "net",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("amount"), "-", models.F("fee")
                                        ),
                                    )
                                ),
                                name="net_is_amount_less_fee",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FoldHorizon",
                    fields=[
                        ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                        ("horizon", models.BigIntegerField()),
                        ("base_posting_id", models.BigIntegerField(default=0)),
                        ("system_identifier", models.CharField(max_length=24)),
                        ("folded_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)), name="there_is_one_fold_horizon"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GuardedBalance",
                    fields=[
                        (
                            "account",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                serialize=False,
                                to="ledger.ledgeraccount",
                            ),
                        ),
                        ("posted", core.database.fields.AmountField(default=0)),
                        ("held", core.database.fields.AmountField(default=0)),
                        ("floor", core.database.fields.AmountField(default=0)),
                        ("version", models.BigIntegerField(default=0)),
                        (
                            "negative_limit",
                            core.database.fields.AmountField(
                                db_default=1000000000000, default=1000000000000
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "posted__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("floor"), "+", models.F("held")
                                        ),
                                    )
                                ),
                                name="balance_stays_above_its_floor",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("held__gte", 0)), name="held_is_not_negative"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HoldEvent",
                    fields=[
                        (
                            "hold",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="resolution",
                                serialize=False,
                                to="ledger.hold",
                            ),
                        ),
                        ("kind", models.CharField(max_length=10)),
                        ("captured_amount", core.database.fields.AmountField(default=0)),
                        ("entry_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ["captured", "expired", "released"])
                                ),
                                name="a_hold_ends_in_a_known_way",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("captured_amount__gte", 0)),
                                name="a_hold_gives_no_less_than_nothing",
                            ),
                        ],
                    },
                ),
            ],
        ),
        # A body has percent signs of its own, so it goes without parameters.
        migrations.RunSQL([(text, None) for text in _schema_functions.ALL]),
        migrations.RunSQL([(text, None) for text in STORAGE]),
        migrations.RunSQL(list(ROWS)),
        migrations.RunSQL([(GRANT, None)]),
    ]
