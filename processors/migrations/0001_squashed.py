"""The tables of bank files, statements and notices; who decided is said once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.database.fields
import processors.states
from core.database.operations import CreateModels


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
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

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
                        (
                            "key",
                            core.database.fields.ReferenceField(primary_key=True, serialize=False),
                        ),
                        ("action", models.CharField(max_length=10)),
                        ("charge_key", core.database.fields.ReferenceField()),
                        ("amount", core.database.fields.AmountField()),
                        ("currency", core.database.fields.CurrencyField()),
                        ("outcome", models.JSONField()),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
    ]
