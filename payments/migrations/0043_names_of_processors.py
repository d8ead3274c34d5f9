from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0042_instruments"),
    ]

    operations = [
        migrations.AlterField(
            model_name="setupattempt",
            name="processor",
            field=models.CharField(max_length=40),
        ),
    ]
