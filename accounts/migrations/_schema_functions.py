"""Functions and triggers of people: who makes operators, and what nobody rewrites."""

# Who may use the admin is said by the tables' owner, not by the application.
KEEP_OPERATORS = """
CREATE FUNCTION accounts_keep_operators() RETURNS trigger
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

KEEP_OPERATORS_TRIGGER = """
CREATE TRIGGER operators_are_made_by_the_owner BEFORE INSERT OR UPDATE ON accounts_user
FOR EACH ROW EXECUTE FUNCTION accounts_keep_operators()
"""

KEEP_HISTORY = """
CREATE FUNCTION accounts_keep_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: make who acted inactive instead', TG_TABLE_NAME
        USING ERRCODE = '42501';
END
$$
"""

RECORD_ROLE = """
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

RECORD_ROLE_TRIGGERS = """
CREATE TRIGGER a_first_role_is_recorded AFTER INSERT ON accounts_user
FOR EACH ROW WHEN (NEW.operator_role <> '') EXECUTE FUNCTION accounts_record_role();
CREATE TRIGGER a_changed_role_is_recorded AFTER UPDATE ON accounts_user
FOR EACH ROW WHEN (NEW.operator_role <> OLD.operator_role)
EXECUTE FUNCTION accounts_record_role();
CREATE TRIGGER role_changes_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON accounts_rolechange FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_history()
"""

# `member` lets somebody in without a role of an operator: a membership says what they may do.
SET_ROLE = """
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

# Only these write invitations, and only the second makes an operator of one. They act as the
# tables' owner; the application may call them, and may not write the table.
INVITATIONS = """
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

REFUSE_REWRITING = """
CREATE FUNCTION accounts_refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END
$$
"""

APPEND_ONLY_TRIGGER = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_{table}
FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_rewriting()
"""

ALL = (
    KEEP_OPERATORS, KEEP_OPERATORS_TRIGGER, KEEP_HISTORY, RECORD_ROLE, RECORD_ROLE_TRIGGERS,
    SET_ROLE, INVITATIONS, REFUSE_REWRITING,
    *(APPEND_ONLY_TRIGGER.format(table=table) for table in ("auditevent", "auditleaf", "auditseal")),
)  # fmt: skip
