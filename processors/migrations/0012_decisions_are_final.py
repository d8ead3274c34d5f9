"""Who approved, sent or canceled a file of payments is said once."""

from django.db import migrations

KEEP = """
CREATE FUNCTION processors_keep_decisions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL AND (NEW.approver_id, NEW.approved_by, NEW.approved_at)
            IS DISTINCT FROM (OLD.approver_id, OLD.approved_by, OLD.approved_at)
        OR OLD.sent_at IS NOT NULL AND (NEW.sent_by, NEW.sent_at)
            IS DISTINCT FROM (OLD.sent_by, OLD.sent_at)
        OR OLD.canceled_at IS NOT NULL AND (NEW.canceled_by, NEW.canceled_at)
            IS DISTINCT FROM (OLD.canceled_by, OLD.canceled_at)
    THEN
        RAISE EXCEPTION 'who decided about % is said once', OLD.id USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$
"""
TRIGGER = """
CREATE TRIGGER decisions_are_final BEFORE UPDATE ON processors_bankfile
FOR EACH ROW EXECUTE FUNCTION processors_keep_decisions()
"""


class Migration(migrations.Migration):
    dependencies = [("processors", "0011_interim_statements")]

    operations = [
        migrations.RunSQL(KEEP, "DROP FUNCTION processors_keep_decisions()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER decisions_are_final ON processors_bankfile"),
    ]
