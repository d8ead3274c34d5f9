"""What was read in a bank's file is its message."""

from django.db import migrations


class Migration(migrations.Migration):
    """Renamed; nothing else refers to it."""

    dependencies = [("processors", "0001_schema")]

    operations = [
        migrations.RenameField(model_name="bankfile", old_name="said", new_name="message"),
    ]
