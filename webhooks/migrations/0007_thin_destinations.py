from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0006_resends"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="is_thin",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="name",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="updated_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
