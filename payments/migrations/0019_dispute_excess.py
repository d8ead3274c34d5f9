from django.db import migrations

import core.database.fields


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0018_split"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="excess_amount",
            field=core.database.fields.AmountField(db_default=0, default=0),
        ),
    ]
