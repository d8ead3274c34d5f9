"""The tables of accounts' verification, transfers, fees and payouts."""

from core.database.operations import BEFORE_OUR_TABLES, CreateModels
from django.db import migrations, models
import connect.states
import core.database.fields
import core.database.finding
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release, in one.
    replaces = [
        ("connect", "0001_initial"),
        ("connect", "0002_payment_refunds"),
        ("connect", "0003_fewer_indexes"),
        ("connect", "0004_restored"),
        ("connect", "0005_payouts"),
        ("connect", "0006_reserve_changes"),
        ("connect", "0007_verification"),
        ("connect", "0008_exchange_rates"),
        ("connect", "0009_payout_prices"),
        ("connect", "0010_location_cash"),
        ("connect", "0011_ended_links"),
        ("connect", "0012_payout_holds"),
        ("connect", "0013_stranded_currencies"),
        ("connect", "0014_typed_tokens"),
        ("connect", "0015_exchanged_fees"),
        ("connect", "0016_sorted_by_time"),
        ("connect", "0001_schema"),
        ("connect", "0002_payout_attempt_columns"),
        ("connect", "0003_account_requirements"),
        ("connect", "0004_more_sorted_by_time"),
        ("connect", "0005_words_for_people"),
        ("connect", "0006_found_by_operators"),
        ("connect", "0001_squashed"),
        ("connect", "0002_treasury_moves"),
    ]

    dependencies = [("accounts", "0001_baseline"), *BEFORE_OUR_TABLES]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="ApplicationFee",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="fee", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("amount_refunded", core.database.fields.AmountField(default=0)),
                        ("currency", core.database.fields.CurrencyField()),
                        ("payment_amount", core.database.fields.AmountField(blank=True, null=True)),
                        ("payment_amount_refunded", core.database.fields.AmountField(default=0)),
                        (
                            "payment_currency",
                            core.database.fields.CurrencyField(blank=True, null=True),
                        ),
                        ("charge_id", core.database.fields.ReferenceField()),
                        (
                            "originating_transaction",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("available_on", models.DateField(blank=True, null=True)),
                        ("balance_transaction_id", core.database.fields.ReferenceField()),
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
                            "seller",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="application_fee_by_time",
                            ),
                            models.Index(fields=["charge_id"], name="application_fee_by_charge"),
                            models.Index(
                                condition=models.Q(("originating_transaction__isnull", False)),
                                fields=["originating_transaction"],
                                name="application_fee_by_origin",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="fee_amount_is_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_refunded__gte", 0),
                                    ("amount_refunded__lte", models.F("amount")),
                                ),
                                name="no_more_of_a_fee_is_refunded_than_taken",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("payment_amount_refunded__gte", 0),
                                    (
                                        "payment_amount_refunded__lte",
                                        django.db.models.functions.comparison.Coalesce(
                                            models.F("payment_amount"), 0
                                        ),
                                    ),
                                ),
                                name="no_more_of_a_fee_is_returned_than_given",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApplicationFeeRefund",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="fr", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("payment_amount", core.database.fields.AmountField(blank=True, null=True)),
                        (
                            "source_refund_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("balance_transaction_id", core.database.fields.ReferenceField()),
                        ("created_at", models.DateTimeField()),
                        ("restored_at", models.DateTimeField(blank=True, null=True)),
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
                            "fee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="connect.applicationfee",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="fee_refund_amount_is_positive",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Capability",
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
                        ("livemode", models.BooleanField()),
                        ("name", models.CharField(max_length=60)),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=connect.states.CapabilityStatus["INACTIVE"]
                            ),
                        ),
                        ("is_requested", models.BooleanField(default=False)),
                        ("requested_at", models.DateTimeField(blank=True, null=True)),
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
                    ],
                    options={
                        "verbose_name_plural": "capabilities",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["active", "inactive", "pending", "restricted"])
                                ),
                                name="capability_status_is_known",
                            ),
                            models.UniqueConstraint(
                                fields=("account", "livemode", "name"),
                                name="one_capability_of_a_name",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConnectReserveChange",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="crsv", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("balance_transaction_id", core.database.fields.ReferenceField()),
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
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"],
                                name="reserve_change_by_account",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True),
                                name="a_reserve_change_changes_something",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExchangeRate",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="fxrate", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "sold",
                            core.database.fields.CurrencyField(
                                help_text="What the platform gives, such as usd."
                            ),
                        ),
                        (
                            "bought",
                            core.database.fields.CurrencyField(
                                help_text="What the seller gets, such as eur."
                            ),
                        ),
                        (
                            "rate",
                            models.DecimalField(
                                decimal_places=12,
                                help_text="How much of the second one of the first is, such as 0.92 euros for a dollar.",
                                max_digits=24,
                            ),
                        ),
                        (
                            "starts_at",
                            models.DateTimeField(
                                default=django.utils.timezone.now,
                                help_text="For transfers that are made from then on (UTC).",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rate__gt", 0),
                                    models.Q(("sold", models.F("bought")), _negated=True),
                                ),
                                name="exchange_rate_is_sane",
                                violation_error_message="The rate is above zero, between two currencies.",
                            ),
                            models.UniqueConstraint(
                                fields=("sold", "bought", "starts_at"),
                                name="one_rate_per_pair_and_start",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExternalAccount",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="", primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=connect.states.ExternalAccountStatus["NEW"]
                            ),
                        ),
                        ("country", models.CharField(max_length=2)),
                        ("currency", core.database.fields.CurrencyField()),
                        ("is_default", models.BooleanField(default=False)),
                        ("holder_name", models.CharField(blank=True, max_length=200, null=True)),
                        ("holder_type", models.CharField(blank=True, max_length=12, null=True)),
                        ("last4", models.CharField(max_length=4)),
                        ("fingerprint", models.CharField(max_length=16)),
                        ("sealed_number", models.BinaryField()),
                        ("is_iban", models.BooleanField(default=False)),
                        ("routing_number", models.CharField(blank=True, max_length=20, null=True)),
                        ("bank_name", models.CharField(blank=True, max_length=200, null=True)),
                        ("account_type", models.CharField(blank=True, max_length=20, null=True)),
                        ("brand", models.CharField(blank=True, max_length=20, null=True)),
                        ("exp_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("exp_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("address", models.JSONField(blank=True, default=dict)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("held_until", models.DateTimeField(blank=True, null=True)),
                        ("hold_told_at", models.DateTimeField(blank=True, null=True)),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
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
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"],
                                name="external_account_by_account",
                            ),
                            models.Index(
                                condition=models.Q(("held_until__isnull", False)),
                                fields=["held_until"],
                                name="external_account_held",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "errored",
                                            "new",
                                            "validated",
                                            "verification_failed",
                                            "verified",
                                        ],
                                    )
                                ),
                                name="external_account_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ("bank_account", "card"))),
                                name="external_account_kind_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None), ("is_default", True)),
                                fields=("account", "livemode", "currency"),
                                name="one_default_external_account_per_currency",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LocationCash",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="cash", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "location",
                            core.database.fields.ReferenceField(
                                default="main",
                                help_text="Where the money is held: main, in this version.",
                            ),
                        ),
                        ("currency", core.database.fields.CurrencyField(help_text="Such as eur.")),
                        ("livemode", models.BooleanField(default=False)),
                        ("free_amount", core.database.fields.AmountField(default=0)),
                        ("read_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "prefunded_amount",
                            core.database.fields.AmountField(
                                default=0,
                                help_text="Your own money that is at the bank and not in these books.",
                            ),
                        ),
                        (
                            "note",
                            models.CharField(
                                blank=True,
                                help_text="Where it came from, for whoever looks later.",
                                max_length=200,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "cash at locations",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("prefunded_amount__gte", 0)),
                                name="prefunding_is_not_negative",
                                violation_error_message="What is prefunded is not below zero.",
                            ),
                            models.UniqueConstraint(
                                fields=("location", "currency", "livemode"),
                                name="one_cash_row_per_location",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutPrice",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="poprice", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "currency",
                            core.database.fields.CurrencyField(
                                help_text="Of the payouts, such as usd."
                            ),
                        ),
                        (
                            "bps",
                            models.PositiveIntegerField(
                                default=0,
                                help_text="Ten-thousandths of the payout.",
                                verbose_name="basis points",
                            ),
                        ),
                        (
                            "fixed_amount",
                            core.database.fields.AmountField(
                                default=0, help_text="Added to them, such as 0.50 USD."
                            ),
                        ),
                        (
                            "least_amount",
                            core.database.fields.AmountField(
                                default=0, help_text="The fee is never less."
                            ),
                        ),
                        (
                            "most_amount",
                            core.database.fields.AmountField(
                                blank=True,
                                help_text="The fee is never more; empty: no limit.",
                                null=True,
                            ),
                        ),
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
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("bps__lte", 10000),
                                    ("fixed_amount__gte", 0),
                                    ("least_amount__gte", 0),
                                ),
                                name="payout_price_is_sane",
                                violation_error_message="The price takes at most 10,000 basis points, and amounts that are not below zero.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("most_amount__isnull", True),
                                    ("most_amount__gte", models.F("least_amount")),
                                    _connector="OR",
                                ),
                                name="most_payout_fee_is_not_below_least",
                                violation_error_message="The most of the fee is less than its least.",
                            ),
                            models.UniqueConstraint(
                                fields=("account", "livemode", "currency"),
                                name="one_payout_price_per_platform_and_currency",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutRun",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="porun", primary_key=True, serialize=False
                            ),
                        ),
                        ("livemode", models.BooleanField()),
                        ("day", models.DateField()),
                        ("account_count", models.PositiveIntegerField(default=0)),
                        ("payout_count", models.PositiveIntegerField(default=0)),
                        ("started_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("livemode", "day"), name="one_payout_run_per_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payout",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="po", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=connect.states.PayoutStatus["PENDING"]
                            ),
                        ),
                        ("method", models.CharField(default="standard", max_length=8)),
                        ("is_automatic", models.BooleanField(default=False)),
                        ("processor", models.CharField(max_length=40)),
                        (
                            "processor_reference",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("send_at", models.DateTimeField(blank=True, null=True)),
                        ("arrival_date", models.DateField()),
                        ("description", models.CharField(blank=True, max_length=1000, null=True)),
                        (
                            "statement_descriptor",
                            models.CharField(blank=True, max_length=22, null=True),
                        ),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("failure_code", models.CharField(blank=True, max_length=40, null=True)),
                        ("failure_message", models.TextField(blank=True, null=True)),
                        ("balance_transaction_id", core.database.fields.ReferenceField()),
                        (
                            "failure_balance_transaction_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "application_fee_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "application_fee_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
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
                            "destination",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="connect.externalaccount",
                            ),
                        ),
                        (
                            "run",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="connect.payoutrun",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("resolved_at", None), ("status", "failed")),
                                fields=["created_at"],
                                name="payout_failed",
                            ),
                            models.Index(
                                condition=models.Q(("send_at__isnull", False)),
                                fields=["send_at"],
                                name="payout_by_send_at",
                            ),
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="payout_by_time",
                            ),
                            models.Index(core.database.finding.Tail("id"), name="payout_by_tail"),
                            models.Index(fields=["amount"], name="payout_by_amount"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        ["canceled", "failed", "in_transit", "paid", "pending"],
                                    )
                                ),
                                name="payout_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="payout_amount_is_positive",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("run__isnull", False)),
                                fields=("run", "account", "currency"),
                                name="a_run_pays_an_account_once_per_currency",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutAttempt",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="poa", primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=connect.states.AttemptStatus["SENT"]
                            ),
                        ),
                        ("reference", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=20)),
                        ("message", models.TextField(blank=True)),
                        ("tries", models.PositiveIntegerField(default=0)),
                        ("sent_at", models.DateTimeField()),
                        ("next_poll_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "payout",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="connect.payout",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_poll_at__isnull", False)),
                                fields=["next_poll_at"],
                                name="payout_attempt_by_next_poll",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "accepted",
                                            "failed",
                                            "paid",
                                            "returned",
                                            "sent",
                                            "unknown",
                                        ],
                                    )
                                ),
                                name="payout_attempt_status_is_known",
                            ),
                            models.UniqueConstraint(
                                fields=("payout", "number"),
                                name="attempts_of_a_payout_are_numbered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutLine",
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
                        ("livemode", models.BooleanField()),
                        ("transaction_id", core.database.fields.ReferenceField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("amount", core.database.fields.AmountField()),
                        ("available_on", models.DateField()),
                        ("earned_on", models.DateField()),
                        ("is_released", models.BooleanField(default=False)),
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
                            "payout",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="connect.payout",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("payout", None)),
                                fields=["account", "livemode", "currency", "available_on"],
                                name="payout_line_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("payout__isnull", False)),
                                fields=["payout"],
                                name="payout_line_by_payout",
                            ),
                            models.Index(
                                fields=["transaction_id"], name="payout_line_by_transaction"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutSchedule",
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
                        ("livemode", models.BooleanField()),
                        ("interval", models.CharField(default="daily", max_length=8)),
                        ("weekly_days", models.JSONField(blank=True, default=list)),
                        ("monthly_days", models.JSONField(blank=True, default=list)),
                        ("delay_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("minimum_amounts", models.JSONField(blank=True, default=dict)),
                        ("next_on", models.DateField(blank=True, null=True)),
                        ("paused_at", models.DateTimeField(blank=True, null=True)),
                        ("pause_reason", models.CharField(blank=True, max_length=200)),
                        (
                            "collected_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
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
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_on__isnull", False), ("paused_at", None)),
                                fields=["livemode", "next_on", "account"],
                                name="payout_schedule_by_next",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "livemode"), name="one_payout_schedule_per_mode"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="person", primary_key=True, serialize=False
                            ),
                        ),
                        ("is_individual", models.BooleanField(default=False)),
                        ("details", models.JSONField(blank=True, default=dict)),
                        ("relationship", models.JSONField(blank=True, default=dict)),
                        ("sealed_numbers", models.BinaryField(blank=True, null=True)),
                        ("numbers_given", models.JSONField(blank=True, default=list)),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=connect.states.CheckStatus["UNVERIFIED"]
                            ),
                        ),
                        ("failed", models.JSONField(blank=True, default=list)),
                        ("answer_at", models.DateTimeField(blank=True, null=True)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("left_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
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
                    ],
                    options={
                        "verbose_name_plural": "people",
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"], name="person_by_account"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["pending", "unverified", "verified"])
                                ),
                                name="person_status_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("deleted_at", None), ("is_individual", True)),
                                fields=("account", "livemode"),
                                name="one_individual_per_account",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SealedToken",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="ct", primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        ("sealed", models.BinaryField()),
                        ("client_ip", models.CharField(blank=True, max_length=45, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
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
                    ],
                ),
                migrations.CreateModel(
                    name="Transfer",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="tr", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("amount_reversed", core.database.fields.AmountField(default=0)),
                        ("currency", core.database.fields.CurrencyField()),
                        ("destination_payment_id", core.database.fields.ReferenceField()),
                        (
                            "source_transaction",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("available_on", models.DateField(blank=True, null=True)),
                        ("transfer_group", models.CharField(blank=True, max_length=255, null=True)),
                        ("description", models.TextField(blank=True, null=True)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("balance_transaction_id", core.database.fields.ReferenceField()),
                        (
                            "application_fee_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
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
                            "destination",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.account",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="transfer_by_time",
                            ),
                            models.Index(
                                condition=models.Q(("source_transaction__isnull", False)),
                                fields=["source_transaction"],
                                name="transfer_by_source",
                            ),
                            models.Index(
                                condition=models.Q(("transfer_group__isnull", False)),
                                fields=["account", "livemode", "transfer_group"],
                                name="transfer_by_group",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="transfer_amount_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_reversed__gte", 0),
                                    ("amount_reversed__lte", models.F("amount")),
                                ),
                                name="no_more_is_reversed_than_transferred",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SellerPayment",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="py", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("amount_refunded", core.database.fields.AmountField(default=0)),
                        ("currency", core.database.fields.CurrencyField()),
                        ("source_transfer_account_id", core.database.fields.ReferenceField()),
                        (
                            "application_fee_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "application_fee_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        ("balance_transaction_id", core.database.fields.ReferenceField()),
                        ("description", models.TextField(blank=True, null=True)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
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
                            "transfer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seller_payment",
                                to="connect.transfer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="seller_payment_by_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TransferReversal",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="trr", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("destination_payment_refund_id", core.database.fields.ReferenceField()),
                        ("payment_amount", core.database.fields.AmountField(blank=True, null=True)),
                        (
                            "payment_currency",
                            core.database.fields.CurrencyField(blank=True, null=True),
                        ),
                        (
                            "source_refund_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("balance_transaction_id", core.database.fields.ReferenceField()),
                        ("created_at", models.DateTimeField()),
                        ("restored_at", models.DateTimeField(blank=True, null=True)),
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
                            "transfer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversals",
                                to="connect.transfer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["destination_payment_refund_id"],
                                name="reversal_by_payment_refund",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="reversal_amount_is_positive",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountRequirements",
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
                        ("livemode", models.BooleanField()),
                        ("due_since", models.JSONField(blank=True, default=dict)),
                        ("activated_at", models.DateTimeField(blank=True, null=True)),
                        ("requirements", models.JSONField(blank=True, default=dict)),
                        ("capability_requirements", models.JSONField(blank=True, default=dict)),
                        (
                            "company_status",
                            core.database.fields.StatusField(
                                default=connect.states.CheckStatus["UNVERIFIED"]
                            ),
                        ),
                        ("company_failed", models.JSONField(blank=True, default=list)),
                        ("sealed_numbers", models.BinaryField(blank=True, null=True)),
                        ("numbers_given", models.JSONField(blank=True, default=list)),
                        ("stranded", models.JSONField(blank=True, default=list)),
                        ("reevaluate_at", models.DateTimeField(blank=True, null=True)),
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
                    ],
                    options={
                        "verbose_name": "account requirements",
                        "verbose_name_plural": "account requirements",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("reevaluate_at__isnull", False)),
                                fields=["reevaluate_at"],
                                name="requirements_by_reevaluation",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("company_status__in", ["pending", "unverified", "verified"])
                                ),
                                name="company_status_is_known",
                            ),
                            models.UniqueConstraint(
                                fields=("account", "livemode"), name="one_requirements_row_per_mode"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountBlock",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="block", primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=8)),
                        ("source", models.CharField(max_length=12)),
                        ("reason", models.CharField(max_length=40)),
                        ("message", models.TextField(blank=True)),
                        ("author", models.CharField(max_length=320)),
                        ("release", models.CharField(default="by_hand", max_length=16)),
                        ("releases_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("released_at", models.DateTimeField(blank=True, null=True)),
                        ("released_by", models.CharField(blank=True, max_length=320)),
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
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("released_at", None)),
                                fields=["account", "livemode"],
                                name="block_by_account",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ("charges", "payouts"))),
                                name="block_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("source__in", ("operator", "platform", "watch_list"))
                                ),
                                name="block_source_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("release__in", ("by_hand", "when_verified")),
                                        ("releases_at", None),
                                    ),
                                    models.Q(
                                        ("release", "on_date"), ("releases_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="block_says_how_it_ends",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountLink",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="alink", primary_key=True, serialize=False
                            ),
                        ),
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("type", models.CharField(max_length=24)),
                        ("platform_id", models.CharField(max_length=64)),
                        ("return_url", models.CharField(blank=True, max_length=2048)),
                        ("refresh_url", models.CharField(blank=True, max_length=2048)),
                        ("asks_everything", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-id"], name="link_by_account"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TreasuryMove",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="tmove", primary_key=True, serialize=False
                            ),
                        ),
                        ("livemode", models.BooleanField()),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=connect.states.TreasuryMoveStatus["SENT"]
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("source", core.database.fields.ReferenceField()),
                        ("target", core.database.fields.ReferenceField()),
                        ("is_source_bank", models.BooleanField()),
                        ("is_target_bank", models.BooleanField()),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("recorded_by", models.CharField(max_length=320)),
                        ("ended_by", models.CharField(blank=True, max_length=320)),
                        ("created_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("status", connect.states.TreasuryMoveStatus["SENT"])
                                ),
                                fields=["livemode", "-id"],
                                name="treasury_move_on_its_way",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["arrived", "returned", "sent"])),
                                name="treasury_move_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="a_move_moves_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True),
                                name="a_move_goes_elsewhere",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
