"""Operators invite operators: the table, and the functions that alone write it."""

import core.database.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Only these write invitations, and only the second makes an operator of one. They act as the
# tables' owner; the application may call them, and may not write the table.
FUNCTIONS = """
CREATE FUNCTION accounts_invite(
    p_id text, p_email text, p_role text, p_digest text, p_by text, p_seconds integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM accounts_user WHERE id = p_by AND is_active AND is_staff AND operator_role = 'owner';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only owners invite' USING ERRCODE = '42501';
    END IF;
    IF p_role NOT IN (
        'owner', 'admin', 'operator', 'support', 'finance', 'developer', 'auditor')
    THEN
        RAISE EXCEPTION '% is no role', p_role USING ERRCODE = '22023';
    END IF;
    PERFORM 1 FROM accounts_user WHERE email = p_email AND is_staff;
    IF FOUND THEN
        RAISE EXCEPTION 'an operator has this address already' USING ERRCODE = '23505';
    END IF;
    UPDATE accounts_invitation SET withdrawn_at = now()
    WHERE email = p_email AND accepted_at IS NULL AND withdrawn_at IS NULL;
    INSERT INTO accounts_invitation (id, email, role, digest, invited_by_id, created_at, expires_at)
    VALUES (p_id, p_email, p_role, p_digest, p_by, now(),
        now() + make_interval(secs => least(p_seconds, 604800)));
END
$$;

CREATE FUNCTION accounts_accept_invitation(
    p_digest text, p_user text, p_name text, p_password text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_invitation accounts_invitation%ROWTYPE;
    v_user text;
BEGIN
    SELECT i.* INTO v_invitation FROM accounts_invitation i
    JOIN accounts_user u ON u.id = i.invited_by_id
        AND u.is_active AND u.is_staff AND u.operator_role = 'owner'
    WHERE i.digest = p_digest AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
        AND i.expires_at > now()
    FOR UPDATE OF i;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE accounts_invitation SET accepted_at = now() WHERE id = v_invitation.id;
    PERFORM set_config('rialto.role_by', v_invitation.invited_by_id, true);
    INSERT INTO accounts_user (id, email, name, password, is_staff, is_superuser, operator_role,
        is_active, created_at)
    VALUES (p_user, v_invitation.email, p_name, p_password, true, false, v_invitation.role, true,
        now())
    ON CONFLICT (email) DO UPDATE SET name = excluded.name, password = excluded.password,
        is_staff = true, is_superuser = false, operator_role = excluded.operator_role,
        is_active = true
    RETURNING id INTO v_user;
    PERFORM set_config('rialto.role_by', '', true);
    RETURN v_user;
END
$$;

CREATE FUNCTION accounts_withdraw_invitation(p_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE accounts_invitation SET withdrawn_at = now()
    WHERE id = p_id AND accepted_at IS NULL AND withdrawn_at IS NULL;
    RETURN FOUND;
END
$$;

REVOKE EXECUTE ON FUNCTION accounts_invite, accounts_accept_invitation,
    accounts_withdraw_invitation FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rialto_app') THEN
        GRANT EXECUTE ON FUNCTION accounts_invite, accounts_accept_invitation,
            accounts_withdraw_invitation TO rialto_app;
    END IF;
END $$;
"""
DROP = """
DROP FUNCTION accounts_invite, accounts_accept_invitation, accounts_withdraw_invitation
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_found_by_operators"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    core.database.fields.IdField(
                        editable=False, prefix="inv", primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("admin", "Admin"),
                            ("operator", "Operator"),
                            ("support", "Support"),
                            ("finance", "Finance"),
                            ("developer", "Developer"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=12,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL([(FUNCTIONS, None)], [(DROP, None)]),
    ]
