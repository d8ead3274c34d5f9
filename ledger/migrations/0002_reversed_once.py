"""An entry is reversed once: the index that says so went with another on the same column."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_schema")]

    operations = [
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reverses__isnull", False)),
                fields=("reverses",),
                name="an_entry_is_reversed_once",
            ),
        ),
    ]
