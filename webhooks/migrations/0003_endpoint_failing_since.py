from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0002_endpoints_for_operators")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="failing_since",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
