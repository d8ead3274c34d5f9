"""Which programs work, as each writes down itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0004_keys_by_day")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("program", models.CharField(max_length=40)),
                ("host", models.CharField(max_length=120)),
                ("process", models.IntegerField()),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
            ],
        ),
    ]
