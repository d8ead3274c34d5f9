"""Accounts at processors, and those that there were without a row."""

from django.apps.registry import Apps
from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

import core.database.fields
import processors.states
from django.db import migrations, models
from processors.accounts import sealing


def take_over(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
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


class Migration(migrations.Migration):
    dependencies = [
        ("processors", "0003_settlement_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProcessorAccount",
            fields=[
                ("name", core.database.fields.ReferenceField(primary_key=True, serialize=False)),
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
            ],
            options={
                "verbose_name": "processor",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["disabled", "draining", "enabled"])),
                        name="processor_account_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", "^[a-z][a-z0-9-]{0,39}$")),
                        name="processor_account_name_is_a_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("livemode", False),
                            models.Q(("kind", "simulator"), _negated=True),
                            _connector="OR",
                        ),
                        name="simulated_processors_take_no_real_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_default", False),
                            ("status", processors.states.AccountStatus["ENABLED"]),
                            _connector="OR",
                        ),
                        name="payments_begin_where_they_are_taken",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("livemode",),
                        name="one_processor_account_is_first",
                    ),
                ],
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
