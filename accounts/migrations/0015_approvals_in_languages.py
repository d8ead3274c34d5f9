from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_baseline"),
    ]

    operations = [
        migrations.AddField(
            model_name="approvalrequest",
            name="messages",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="approvalrequest",
            name="summaries",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
