"""Roles of operators: written by the tables' owner alone, or by an owner through one function."""

import core.database.fields
from django.db import migrations, models

ROLES = [
    ("owner", "Owner"),
    ("admin", "Admin"),
    ("operator", "Operator"),
    ("support", "Support"),
    ("finance", "Finance"),
    ("developer", "Developer"),
    ("auditor", "Auditor"),
]

# Superusers may do what owners may; whoever only looked at a platform's things still does.
GIVE = """
UPDATE accounts_user SET operator_role = 'owner', is_superuser = false WHERE is_superuser;
UPDATE accounts_membership SET role = 'auditor' WHERE role = 'viewer'
"""

KEEP = """
CREATE OR REPLACE FUNCTION accounts_keep_operators() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.is_staff <= OLD.is_staff
        AND NEW.is_superuser <= OLD.is_superuser
        AND NEW.operator_role = OLD.operator_role
    THEN
        RETURN NEW;
    END IF;
    IF (NEW.is_staff OR NEW.is_superuser OR NEW.operator_role <> '' OR TG_OP = 'UPDATE')
        AND NOT pg_has_role(
            current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RAISE EXCEPTION 'only the owner of the tables makes operators: `rialto operators create`'
            USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$
"""
KEEP_BEFORE = """
CREATE OR REPLACE FUNCTION accounts_keep_operators() RETURNS trigger
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

RECORD = """
CREATE FUNCTION accounts_record_role() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO accounts_rolechange (user_id, was, became, by_id, at)
    VALUES (
        NEW.id,
        CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.operator_role END,
        NEW.operator_role,
        coalesce(current_setting('rialto.role_by', true), ''),
        now()
    );
    RETURN NULL;
END
$$
"""
RECORD_TRIGGERS = """
CREATE TRIGGER a_first_role_is_recorded AFTER INSERT ON accounts_user
FOR EACH ROW WHEN (NEW.operator_role <> '') EXECUTE FUNCTION accounts_record_role();
CREATE TRIGGER a_changed_role_is_recorded AFTER UPDATE ON accounts_user
FOR EACH ROW WHEN (NEW.operator_role <> OLD.operator_role)
EXECUTE FUNCTION accounts_record_role();
CREATE TRIGGER role_changes_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON accounts_rolechange FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_history()
"""

# `member` lets somebody in without a role of an operator: a membership says what they may do.
SET = """
CREATE FUNCTION accounts_set_role(p_user text, p_role text, p_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_is_owner boolean := EXISTS (
        SELECT 1 FROM accounts_user
        WHERE id = p_by AND operator_role = 'owner' AND is_staff AND is_active);
BEGIN
    IF p_role NOT IN (
        'owner', 'admin', 'operator', 'support', 'finance', 'developer', 'auditor', 'member', '')
    THEN
        RAISE EXCEPTION '% is no role', p_role USING ERRCODE = '22023';
    END IF;
    IF p_user = p_by THEN
        RAISE EXCEPTION 'nobody changes a role of their own' USING ERRCODE = '42501';
    END IF;
    -- An owner of a platform lets in whom it has made a member, and nobody with a role of ours.
    IF NOT v_is_owner AND NOT (p_role = 'member' AND EXISTS (
        SELECT 1 FROM accounts_membership mine
        JOIN accounts_membership theirs ON theirs.account_id = mine.account_id
        JOIN accounts_user me ON me.id = mine.user_id
        JOIN accounts_user them ON them.id = theirs.user_id
        WHERE mine.user_id = p_by AND mine.role = 'owner' AND theirs.user_id = p_user
            AND me.is_staff AND me.is_active AND them.operator_role = ''))
    THEN
        RAISE EXCEPTION 'only an owner gives and takes roles' USING ERRCODE = '42501';
    END IF;
    PERFORM set_config('rialto.role_by', p_by, true);
    UPDATE accounts_user
    SET is_staff = p_role <> '', is_superuser = false,
        operator_role = CASE WHEN p_role = 'member' THEN '' ELSE p_role END
    WHERE id = p_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such person' USING ERRCODE = 'P0002';
    END IF;
    PERFORM set_config('rialto.role_by', '', true);
END
$$;
REVOKE ALL ON FUNCTION accounts_set_role(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_set_role(text, text, text) TO rialto_app
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_words_for_people")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="operator_role",
            field=models.CharField(
                blank=True,
                choices=ROLES,
                db_default="",
                default="",
                max_length=12,
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(choices=ROLES, max_length=12),
        ),
        migrations.CreateModel(
            name="RoleChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", core.database.fields.ReferenceField()),
                ("was", models.CharField(blank=True, max_length=12)),
                ("became", models.CharField(blank=True, max_length=12)),
                ("by_id", core.database.fields.ReferenceField(blank=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["user_id"], name="role_change_by_user")],
            },
        ),
        migrations.RunSQL(RECORD, "DROP FUNCTION accounts_record_role()"),
        migrations.RunSQL(
            RECORD_TRIGGERS,
            """
            DROP TRIGGER role_changes_are_append_only ON accounts_rolechange;
            DROP TRIGGER a_changed_role_is_recorded ON accounts_user;
            DROP TRIGGER a_first_role_is_recorded ON accounts_user
            """,
        ),
        migrations.RunSQL(
            GIVE,
            "UPDATE accounts_user SET is_superuser = true WHERE operator_role = 'owner'",
        ),
        migrations.RunSQL(KEEP, KEEP_BEFORE),
        migrations.RunSQL(SET, "DROP FUNCTION accounts_set_role(text, text, text)"),
    ]
