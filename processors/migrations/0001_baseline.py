"""The tables of bank files, statements and notices; who decided is said once."""

from core.database.operations import BEFORE_OUR_TABLES, CreateModels
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone
from processors.accounts import sealing
import core.database.fields
import django.db.models.deletion
import processors.states

# Who approved, sent or canceled a file of payments is said once.
KEEP = """
CREATE FUNCTION processors_keep_decisions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL AND (NEW.approver_id, NEW.approved_by, NEW.approved_at)
            IS DISTINCT FROM (OLD.approver_id, OLD.approved_by, OLD.approved_at)
        OR OLD.sent_at IS NOT NULL AND (NEW.sent_by, NEW.sent_at)
            IS DISTINCT FROM (OLD.sent_by, OLD.sent_at)
        OR OLD.canceled_at IS NOT NULL AND (NEW.canceled_by, NEW.canceled_at)
            IS DISTINCT FROM (OLD.canceled_by, OLD.canceled_at)
    THEN
        RAISE EXCEPTION 'who decided about % is said once', OLD.id USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$
"""
TRIGGER = """
CREATE TRIGGER decisions_are_final BEFORE UPDATE ON processors_bankfile
FOR EACH ROW EXECUTE FUNCTION processors_keep_decisions()
"""


def make_accounts(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make rows of what the code and the environment named until now.

    What it prints, the launcher and `rialto migrate` show.
    """
    rows = apps.get_model("processors", "ProcessorAccount").objects
    at = timezone.now()
    is_stripe = settings.TEST_RAIL == "stripe"

    def add(name: str, title: str, **more: object) -> None:
        rows.create(name=name, kind=name, title=title, created_at=at, changed_at=at, **more)

    # Where new test payments go to Stripe, it stays for those that it has taken.
    add(
        "simulator",
        "Simulated processor",
        livemode=False,
        status="draining" if is_stripe else "enabled",
        is_default=not is_stripe,
    )
    add("bankfile", "Bank files", livemode=True)
    if not (is_stripe or settings.STRIPE_SECRET_KEY):
        return
    secrets = [sealing.NoticeSecret(settings.STRIPE_NOTICE_SECRET, at)]
    add(
        "stripe",
        "Stripe",
        livemode=False,
        is_default=is_stripe,
        sealed_credentials=sealing.seal_credentials(
            "stripe", {"secret_key": settings.STRIPE_SECRET_KEY}
        ),
        sealed_notice_secrets=sealing.seal_notice_secrets(
            "stripe", secrets if settings.STRIPE_NOTICE_SECRET else ()
        ),
        base_url=settings.STRIPE_API_BASE,
    )
    print(  # noqa: T201
        "The processor account `stripe` was made from RIALTO_TEST_RAIL and RIALTO_STRIPE_…: "
        "the account counts now, and these variables may go."
    )


def make_the_switch(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Begin with live payments off."""
    apps.get_model("processors", "LivePayments").objects.create(id=1)


class Migration(migrations.Migration):
    initial = True

    # What stood here before the first release, in one.
    replaces = [
        ("processors", "0001_initial"),
        ("processors", "0002_fewer_indexes"),
        ("processors", "0003_complaints"),
        ("processors", "0004_inbound_notices"),
        ("processors", "0005_bank_files"),
        ("processors", "0006_bank_modes"),
        ("processors", "0007_bank_decisions"),
        ("processors", "0008_bank_reasons"),
        ("processors", "0009_bank_files_by_two_people"),
        ("processors", "0010_statements_by_day"),
        ("processors", "0011_interim_statements"),
        ("processors", "0012_decisions_are_final"),
        ("processors", "0013_without_card_numbers"),
        ("processors", "0001_schema"),
        ("processors", "0002_message_of_bank_files"),
        ("processors", "0001_squashed"),
        ("processors", "0002_told_events"),
        ("processors", "0003_settlement_lines"),
        ("processors", "0004_processor_accounts"),
        ("processors", "0005_reported_balances"),
        ("processors", "0006_settlement_bearer"),
        ("processors", "0007_routing"),
        ("processors", "0008_words_of_accounts"),
        ("processors", "0009_books_of_accounts"),
        ("processors", "0010_live_payments"),
        ("processors", "0011_amount_limits"),
    ]

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), *BEFORE_OUR_TABLES]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="BankFile",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="bfile", primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=10)),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=processors.states.BankFileStatus["MADE"]
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("content", models.BinaryField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("livemode", models.BooleanField()),
                        ("payment_count", models.PositiveIntegerField(default=0)),
                        ("total_amount", core.database.fields.AmountField(default=0)),
                        ("execution_date", models.DateField(blank=True, null=True)),
                        ("made_by", models.CharField(max_length=320)),
                        ("created_at", models.DateTimeField()),
                        ("approved_by", models.CharField(blank=True, max_length=320)),
                        ("approved_at", models.DateTimeField(blank=True, null=True)),
                        ("sent_by", models.CharField(blank=True, max_length=320)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                        ("canceled_by", models.CharField(blank=True, max_length=320)),
                        ("canceled_at", models.DateTimeField(blank=True, null=True)),
                        ("message", models.TextField(blank=True)),
                        (
                            "approver",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "requester",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "accepted",
                                            "approved",
                                            "canceled",
                                            "made",
                                            "read",
                                            "rejected",
                                            "sent",
                                        ],
                                    )
                                ),
                                name="bank_file_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ("payments", "report", "statement"))
                                ),
                                name="bank_file_kind_is_known",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "payments"), _negated=True),
                                fields=("sha256", "livemode"),
                                name="a_file_from_a_bank_is_taken_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approver", None),
                                    ("requester", None),
                                    models.Q(("approver", models.F("requester")), _negated=True),
                                    _connector="OR",
                                ),
                                name="two_people_make_and_approve",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("status", processors.states.BankFileStatus["APPROVED"]),
                                        _negated=True,
                                    ),
                                    ("approver__isnull", False),
                                    _connector="OR",
                                ),
                                name="an_approved_file_has_an_approver",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankStatement",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="bstmt", primary_key=True, serialize=False
                            ),
                        ),
                        ("livemode", models.BooleanField()),
                        ("account", models.CharField(max_length=34)),
                        ("name", models.CharField(max_length=35)),
                        ("currency", core.database.fields.CurrencyField()),
                        ("opening_amount", core.database.fields.AmountField()),
                        ("closing_amount", core.database.fields.AmountField()),
                        ("closes_on", models.DateField(blank=True, null=True)),
                        ("is_interim", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField()),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="statements",
                                to="processors.bankfile",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_interim", False)),
                                fields=("account", "name", "closes_on", "livemode"),
                                name="a_statement_is_taken_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InboundNotice",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="inn", primary_key=True, serialize=False
                            ),
                        ),
                        ("processor", models.CharField(max_length=40)),
                        ("outside_id", models.CharField(max_length=255)),
                        ("body", models.TextField()),
                        ("received_at", models.DateTimeField()),
                        ("next_at", models.DateTimeField(blank=True, null=True)),
                        ("tries", models.PositiveIntegerField(default=0)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        ("problem", models.TextField(blank=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_at__isnull", False)),
                                fields=["next_at"],
                                name="notice_by_next",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("processor", "outside_id"), name="a_notice_is_kept_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SimulatedRequest",
                    fields=[
                        ("key", core.database.fields.ReferenceField()),
                        ("action", models.CharField(max_length=10)),
                        ("charge_key", core.database.fields.ReferenceField()),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("outcome", models.JSONField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("account", core.database.fields.ReferenceField(default="simulator")),
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "account",
                                "key",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["charge_key"], name="simulated_request_by_charge"),
                            models.Index(
                                condition=models.Q(("action__in", ["dispute", "warning"])),
                                fields=["created_at", "key"],
                                name="simulated_complaint",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankPayment",
                    fields=[
                        (
                            "key",
                            core.database.fields.ReferenceField(primary_key=True, serialize=False),
                        ),
                        ("reference", models.CharField(max_length=35, unique=True)),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=processors.states.BankPaymentStatus["QUEUED"]
                            ),
                        ),
                        ("livemode", models.BooleanField()),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("sealed_payee", models.BinaryField()),
                        ("payee", models.CharField(max_length=200)),
                        ("text", models.CharField(max_length=140)),
                        ("reason_code", models.CharField(blank=True, max_length=10)),
                        ("reason_words", models.CharField(blank=True, max_length=500)),
                        ("booked_on", models.DateField(blank=True, null=True)),
                        (
                            "returned_amount",
                            core.database.fields.AmountField(blank=True, null=True),
                        ),
                        ("created_at", models.DateTimeField()),
                        (
                            "booked_line",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="booked",
                                to="processors.bankline",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="processors.bankfile",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("status", "queued")),
                                fields=["livemode", "key"],
                                name="bank_payment_queued",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "status__in",
                                        [
                                            "accepted",
                                            "booked",
                                            "filed",
                                            "queued",
                                            "rejected",
                                            "returned",
                                            "sent",
                                        ],
                                    )
                                ),
                                name="bank_payment_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("file", None),
                                        ("status", processors.states.BankPaymentStatus["QUEUED"]),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "status",
                                                processors.states.BankPaymentStatus["QUEUED"],
                                            ),
                                            _negated=True,
                                        ),
                                        ("file__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="what_is_not_queued_is_in_a_file",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankLine",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="bline", primary_key=True, serialize=False
                            ),
                        ),
                        ("key", models.CharField(max_length=200, unique=True)),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("booked_on", models.DateField(blank=True, null=True)),
                        ("end_to_end_id", models.CharField(blank=True, max_length=35)),
                        ("counterparty", models.CharField(blank=True, max_length=200)),
                        ("text", models.CharField(blank=True, max_length=500)),
                        ("reason_code", models.CharField(blank=True, max_length=10)),
                        ("reason_words", models.CharField(blank=True, max_length=500)),
                        ("matched_by", models.CharField(blank=True, max_length=10)),
                        ("matched_who", models.CharField(blank=True, max_length=320)),
                        ("undone_who", models.CharField(blank=True, max_length=320)),
                        ("created_at", models.DateTimeField()),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="processors.bankfile",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("matched_by", "")),
                                fields=["-id"],
                                name="bank_line_unmatched",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ToldEvent",
                    fields=[
                        (
                            "name",
                            models.CharField(max_length=255, primary_key=True, serialize=False),
                        ),
                        ("processor", models.CharField(max_length=40)),
                        ("kind", models.CharField(max_length=40)),
                        ("key", models.CharField(max_length=255)),
                        ("payment_reference", models.CharField(blank=True, max_length=255)),
                        ("reference", models.CharField(max_length=255)),
                        ("value", models.BigIntegerField(default=0)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("is_success", models.BooleanField()),
                        ("reason", models.TextField(blank=True)),
                        ("more", models.JSONField(default=dict)),
                        ("told_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["processor", "key"], name="told_event_by_key"),
                            models.Index(
                                fields=["processor", "reference"], name="told_event_by_reference"
                            ),
                            models.Index(
                                fields=["processor", "payment_reference"],
                                name="told_event_by_payment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SettlementLine",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="setline", primary_key=True, serialize=False
                            ),
                        ),
                        ("processor", models.CharField(max_length=40)),
                        ("livemode", models.BooleanField()),
                        ("reference", models.CharField(max_length=255)),
                        ("kind", models.CharField(max_length=20)),
                        ("amount", core.database.fields.AmountField()),
                        ("fee_amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("key", models.CharField(blank=True, max_length=255)),
                        ("charge_key", models.CharField(blank=True, max_length=255)),
                        ("about", models.CharField(blank=True, max_length=255)),
                        ("description", models.CharField(blank=True, max_length=500)),
                        ("moved_at", models.DateTimeField()),
                        ("read_at", models.DateTimeField()),
                        ("next_at", models.DateTimeField(blank=True, null=True)),
                        ("tries", models.PositiveIntegerField(default=0)),
                        ("problem", models.TextField(blank=True)),
                        ("bearer", models.CharField(blank=True, db_default="", max_length=255)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["processor", "moved_at"], name="settlement_line_by_moment"
                            ),
                            models.Index(
                                condition=models.Q(("next_at__isnull", False)),
                                fields=["next_at"],
                                name="settlement_by_next",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("processor", "reference"),
                                name="a_settlement_line_is_kept_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProcessorAccount",
                    fields=[
                        (
                            "name",
                            core.database.fields.ReferenceField(primary_key=True, serialize=False),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("livemode", models.BooleanField()),
                        ("title", models.CharField(max_length=100)),
                        (
                            "status",
                            core.database.fields.StatusField(
                                default=processors.states.AccountStatus["ENABLED"]
                            ),
                        ),
                        ("is_default", models.BooleanField(default=False)),
                        ("sealed_credentials", models.BinaryField(blank=True, default=b"")),
                        ("sealed_notice_secrets", models.BinaryField(blank=True, default=b"")),
                        ("base_url", models.CharField(blank=True, max_length=255)),
                        ("currencies", models.JSONField(blank=True, default=list)),
                        ("methods", models.JSONField(blank=True, default=list)),
                        ("statement_descriptor", models.CharField(blank=True, max_length=22)),
                        ("fee_model", models.JSONField(blank=True, default=list)),
                        ("settlement_schedule", models.CharField(blank=True, max_length=200)),
                        ("settlement_bank", models.CharField(blank=True, max_length=200)),
                        ("last_answer_at", models.DateTimeField(blank=True, null=True)),
                        ("last_failure_at", models.DateTimeField(blank=True, null=True)),
                        ("last_failure", models.CharField(blank=True, max_length=500)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("last_notice_at", models.DateTimeField(blank=True, null=True)),
                        ("refused_since", models.DateTimeField(blank=True, null=True)),
                        ("refused_count", models.PositiveIntegerField(default=0)),
                        ("quiet_until", models.DateTimeField(blank=True, null=True)),
                        ("checked_at", models.DateTimeField(blank=True, null=True)),
                        ("check_lines", models.JSONField(blank=True, default=list)),
                        ("created_at", models.DateTimeField()),
                        ("changed_at", models.DateTimeField()),
                        (
                            "amount_limits",
                            models.JSONField(
                                blank=True,
                                db_default=models.Value([], models.JSONField()),
                                default=list,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "processor",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["disabled", "draining", "enabled"])
                                ),
                                name="processor_account_status_is_known",
                                violation_error_message="An account is enabled, draining or disabled.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name__regex", "^[a-z][a-z0-9-]{0,39}$")),
                                name="processor_account_name_is_a_slug",
                                violation_error_message="A name is small letters, digits and hyphens.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("livemode", False),
                                    models.Q(("kind", "simulator"), _negated=True),
                                    _connector="OR",
                                ),
                                name="simulated_processors_take_no_real_money",
                                violation_error_message="A simulated processor takes no real money.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("is_default", False),
                                    ("status", processors.states.AccountStatus["ENABLED"]),
                                    _connector="OR",
                                ),
                                name="payments_begin_where_they_are_taken",
                                violation_error_message="Payments begin at an account that is enabled.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("livemode",),
                                name="one_processor_account_is_first",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportedBalance",
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
                        ("processor", core.database.fields.ReferenceField()),
                        ("livemode", models.BooleanField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("available_amount", core.database.fields.AmountField()),
                        ("pending_amount", core.database.fields.AmountField(default=0)),
                        ("asked_at", models.DateTimeField()),
                        ("problem", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("processor", "livemode", "currency"),
                                name="one_reported_balance",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingBreaker",
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
                        ("processor", models.CharField(max_length=40)),
                        ("method", models.CharField(max_length=20)),
                        ("retry_at", models.DateTimeField(blank=True, null=True)),
                        ("openings", models.PositiveIntegerField(default=0)),
                        ("successes", models.PositiveIntegerField(default=0)),
                        ("forced", models.CharField(blank=True, max_length=10)),
                        ("forced_by", models.CharField(blank=True, max_length=320)),
                        ("reason", models.CharField(blank=True, max_length=1000)),
                        ("changed_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("processor", "method"),
                                name="one_breaker_per_account_and_method",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("forced__in", ("", "open", "closed"))),
                                name="breakers_are_forced_one_way",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingRuleSet",
                    fields=[
                        (
                            "id",
                            core.database.fields.IdField(
                                editable=False, prefix="rset", primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "version",
                            models.PositiveIntegerField(blank=True, null=True, unique=True),
                        ),
                        ("is_draft", models.BooleanField(default=False)),
                        ("document", models.JSONField(blank=True, default=dict)),
                        ("reason", models.CharField(blank=True, max_length=1000)),
                        ("again_of", models.PositiveIntegerField(blank=True, null=True)),
                        ("author", models.CharField(max_length=320)),
                        ("changed_at", models.DateTimeField()),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "verbose_name": "rules of routing",
                        "verbose_name_plural": "rules of routing",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_draft", True)),
                                fields=("is_draft",),
                                name="there_is_one_draft_of_rules",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("is_draft", True),
                                        ("published_at", None),
                                        ("version", None),
                                    ),
                                    models.Q(
                                        ("is_draft", False),
                                        ("published_at__isnull", False),
                                        ("version__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="published_rules_have_a_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoutingTallies",
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
                        ("counts", models.JSONField(default=list)),
                        ("counted_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)),
                                name="attempts_are_counted_in_one_row",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LivePayments",
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
                        ("is_on", models.BooleanField(default=False)),
                        ("reason", models.CharField(blank=True, max_length=1000)),
                        ("changed_by", models.CharField(blank=True, max_length=254)),
                        ("changed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("id", 1)), name="live_payments_have_one_switch"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name="bankline",
            name="payment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="processors.bankpayment",
            ),
        ),
        migrations.RunSQL([(KEEP, None), (TRIGGER, None)]),
        migrations.RunPython(make_accounts),
        migrations.RunPython(make_the_switch),
    ]
