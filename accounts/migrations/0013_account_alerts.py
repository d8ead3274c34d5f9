from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_approvals_recovered")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="alerts",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                editable=False,
            ),
        ),
    ]
