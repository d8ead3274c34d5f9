from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0039_charges_by_moment")]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="statement_text",
            field=models.CharField(blank=True, max_length=22, null=True),
        ),
    ]
