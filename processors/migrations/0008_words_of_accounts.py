import processors.states
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("processors", "0007_routing"),
    ]

    operations = [
        migrations.AlterConstraint(
            model_name="processoraccount",
            name="processor_account_status_is_known",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["disabled", "draining", "enabled"])),
                name="processor_account_status_is_known",
                violation_error_message="An account is enabled, draining or disabled.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="processoraccount",
            name="processor_account_name_is_a_slug",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__regex", "^[a-z][a-z0-9-]{0,39}$")),
                name="processor_account_name_is_a_slug",
                violation_error_message="A name is small letters, digits and hyphens.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="processoraccount",
            name="simulated_processors_take_no_real_money",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("livemode", False),
                    models.Q(("kind", "simulator"), _negated=True),
                    _connector="OR",
                ),
                name="simulated_processors_take_no_real_money",
                violation_error_message="A simulated processor takes no real money.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="processoraccount",
            name="payments_begin_where_they_are_taken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_default", False),
                    ("status", processors.states.AccountStatus["ENABLED"]),
                    _connector="OR",
                ),
                name="payments_begin_where_they_are_taken",
                violation_error_message="Payments begin at an account that is enabled.",
            ),
        ),
    ]
