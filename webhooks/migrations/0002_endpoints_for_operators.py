from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_squashed")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="previous_secret",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="previous_secret_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["endpoint", "-id"],
                condition=models.Q(status__in=["failing", "exhausted", "canceled"]),
                name="delivery_not_accepted",
            ),
        ),
    ]
