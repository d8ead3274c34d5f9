"""What Django's log of its admin had is in the audit trail, which people can be deleted from."""

import json

from django.db import migrations

from core.ids import new_id

WORDS = {1: "Added", 2: "Changed", 3: "Deleted"}
EMPTY = (
    "DROP TRIGGER admin_log_is_append_only ON django_admin_log",
    "DELETE FROM django_admin_log",
)


def words(row):
    """Return what an old line says: Django wrote JSON, and Rialto a word."""
    try:
        return json.loads(row.change_message)
    except ValueError:
        return row.change_message or WORDS.get(row.action_flag, "")


def copy(apps, schema_editor):
    log, event = apps.get_model("admin", "LogEntry"), apps.get_model("accounts", "AuditEvent")
    for row in log.objects.select_related("user", "content_type").order_by("id").iterator():
        event.objects.create(
            id=new_id("aud"),
            created_at=row.action_time,
            actor_kind="operator",
            actor_id=row.user_id,
            actor_email=row.user.email,
            actor_name=row.user.name,
            action="admin.acted",
            target_type=row.content_type.model if row.content_type else "",
            target_id=(row.object_id or "")[:200],
            changes={"message": [None, words(row)]},
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_audit_trail")]

    operations = [
        migrations.RunPython(copy, migrations.RunPython.noop),
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
    ]
