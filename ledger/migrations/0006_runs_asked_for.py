from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_snapshots_by_day")]

    operations = [
        migrations.AddField(
            model_name="verifyrun",
            name="asked_by",
            field=models.CharField(blank=True, db_default="", max_length=320),
        ),
        migrations.AddField(
            model_name="verifyrun",
            name="is_waiting",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
