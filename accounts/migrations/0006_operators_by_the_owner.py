"""Who may use the admin is said by the tables' owner, not by the application."""

from django.db import migrations

KEEP = """
CREATE FUNCTION accounts_keep_operators() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.is_staff <= OLD.is_staff
        AND NEW.is_superuser <= OLD.is_superuser
    THEN
        RETURN NEW;
    END IF;
    IF (NEW.is_staff OR NEW.is_superuser) AND NOT pg_has_role(
        current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RAISE EXCEPTION 'only the owner of the tables makes operators: `rialto operators create`'
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$
"""
TRIGGER = """
CREATE TRIGGER operators_are_made_by_the_owner BEFORE INSERT OR UPDATE ON accounts_user
FOR EACH ROW EXECUTE FUNCTION accounts_keep_operators()
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_people")]

    operations = [
        migrations.RunSQL(KEEP, "DROP FUNCTION accounts_keep_operators()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER operators_are_made_by_the_owner ON accounts_user"),
    ]
