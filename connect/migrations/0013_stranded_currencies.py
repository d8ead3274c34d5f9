from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connect", "0012_payout_holds")]

    operations = [
        migrations.AddField(
            model_name="verification",
            name="stranded",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
