-- In which cluster this database lies: after a restore into another, numbers begin anew.
CREATE FUNCTION ledger_system_identifier() RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$ SELECT system_identifier::text FROM pg_control_system() $$;
