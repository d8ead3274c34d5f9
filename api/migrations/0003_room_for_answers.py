from django.db import migrations


class Migration(migrations.Migration):
    """Leave room on each page, so that keeping an answer need not touch the indexes."""

    dependencies = [("api", "0002_idempotency_scopes")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE api_idempotencykey SET (fillfactor = 40)",
            "ALTER TABLE api_idempotencykey RESET (fillfactor)",
        )
    ]
