"""Events are written once; the relay starts at the beginning."""

from django.db import migrations

GRANT = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON webhooks_event FROM rialto_app;
    END IF;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
        migrations.RunSQL(
            "INSERT INTO webhooks_relaycursor (id, xid, event_id) VALUES (1, 0, '')",
            "DELETE FROM webhooks_relaycursor",
        ),
    ]
