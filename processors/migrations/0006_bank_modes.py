"""Statements of test mode are no part of the real account's history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("processors", "0005_bank_files"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bankfile",
            name="a_file_from_a_bank_is_taken_once",
        ),
        migrations.RemoveConstraint(
            model_name="bankstatement",
            name="a_statement_is_taken_once",
        ),
        migrations.AddField(
            model_name="bankstatement",
            name="livemode",
            field=models.BooleanField(default=False),
            preserve_default=False,
        ),
        migrations.RunSQL(
            """
            UPDATE processors_bankstatement s SET livemode = f.livemode
            FROM processors_bankfile f WHERE f.id = s.file_id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="bankfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "payments"), _negated=True),
                fields=("sha256", "livemode"),
                name="a_file_from_a_bank_is_taken_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(
                fields=("account", "name", "livemode"),
                name="a_statement_is_taken_once",
            ),
        ),
    ]
