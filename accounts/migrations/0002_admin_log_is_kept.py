"""What operators did stays, whoever is deleted: Django deletes its admin's log with its people."""

from django.db import migrations

KEEP = """
CREATE FUNCTION accounts_keep_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: make who acted inactive instead', TG_TABLE_NAME
        USING ERRCODE = '42501';
END
$$
"""
TRIGGER = """
CREATE TRIGGER admin_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON django_admin_log
FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_history()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_schema"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunSQL(KEEP, "DROP FUNCTION accounts_keep_history()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER admin_log_is_append_only ON django_admin_log"),
    ]
