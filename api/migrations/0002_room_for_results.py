from django.db import migrations


class Migration(migrations.Migration):
    """Leave room on each page for the results, so that storing one need not touch the indexes."""

    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE api_idempotencykey SET (fillfactor = 40)",
            "ALTER TABLE api_idempotencykey RESET (fillfactor)",
        )
    ]
