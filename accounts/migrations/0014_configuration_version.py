from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_account_alerts")]

    operations = [
        migrations.CreateModel(
            name="ConfigurationVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="the_configuration_has_one_version"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            """
            CREATE SEQUENCE accounts_configuration_version START 2;
            INSERT INTO accounts_configurationversion (id, version) VALUES (1, 1);
            """,
            "DROP SEQUENCE accounts_configuration_version",
        ),
    ]
