"""The tables of customers, payment methods, intents, charges, refunds and disputes."""

from core.database.operations import BEFORE_OUR_TABLES, CreateModels
from django.db import migrations, models
import core.database.fields
import core.database.finding
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import payments.fees
import payments.states

# A charge is written twice: room for the second time on the page of the first.
ROOM = "ALTER TABLE payments_charge SET (fillfactor = 75)"


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release, in one.
    replaces = [
        ("payments", "0001_initial"),
        ("payments", "0002_fewer_indexes"),
        ("payments", "0003_authentications"),
        ("payments", "0004_refunds"),
        ("payments", "0005_sessions"),
        ("payments", "0006_setups"),
        ("payments", "0007_search"),
        ("payments", "0008_tokens"),
        ("payments", "0009_standalone"),
        ("payments", "0010_customer_balances"),
        ("payments", "0011_disputes"),
        ("payments", "0012_authorizations"),
        ("payments", "0013_receipts"),
        ("payments", "0014_bank_debits"),
        ("payments", "0015_open_questions"),
        ("payments", "0016_direct_charges"),
        ("payments", "0017_transfer_reversals"),
        ("payments", "0018_split"),
        ("payments", "0019_dispute_excess"),
        ("payments", "0020_excluded_types"),
        ("payments", "0021_detached_methods"),
        ("payments", "0022_used_methods"),
        ("payments", "0023_customer_session_makers"),
        ("payments", "0024_words_of_customers_and_intents"),
        ("payments", "0025_web_domains"),
        ("payments", "0026_default_sources"),
        ("payments", "0027_addresses_of_challenges"),
        ("payments", "0028_erasure"),
        ("payments", "0029_sorted_by_time"),
        ("payments", "0001_schema"),
        ("payments", "0030_bank_sources"),
        ("payments", "0031_next_polls"),
        ("payments", "0032_tax_ids"),
        ("payments", "0033_more_sorted_by_time"),
        ("payments", "0034_searched_cards_and_phones"),
        ("payments", "0035_words_for_people"),
        ("payments", "0036_unresolved_requests"),
        ("payments", "0037_found_by_operators"),
        ("payments", "0001_squashed"),
        ("payments", "0038_disputes_by_deadline"),
        ("payments", "0039_charges_by_moment"),
        ("payments", "0040_statement_texts"),
        ("payments", "0041_payer_actions"),
        ("payments", "0042_instruments"),
        ("payments", "0043_names_of_processors"),
        ("payments", "0044_routing_of_charges"),
        ("payments", "0045_books_of_charges"),
        ("payments", "0046_refused_requests"),
        ("payments", "0047_live_payments_go_on"),
        ("payments", "0048_details_of_setup_attempts"),
        ("payments", "0049_refunds_that_ask_payers"),
        ("payments", "0050_declines_by_card"),
        ("payments", "0051_intents_that_are_held"),
        ("payments", "0052_unapplied_payments"),
        ("payments", "0053_letters_of_orders_for_nothing"),
        ("payments", "0054_capabilities_of_intents"),
    ]

    dependencies = [("accounts", "0001_baseline"), *BEFORE_OUR_TABLES]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Customer",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="cus", primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=256, null=True)),
                        ("email", models.CharField(blank=True, max_length=512, null=True)),
                        ("phone", models.CharField(blank=True, max_length=20, null=True)),
                        ("description", models.CharField(blank=True, max_length=350, null=True)),
                        ("address", models.JSONField(blank=True, null=True)),
                        ("shipping", models.JSONField(blank=True, null=True)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("preferred_locales", models.JSONField(blank=True, default=list)),
                        ("business_name", models.CharField(blank=True, max_length=150, null=True)),
                        (
                            "individual_name",
                            models.CharField(blank=True, max_length=150, null=True),
                        ),
                        ("tax_ip_address", models.CharField(blank=True, max_length=45, null=True)),
                        (
                            "next_invoice_sequence",
                            models.PositiveIntegerField(db_default=1, default=1),
                        ),
                        ("invoice_prefix", models.CharField(max_length=12)),
                        ("invoice_settings", models.JSONField(blank=True, default=dict)),
                        (
                            "default_source_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("tax_exempt", models.CharField(default="none", max_length=8)),
                        (
                            "balance_amount",
                            core.database.fields.AmountField(db_default=0, default=0),
                        ),
                        (
                            "balance_currency",
                            core.database.fields.CurrencyField(blank=True, null=True),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
                        ("erase_at", models.DateTimeField(blank=True, null=True)),
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
                                condition=models.Q(("erase_at__isnull", False)),
                                fields=["erase_at"],
                                name="customer_by_erasure",
                            ),
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="customer_by_time",
                            ),
                            models.Index(
                                fields=["account", "livemode", "email", "-id"],
                                name="customer_by_email",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                core.database.fields.Words("name"), name="customer_by_words_of_name"
                            ),
                            models.Index(
                                models.F("account"),
                                models.F("livemode"),
                                django.db.models.functions.text.Upper("phone"),
                                condition=models.Q(("phone__isnull", False)),
                                name="customer_phone_in_any_case",
                            ),
                            models.Index(
                                django.db.models.functions.text.Upper("email"),
                                models.F("account"),
                                models.F("livemode"),
                                name="customer_email_in_any_case",
                            ),
                            models.Index(
                                django.db.models.functions.comparison.Collate(
                                    django.db.models.functions.text.Upper("name"), "C"
                                ),
                                name="customer_by_beginning",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                condition=models.Q(("metadata", {}), _negated=True),
                                fields=["metadata"],
                                name="customer_by_any_metadata",
                            ),
                            models.Index(core.database.finding.Tail("id"), name="customer_by_tail"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerBalanceTransaction",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="cbtxn", primary_key=True, serialize=False
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("ending_balance_amount", core.database.fields.AmountField()),
                        ("description", models.CharField(blank=True, max_length=350, null=True)),
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
                            "customer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="balance_transactions",
                                to="payments.customer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["customer", "-id"], name="customer_balance_by_customer"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerSession",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="cuss", primary_key=True, serialize=False
                            ),
                        ),
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("components", models.JSONField(blank=True, default=dict)),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
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
                            "customer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="payments.customer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "expires_at"],
                                name="customer_session_by_end",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeeSchedule",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="feesched", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "method",
                            models.CharField(
                                blank=True, help_text="Such as card; empty: any.", max_length=40
                            ),
                        ),
                        (
                            "card_country",
                            models.CharField(
                                blank=True,
                                help_text="Two letters, or other: any but the account's own; empty: any.",
                                max_length=5,
                            ),
                        ),
                        (
                            "currency",
                            core.database.fields.CurrencyField(
                                blank=True, help_text="Such as usd; empty: any."
                            ),
                        ),
                        (
                            "bps",
                            models.PositiveIntegerField(
                                help_text="Ten-thousandths of the captured amount.",
                                verbose_name="basis points",
                            ),
                        ),
                        (
                            "fixed_amount",
                            core.database.fields.AmountField(
                                default=0, help_text="Added to them, such as 0.30 USD."
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
                            "returns",
                            models.CharField(
                                choices=[
                                    (payments.fees.Returns["NONE"], payments.fees.Returns["NONE"]),
                                    (
                                        payments.fees.Returns["VARIABLE"],
                                        payments.fees.Returns["VARIABLE"],
                                    ),
                                    (payments.fees.Returns["ALL"], payments.fees.Returns["ALL"]),
                                ],
                                default=payments.fees.Returns["NONE"],
                                help_text="What of the fee a full refund brings back.",
                                max_length=8,
                            ),
                        ),
                        (
                            "starts_at",
                            models.DateTimeField(
                                help_text="For payments that begin from then on (UTC)."
                            ),
                        ),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                help_text="Empty: for every account that has none of its own.",
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
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
                                name="fee_schedule_is_sane",
                                violation_error_message="The fee takes at most 10,000 basis points, and amounts that are not below zero.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("most_amount__isnull", True),
                                    ("most_amount__gte", models.F("least_amount")),
                                    _connector="OR",
                                ),
                                name="most_fee_is_not_below_least",
                                violation_error_message="The most of the fee is less than its least.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "returns__in",
                                        [
                                            payments.fees.Returns["ALL"],
                                            payments.fees.Returns["NONE"],
                                            payments.fees.Returns["VARIABLE"],
                                        ],
                                    )
                                ),
                                name="fee_returns_are_known",
                                violation_error_message="Choose what of the fee a full refund brings back.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_at__isnull", True),
                                    ("ends_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="fee_schedule_ends_after_it_starts",
                                violation_error_message="The schedule ends before it starts.",
                            ),
                            models.UniqueConstraint(
                                fields=(
                                    "account",
                                    "method",
                                    "card_country",
                                    "currency",
                                    "starts_at",
                                ),
                                name="one_fee_schedule_per_sort_and_start",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnresolvedRequest",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "key",
                            core.database.fields.ReferenceField(primary_key=True, serialize=False),
                        ),
                        ("action", models.CharField(max_length=10)),
                        ("object_id", core.database.fields.ReferenceField()),
                        ("processor", models.CharField(max_length=40)),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("reason", models.CharField(max_length=20)),
                        ("message", models.TextField(blank=True)),
                        ("sent_at", models.DateTimeField()),
                        ("tries", models.PositiveIntegerField(default=0)),
                        ("polled_at", models.DateTimeField()),
                        ("next_poll_at", models.DateTimeField()),
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
                            models.Index(fields=["object_id"], name="unresolved_request_by_object"),
                            models.Index(
                                fields=["next_poll_at"], name="unresolved_request_by_next"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentMethod",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="pm", primary_key=True, serialize=False
                            ),
                        ),
                        ("type", models.CharField(default="card", max_length=20)),
                        ("instrument", models.CharField(max_length=80)),
                        ("brand", models.CharField(blank=True, default="", max_length=20)),
                        ("funding", models.CharField(default="credit", max_length=10)),
                        ("country", models.CharField(blank=True, max_length=2, null=True)),
                        ("last4", models.CharField(max_length=4)),
                        ("exp_month", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("exp_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "details",
                            models.JSONField(
                                blank=True,
                                db_default=models.Value({}, models.JSONField()),
                                default=dict,
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=24)),
                        ("detached_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "former_customer_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "copied_from_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("billing_details", models.JSONField(blank=True, default=dict)),
                        ("allow_redisplay", models.CharField(default="unspecified", max_length=12)),
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
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_methods",
                                to="payments.customer",
                            ),
                        ),
                        ("verification", core.database.fields.StatusField(blank=True, null=True)),
                        (
                            "failed_verifications",
                            models.PositiveSmallIntegerField(db_default=0, default=0),
                        ),
                        ("source", models.JSONField(blank=True, null=True)),
                        (
                            "known_at",
                            models.JSONField(
                                blank=True,
                                db_default=models.Value([], models.JSONField()),
                                default=list,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "customer", "-id"],
                                name="payment_method_by_customer",
                            ),
                            models.Index(
                                condition=models.Q(("former_customer_id__isnull", False)),
                                fields=["former_customer_id"],
                                name="payment_method_by_former",
                            ),
                            models.Index(
                                condition=models.Q(("copied_from_id__isnull", False)),
                                fields=["copied_from_id"],
                                name="payment_method_copies",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verification__in", ["new", "verification_failed", "verified"])
                                ),
                                name="source_verification_is_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentIntent",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="pi", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=payments.states.IntentStatus["REQUIRES_PAYMENT_METHOD"]
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("amount_capturable", core.database.fields.AmountField(default=0)),
                        ("amount_received", core.database.fields.AmountField(default=0)),
                        ("currency", core.database.fields.CurrencyField()),
                        (
                            "capture_method",
                            models.CharField(default="automatic_async", max_length=20),
                        ),
                        (
                            "confirmation_method",
                            models.CharField(default="automatic", max_length=12),
                        ),
                        ("client_secret", models.CharField(max_length=80)),
                        (
                            "latest_charge_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("description", models.TextField(blank=True, null=True)),
                        ("receipt_email", models.CharField(blank=True, max_length=512, null=True)),
                        ("shipping", models.JSONField(blank=True, null=True)),
                        (
                            "statement_descriptor",
                            models.CharField(blank=True, max_length=22, null=True),
                        ),
                        (
                            "statement_descriptor_suffix",
                            models.CharField(blank=True, max_length=22, null=True),
                        ),
                        (
                            "setup_future_usage",
                            models.CharField(blank=True, max_length=12, null=True),
                        ),
                        ("automatic_payment_methods", models.JSONField(blank=True, null=True)),
                        (
                            "payment_method_types",
                            models.JSONField(
                                blank=True,
                                db_default=models.Value([], models.JSONField()),
                                default=list,
                            ),
                        ),
                        ("excluded_payment_method_types", models.JSONField(blank=True, null=True)),
                        ("configuration", models.JSONField(blank=True, null=True)),
                        ("payment_method_options", models.JSONField(blank=True, default=dict)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("last_payment_error", models.JSONField(blank=True, null=True)),
                        ("next_action", models.JSONField(blank=True, null=True)),
                        (
                            "authentication_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("return_url", models.CharField(blank=True, max_length=2048, null=True)),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "application_fee_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        (
                            "on_behalf_of",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "transfer_destination",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "transfer_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        ("split", models.JSONField(blank=True, null=True)),
                        ("transfer_group", models.CharField(blank=True, max_length=255, null=True)),
                        ("is_internal", models.BooleanField(db_default=False, default=False)),
                        ("created_at", models.DateTimeField()),
                        ("processing_since", models.DateTimeField(blank=True, null=True)),
                        ("capture_before", models.DateTimeField(blank=True, null=True)),
                        ("amount_details", models.JSONField(blank=True, null=True)),
                        ("payment_details", models.JSONField(blank=True, null=True)),
                        ("canceled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancellation_reason",
                            models.CharField(blank=True, max_length=32, null=True),
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
                        (
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_intents",
                                to="payments.customer",
                            ),
                        ),
                        (
                            "payment_method",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_intents",
                                to="payments.paymentmethod",
                            ),
                        ),
                        ("held_by", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("lacking_types", models.JSONField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="payment_intent_by_time",
                            ),
                            models.Index(
                                condition=models.Q(("processing_since__isnull", False)),
                                fields=["processing_since"],
                                name="payment_intent_processing",
                            ),
                            models.Index(
                                condition=models.Q(("capture_before__isnull", False)),
                                fields=["capture_before"],
                                name="payment_intent_authorized",
                            ),
                            models.Index(
                                condition=models.Q(("customer__isnull", False)),
                                fields=["customer", "-created_at", "-id"],
                                name="payment_intent_by_payer",
                            ),
                            models.Index(
                                fields=["amount", "account", "livemode"],
                                name="payment_intent_by_amount",
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                condition=models.Q(("metadata", {}), _negated=True),
                                fields=["metadata"],
                                name="payment_intent_by_any_metadata",
                            ),
                            models.Index(
                                core.database.finding.Tail("id"), name="payment_intent_by_tail"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "canceled",
                                            "processing",
                                            "requires_action",
                                            "requires_capture",
                                            "requires_confirmation",
                                            "requires_payment_method",
                                            "succeeded",
                                        ],
                                    )
                                ),
                                name="payment_intent_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="payment_intent_amount_is_positive",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_received__gte", 0),
                                    ("amount_received__lte", models.F("amount")),
                                ),
                                name="no_more_is_received_than_asked",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Charge",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="ch", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=payments.states.ChargeStatus["PENDING"]
                            ),
                        ),
                        ("is_captured", models.BooleanField(default=False)),
                        ("amount", core.database.fields.AmountField()),
                        ("amount_captured", core.database.fields.AmountField(default=0)),
                        ("amount_refunded", core.database.fields.AmountField(default=0)),
                        ("currency", core.database.fields.CurrencyField()),
                        ("processor", models.CharField(max_length=40)),
                        (
                            "processor_reference",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("open_request", models.CharField(blank=True, max_length=10, null=True)),
                        (
                            "open_request_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        ("failure", models.JSONField(blank=True, null=True)),
                        ("risk", models.CharField(default="not_assessed", max_length=12)),
                        ("network_details", models.JSONField(blank=True, default=dict)),
                        ("three_d_secure", models.JSONField(blank=True, null=True)),
                        ("is_off_session", models.BooleanField(db_default=False, default=False)),
                        ("is_standalone", models.BooleanField(db_default=False, default=False)),
                        (
                            "method_type",
                            models.CharField(db_default="card", default="card", max_length=20),
                        ),
                        ("mandate_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("next_poll_at", models.DateTimeField(blank=True, null=True)),
                        ("card", models.JSONField(blank=True, default=dict)),
                        ("billing_details", models.JSONField(blank=True, default=dict)),
                        ("description", models.TextField(blank=True, null=True)),
                        ("receipt_email", models.CharField(blank=True, max_length=512, null=True)),
                        ("receipt_number", models.CharField(blank=True, max_length=12, null=True)),
                        ("shipping", models.JSONField(blank=True, null=True)),
                        (
                            "statement_descriptor",
                            models.CharField(blank=True, max_length=22, null=True),
                        ),
                        (
                            "statement_descriptor_suffix",
                            models.CharField(blank=True, max_length=22, null=True),
                        ),
                        ("is_disputed", models.BooleanField(db_default=False, default=False)),
                        (
                            "amount_disputed",
                            core.database.fields.AmountField(db_default=0, default=0),
                        ),
                        ("fraud_details", models.JSONField(blank=True, default=dict)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("fee_amount", core.database.fields.AmountField(default=0)),
                        ("fee_returnable_amount", core.database.fields.AmountField(default=0)),
                        ("fee_returned_amount", core.database.fields.AmountField(default=0)),
                        (
                            "fee_schedule_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("available_on", models.DateField(blank=True, null=True)),
                        (
                            "balance_transaction_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "failure_balance_transaction_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("platform_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "fee_payer_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "application_fee_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        (
                            "on_behalf_of",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "transfer_destination",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "transfer_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        ("split", models.JSONField(blank=True, null=True)),
                        ("transfer_group", models.CharField(blank=True, max_length=255, null=True)),
                        ("transfer_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "application_fee_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("captured_at", models.DateTimeField(blank=True, null=True)),
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
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="charges",
                                to="payments.customer",
                            ),
                        ),
                        (
                            "payment_intent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="charges",
                                to="payments.paymentintent",
                            ),
                        ),
                        (
                            "payment_method",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="charges",
                                to="payments.paymentmethod",
                            ),
                        ),
                        ("statement_text", models.CharField(blank=True, max_length=22, null=True)),
                        ("is_payer_present", models.BooleanField(db_default=False, default=False)),
                        ("routing", models.JSONField(blank=True, null=True)),
                        (
                            "refused_requests",
                            models.PositiveSmallIntegerField(db_default=0, default=0),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="charge_by_time",
                            ),
                            models.Index(
                                fields=["account", "livemode", "amount"], name="charge_by_amount"
                            ),
                            django.contrib.postgres.indexes.GinIndex(
                                condition=models.Q(("metadata", {}), _negated=True),
                                fields=["metadata"],
                                name="charge_by_metadata",
                                opclasses=["jsonb_path_ops"],
                            ),
                            models.Index(
                                condition=models.Q(("transfer_group__isnull", False)),
                                fields=["account", "livemode", "transfer_group"],
                                name="charge_by_transfer_group",
                            ),
                            models.Index(
                                condition=models.Q(("customer__isnull", False)),
                                fields=["customer", "-created_at", "-id"],
                                name="charge_by_payer",
                            ),
                            models.Index(
                                condition=models.Q(("next_poll_at__isnull", False)),
                                fields=["next_poll_at"],
                                name="charge_without_a_last_word",
                            ),
                            models.Index(
                                models.F("account"),
                                models.F("livemode"),
                                core.database.fields.CardFingerprint("card"),
                                name="charge_by_fingerprint",
                            ),
                            models.Index(
                                core.database.fields.Last4("card"),
                                models.F("account"),
                                models.F("livemode"),
                                name="charge_by_last4",
                            ),
                            models.Index(core.database.finding.Tail("id"), name="charge_by_tail"),
                            django.contrib.postgres.indexes.BrinIndex(
                                autosummarize=True, fields=["created_at"], name="charge_by_moment"
                            ),
                            models.Index(
                                models.F("account"),
                                models.F("livemode"),
                                core.database.fields.CardFingerprint("card"),
                                models.F("created_at"),
                                condition=models.Q(("failure__isnull", False)),
                                name="charge_declined_by_card",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["failed", "pending", "succeeded"])
                                ),
                                name="charge_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_captured__gte", 0),
                                    ("amount_captured__lte", models.F("amount")),
                                ),
                                name="no_more_is_captured_than_authorized",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_refunded__gte", 0),
                                    ("amount_refunded__lte", models.F("amount_captured")),
                                ),
                                name="no_more_is_refunded_than_captured",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("failure__isnull", True)),
                                fields=("payment_intent",),
                                name="one_live_charge_per_intent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Dispute",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="du", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "payment_intent_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("status", core.database.fields.StatusField()),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("reason", models.CharField(max_length=40)),
                        (
                            "network_reason_code",
                            models.CharField(blank=True, max_length=10, null=True),
                        ),
                        ("processor", models.CharField(max_length=40)),
                        ("processor_reference", core.database.fields.ReferenceField()),
                        ("fee_amount", core.database.fields.AmountField(default=0)),
                        ("withdrawn_amount", core.database.fields.AmountField(default=0)),
                        ("reinstated_amount", core.database.fields.AmountField(default=0)),
                        (
                            "excess_amount",
                            core.database.fields.AmountField(db_default=0, default=0),
                        ),
                        ("lines", models.JSONField(blank=True, default=list)),
                        ("evidence", models.JSONField(blank=True, default=dict)),
                        ("submitting_since", models.DateTimeField(blank=True, null=True)),
                        ("submission_count", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
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
                            "charge",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="disputes",
                                to="payments.charge",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["charge", "-id"], name="dispute_by_charge"),
                            models.Index(
                                condition=models.Q(("submitting_since__isnull", False)),
                                fields=["submitting_since"],
                                name="dispute_submitting",
                            ),
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="dispute_by_time",
                            ),
                            models.Index(core.database.finding.Tail("id"), name="dispute_by_tail"),
                            models.Index(
                                condition=models.Q(
                                    ("status__in", ("needs_response", "warning_needs_response"))
                                ),
                                fields=["due_at"],
                                name="dispute_unanswered",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "lost",
                                            "needs_response",
                                            "under_review",
                                            "warning_closed",
                                            "warning_needs_response",
                                            "warning_under_review",
                                            "won",
                                        ],
                                    )
                                ),
                                name="dispute_status_is_known",
                            ),
                            models.UniqueConstraint(
                                fields=("processor", "processor_reference"),
                                name="one_dispute_per_reference",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reinstated_amount__gte", 0),
                                    ("reinstated_amount__lte", models.F("withdrawn_amount")),
                                ),
                                name="no_more_is_reinstated_than_withdrawn",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EarlyFraudWarning",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="issfr", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "payment_intent_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("fraud_type", models.CharField(max_length=40)),
                        ("processor", models.CharField(max_length=40)),
                        ("processor_reference", core.database.fields.ReferenceField()),
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
                            "charge",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fraud_warnings",
                                to="payments.charge",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["charge", "-id"], name="fraud_warning_by_charge"),
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="fraud_warning_by_time",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("processor", "processor_reference"),
                                name="one_fraud_warning_per_reference",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FeeTrueUp",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="feetrue", primary_key=True, serialize=False
                            ),
                        ),
                        ("estimated_amount", core.database.fields.AmountField()),
                        ("actual_amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("reference", core.database.fields.ReferenceField()),
                        (
                            "balance_transaction_id",
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
                            "charge",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fee_true_ups",
                                to="payments.charge",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "fee correction",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("charge", "reference"), name="one_fee_true_up_per_statement"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("actual_amount__gte", 0)),
                                name="actual_fee_is_not_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mandate",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="mandate", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=payments.states.MandateStatus["ACTIVE"]
                            ),
                        ),
                        ("intent_id", core.database.fields.ReferenceField(db_index=True)),
                        ("customer_acceptance", models.JSONField()),
                        (
                            "on_behalf_of",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("reference", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "single_use_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        (
                            "single_use_currency",
                            core.database.fields.CurrencyField(blank=True, null=True),
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
                            "payment_method",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mandates",
                                to="payments.paymentmethod",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["active", "inactive", "pending"])
                                ),
                                name="mandate_status_is_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConfirmationToken",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="ctoken", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "setup_future_usage",
                            models.CharField(blank=True, max_length=12, null=True),
                        ),
                        ("return_url", models.CharField(blank=True, max_length=2048, null=True)),
                        ("shipping", models.JSONField(blank=True, null=True)),
                        ("payment_method_options", models.JSONField(blank=True, default=dict)),
                        ("intent_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
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
                            "payment_method",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="payments.paymentmethod",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Authentication",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="tds", primary_key=True, serialize=False
                            ),
                        ),
                        ("intent_id", core.database.fields.ReferenceField()),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=payments.states.AuthenticationStatus["PENDING"]
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("payee", core.database.fields.ReferenceField()),
                        ("card_fingerprint", models.CharField(max_length=64)),
                        ("nonce", models.CharField(max_length=43)),
                        ("is_for_later", models.BooleanField(default=False)),
                        ("flow", models.CharField(blank=True, max_length=12, null=True)),
                        ("result", models.CharField(blank=True, max_length=32, null=True)),
                        ("result_reason", models.CharField(blank=True, max_length=32, null=True)),
                        ("exemption", models.CharField(blank=True, max_length=32, null=True)),
                        ("eci", models.CharField(blank=True, max_length=2, null=True)),
                        (
                            "transaction_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("wrong_codes", models.PositiveSmallIntegerField(default=0)),
                        ("signature", models.CharField(blank=True, max_length=64, null=True)),
                        (
                            "charge_id",
                            core.database.fields.ReferenceField(blank=True, null=True, unique=True),
                        ),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
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
                        (
                            "payment_method",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="authentications",
                                to="payments.paymentmethod",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["intent_id", "-id"], name="authentication_by_intent"
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("is_for_later", True),
                                    ("status", payments.states.AuthenticationStatus["SUCCEEDED"]),
                                ),
                                fields=["payment_method"],
                                name="authentication_for_later",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("status", payments.states.AuthenticationStatus["PENDING"])
                                ),
                                fields=["expires_at"],
                                name="authentication_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["canceled", "failed", "pending", "succeeded"])
                                ),
                                name="authentication_status_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status", payments.states.AuthenticationStatus["PENDING"])
                                ),
                                fields=("intent_id",),
                                name="one_open_authentication_per_intent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", payments.states.AuthenticationStatus["PENDING"]),
                                    ("signature__isnull", False),
                                    _connector="OR",
                                ),
                                name="an_ended_authentication_is_signed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentMethodConfiguration",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="pmc", primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("is_default", models.BooleanField(default=False)),
                        ("active", models.BooleanField(default=True)),
                        ("preferences", models.JSONField(blank=True, default=dict)),
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
                                name="configuration_by_account",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("account", "livemode"),
                                name="one_default_configuration_per_account",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentMethodDomain",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="pmd", primary_key=True, serialize=False
                            ),
                        ),
                        ("domain_name", models.CharField(max_length=253)),
                        ("enabled", models.BooleanField(default=True)),
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "livemode", "domain_name"),
                                name="one_registration_per_domain",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        ("livemode", models.BooleanField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="rcpt", primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.CharField(max_length=512)),
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
                            "charge",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipts",
                                to="payments.charge",
                            ),
                        ),
                        ("held_by", core.database.fields.ReferenceField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_try_at__isnull", False)),
                                fields=["next_try_at"],
                                name="receipt_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("charge__isnull", False), ("held_by__isnull", True)),
                                    models.Q(("charge__isnull", True), ("held_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="receipt_is_of_a_charge_or_an_order",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Refund",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="re", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=payments.states.RefundStatus["PENDING"]
                            ),
                        ),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("reason", models.CharField(blank=True, max_length=40, null=True)),
                        (
                            "instructions_email",
                            models.CharField(blank=True, max_length=512, null=True),
                        ),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        ("reverse_transfer", models.BooleanField(default=False)),
                        ("refund_application_fee", models.BooleanField(default=False)),
                        ("transfer_reversals", models.JSONField(blank=True, null=True)),
                        (
                            "balance_transaction_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "failure_balance_transaction_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("failure_reason", models.CharField(blank=True, max_length=60, null=True)),
                        (
                            "transfer_reversal_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("fee_returned_amount", core.database.fields.AmountField(default=0)),
                        ("is_outside", models.BooleanField(default=False)),
                        ("shared_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "processor_reference",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("pending_since", models.DateTimeField(blank=True, null=True)),
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
                            "charge",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="payments.charge",
                            ),
                        ),
                        (
                            "payment_intent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="payments.paymentintent",
                            ),
                        ),
                        ("ask_expires_at", models.DateTimeField(blank=True, null=True)),
                        ("asked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="refund_by_time",
                            ),
                            models.Index(
                                condition=models.Q(("pending_since__isnull", False)),
                                fields=["pending_since"],
                                name="refund_pending",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("is_outside", True), ("shared_at__isnull", True)
                                ),
                                fields=["-id"],
                                name="refund_outside_undecided",
                            ),
                            models.Index(core.database.finding.Tail("id"), name="refund_by_tail"),
                            models.Index(fields=["amount"], name="refund_by_amount"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="refund_amount_is_positive",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_outside", True)),
                                fields=("charge", "processor_reference"),
                                name="one_refund_per_outside_refund",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "canceled",
                                            "failed",
                                            "pending",
                                            "requires_action",
                                            "succeeded",
                                        ],
                                    )
                                ),
                                name="refund_status_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SetupIntent",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="seti", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=payments.states.SetupStatus["REQUIRES_PAYMENT_METHOD"]
                            ),
                        ),
                        ("usage", models.CharField(default="off_session", max_length=12)),
                        ("client_secret", models.CharField(max_length=80)),
                        (
                            "latest_attempt_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("description", models.TextField(blank=True, null=True)),
                        ("metadata", models.JSONField(blank=True, default=dict)),
                        (
                            "on_behalf_of",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("attach_to_self", models.BooleanField(blank=True, null=True)),
                        ("flow_directions", models.JSONField(blank=True, null=True)),
                        ("automatic_payment_methods", models.JSONField(blank=True, null=True)),
                        ("payment_method_types", models.JSONField(blank=True, default=list)),
                        ("excluded_payment_method_types", models.JSONField(blank=True, null=True)),
                        ("configuration", models.JSONField(blank=True, null=True)),
                        ("payment_method_options", models.JSONField(blank=True, default=dict)),
                        ("last_setup_error", models.JSONField(blank=True, null=True)),
                        ("next_action", models.JSONField(blank=True, null=True)),
                        (
                            "authentication_id",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("return_url", models.CharField(blank=True, max_length=2048, null=True)),
                        ("customer_acceptance", models.JSONField(blank=True, null=True)),
                        (
                            "single_use_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        (
                            "single_use_currency",
                            core.database.fields.CurrencyField(blank=True, null=True),
                        ),
                        ("mandate_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("created_at", models.DateTimeField()),
                        ("processing_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancellation_reason",
                            models.CharField(blank=True, max_length=32, null=True),
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
                        (
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="setup_intents",
                                to="payments.customer",
                            ),
                        ),
                        (
                            "payment_method",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="setup_intents",
                                to="payments.paymentmethod",
                            ),
                        ),
                        ("held_by", core.database.fields.ReferenceField(blank=True, null=True)),
                        ("lacking_types", models.JSONField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("processing_since__isnull", False)),
                                fields=["processing_since"],
                                name="setup_intent_processing",
                            ),
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="setup_intent_by_time",
                            ),
                            models.Index(
                                condition=models.Q(("customer__isnull", False)),
                                fields=["customer", "-created_at", "-id"],
                                name="setup_intent_by_payer",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "canceled",
                                            "processing",
                                            "requires_action",
                                            "requires_confirmation",
                                            "requires_payment_method",
                                            "succeeded",
                                        ],
                                    )
                                ),
                                name="setup_intent_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("single_use_amount__isnull", True),
                                    ("single_use_amount__gt", 0),
                                    _connector="OR",
                                ),
                                name="setup_intent_single_use_is_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SetupAttempt",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="setatt", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=payments.states.SetupAttemptStatus["PROCESSING"]
                            ),
                        ),
                        ("customer_id", core.database.fields.ReferenceField(blank=True, null=True)),
                        (
                            "on_behalf_of",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("usage", models.CharField(max_length=12)),
                        ("processor", models.CharField(max_length=40)),
                        (
                            "processor_reference",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("three_d_secure", models.JSONField(blank=True, null=True)),
                        ("setup_error", models.JSONField(blank=True, null=True)),
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
                            "payment_method",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="setup_attempts",
                                to="payments.paymentmethod",
                            ),
                        ),
                        (
                            "setup_intent",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="payments.setupintent",
                            ),
                        ),
                        (
                            "details",
                            models.JSONField(
                                blank=True,
                                db_default=models.Value({}, models.JSONField()),
                                default=dict,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["setup_intent", "-id"], name="setup_attempt_by_intent"
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "abandoned",
                                            "failed",
                                            "processing",
                                            "requires_action",
                                            "succeeded",
                                        ],
                                    )
                                ),
                                name="setup_attempt_status_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status__in", ["requires_action", "processing"])
                                ),
                                fields=("setup_intent",),
                                name="one_live_setup_attempt_per_intent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Token",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="tok", primary_key=True, serialize=False
                            ),
                        ),
                        ("instrument", models.CharField(max_length=80)),
                        ("exp_month", models.PositiveSmallIntegerField()),
                        ("exp_year", models.PositiveSmallIntegerField()),
                        ("fingerprint", models.CharField(max_length=24)),
                        ("billing_details", models.JSONField(blank=True, default=dict)),
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
                    name="ApplePayDomain",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="apwc", primary_key=True, serialize=False
                            ),
                        ),
                        ("domain_name", models.CharField(max_length=253)),
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "livemode", "domain_name"),
                                name="one_older_registration",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TaxId",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="txi", primary_key=True, serialize=False
                            ),
                        ),
                        ("type", models.CharField(max_length=20)),
                        ("value", models.CharField(blank=True, max_length=64)),
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
                        (
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tax_ids",
                                to="payments.customer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "customer", "-id"],
                                name="tax_id_by_customer",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayerAction",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "attempt_id",
                            core.database.fields.ReferenceField(primary_key=True, serialize=False),
                        ),
                        ("intent_id", core.database.fields.ReferenceField()),
                        ("kind", models.CharField(max_length=12)),
                        ("sealed", models.TextField()),
                        ("number", models.PositiveSmallIntegerField(default=1)),
                        ("returned", models.TextField(blank=True, null=True)),
                        (
                            "returned_number",
                            models.PositiveSmallIntegerField(blank=True, null=True),
                        ),
                        ("next_poll_at", models.DateTimeField(blank=True, null=True)),
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
                                condition=models.Q(("next_poll_at__isnull", False)),
                                fields=["next_poll_at"],
                                name="payer_action_by_next",
                            ),
                            models.Index(fields=["created_at"], name="payer_action_by_moment"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Instrument",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="ins", primary_key=True, serialize=False
                            ),
                        ),
                        ("processor", models.CharField(max_length=40)),
                        ("sealed_token", models.TextField()),
                        ("fingerprint", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "network_transaction_id",
                            models.CharField(blank=True, max_length=255, null=True),
                        ),
                        ("is_reusable", models.BooleanField(default=False)),
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
                            "payment_method",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="instruments",
                                to="payments.paymentmethod",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("payment_method", "processor"),
                                name="one_instrument_per_processor",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnappliedPayment",
                    fields=[
                        ("livemode", models.BooleanField()),
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="unp", primary_key=True, serialize=False
                            ),
                        ),
                        ("status", core.database.fields.StatusField(default="open")),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        (
                            "processor_reference",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("pending_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "failed_returns",
                            models.PositiveSmallIntegerField(db_default=0, default=0),
                        ),
                        ("failure_reason", models.CharField(blank=True, max_length=60, null=True)),
                        (
                            "return_reference",
                            core.database.fields.ReferenceField(blank=True, null=True),
                        ),
                        (
                            "balance_transaction_id",
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
                            "charge",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="unapplied_payment",
                                to="payments.charge",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "livemode", "-created_at", "-id"],
                                name="unapplied_by_time",
                            ),
                            models.Index(
                                condition=models.Q(("status", "open")),
                                fields=["created_at"],
                                name="unapplied_undecided",
                            ),
                            models.Index(
                                condition=models.Q(("pending_since__isnull", False)),
                                fields=["pending_since"],
                                name="unapplied_pending",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["applied", "open", "returned", "returning"])
                                ),
                                name="unapplied_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)),
                                name="unapplied_amount_is_positive",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(ROOM),
    ]
