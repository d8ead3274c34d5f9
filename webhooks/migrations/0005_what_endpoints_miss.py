from django.db import migrations, models

import core.database.fields


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0004_delivery_engine")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="failing_notices",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="missed_after",
            field=core.database.fields.ReferenceField(blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="endpoint",
            name="missed_until",
            field=core.database.fields.ReferenceField(blank=True, default="", editable=False),
            preserve_default=False,
        ),
    ]
