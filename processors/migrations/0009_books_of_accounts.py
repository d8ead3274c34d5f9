"""Each account at the simulated processor has a book of its own."""

import core.database.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("processors", "0008_words_of_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="simulatedrequest",
            name="account",
            field=core.database.fields.ReferenceField(default="simulator"),
        ),
        migrations.RunSQL(
            sql="""
                ALTER TABLE processors_simulatedrequest
                    DROP CONSTRAINT processors_simulatedrequest_pkey,
                    ADD CONSTRAINT processors_simulatedrequest_pkey PRIMARY KEY (account, key)
            """,
            reverse_sql="""
                ALTER TABLE processors_simulatedrequest
                    DROP CONSTRAINT processors_simulatedrequest_pkey,
                    ADD CONSTRAINT processors_simulatedrequest_pkey PRIMARY KEY (key)
            """,
            state_operations=[
                migrations.AlterField(
                    model_name="simulatedrequest",
                    name="key",
                    field=core.database.fields.ReferenceField(),
                ),
                migrations.AddField(
                    model_name="simulatedrequest",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "account",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
    ]
