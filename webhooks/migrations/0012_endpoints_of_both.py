from django.db import migrations, models

import core.database.fields


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0011_rows_of_no_partition")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="also_hears_own",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="rolled_as",
            field=core.database.fields.ReferenceField(
                blank=True, db_default="", default="", editable=False
            ),
        ),
    ]
