from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payments", "0038_disputes_by_deadline")]

    operations = [
        migrations.AddIndex(
            model_name="charge",
            index=BrinIndex(autosummarize=True, fields=["created_at"], name="charge_by_moment"),
        ),
    ]
