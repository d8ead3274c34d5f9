from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_squashed")]

    operations = [
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(fields=["day"], name="snapshot_by_day"),
        ),
    ]
