"""Accounts' requirements by their own name; what a block says, a message."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connect", "0002_payout_attempt_columns"),
    ]

    operations = [
        # Neither its condition nor its name follows the column's.
        migrations.RemoveIndex(model_name="verification", name="verification_by_look_at"),
        migrations.RemoveConstraint(model_name="verification", name="one_verification_per_mode"),
        migrations.RenameModel(old_name="Verification", new_name="AccountRequirements"),
        migrations.AlterModelOptions(
            name="accountrequirements",
            options={
                "verbose_name": "account requirements",
                "verbose_name_plural": "account requirements",
            },
        ),
        migrations.RenameField(
            model_name="accountrequirements",
            old_name="of_capabilities",
            new_name="capability_requirements",
        ),
        migrations.RenameField(
            model_name="accountrequirements", old_name="look_at", new_name="reevaluate_at"
        ),
        migrations.AddIndex(
            model_name="accountrequirements",
            index=models.Index(
                fields=["reevaluate_at"],
                condition=models.Q(reevaluate_at__isnull=False),
                name="requirements_by_reevaluation",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountrequirements",
            constraint=models.UniqueConstraint(
                fields=("account", "livemode"), name="one_requirements_row_per_mode"
            ),
        ),
        migrations.RenameField(model_name="accountblock", old_name="said", new_name="message"),
    ]
