from django.db import migrations, models


def make_the_switch(apps, schema_editor):
    """Begin with live payments off. The migration of payments goes on where there are some."""
    apps.get_model("processors", "LivePayments").objects.create(id=1)


class Migration(migrations.Migration):
    dependencies = [
        ("processors", "0009_books_of_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="LivePayments",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
        migrations.RunPython(make_the_switch, migrations.RunPython.noop),
    ]
