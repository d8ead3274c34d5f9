"""The check that PostgreSQL still guards the ledger as its migrations told it to.

What they told it is in `schema_manifest`: each function, trigger and constraint by the hash of its
text. Whoever may change tables may hollow out what looks after them, and that is found here.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.audit import schema_manifest
from ledger.audit.checking import Check

# Name and hash of every function, trigger and constraint of the ledger, as they are now.
PRESENT: Final = r"""
    SELECT 'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
            AS name,
        encode(sha256(convert_to(concat_ws('|', l.lanname, p.prosecdef, p.provolatile,
            array_to_string(p.proconfig, ','), p.prosrc), 'UTF8')), 'hex') AS hash
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'ledger\_%'
    UNION ALL
    SELECT 'trigger ' || t.tgname || ' of ' || c.relname,
        encode(sha256(convert_to(pg_get_triggerdef(t.oid), 'UTF8')), 'hex')
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
        AND c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'ledger\_%'
    UNION ALL
    SELECT 'unique index ' || i.relname || ' of ' || c.relname, ''
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    WHERE x.indisunique AND x.indisvalid
        AND c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'ledger\_%'
    UNION ALL
    SELECT 'constraint ' || k.conname || ' of ' || c.relname, ''
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'c' AND k.convalidated
        AND c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'ledger\_%'
"""

# The functions that the application may call.
CALLABLE: Final = r"""
    SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name
    FROM pg_proc p JOIN pg_roles r ON r.rolname = 'rialto_app'
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'ledger\_%'
        AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
"""


def _values(rows: Mapping[str, str] | Iterable[str]) -> str:
    pairs = rows.items() if isinstance(rows, Mapping) else ((row, "") for row in rows)
    return ", ".join(f"('{name}', '{hash}')" for name, hash in pairs)


GUARDS: Final = Check(
    "guards",
    "PostgreSQL still refuses what it was told to refuse.",
    rf"""
    WITH shipped(name, hash) AS (VALUES {_values(schema_manifest.TEXTS)}),
    present AS ({PRESENT}),
    tables AS (
        SELECT t.oid, t.relname::text AS name, t.relrowsecurity FROM pg_class t
        WHERE t.relkind IN ('r', 'p') AND t.relname LIKE 'ledger\_%'
            AND t.relnamespace = 'public'::regnamespace
    )
    SELECT coalesce(s.name, p.name), CASE
        WHEN p.name IS NULL THEN 'is missing or switched off'
        WHEN s.name IS NULL THEN 'is none of ours'
        ELSE 'is not what it was' END
    FROM shipped s FULL JOIN present p ON p.name = s.name
    WHERE p.hash IS DISTINCT FROM s.hash
    UNION ALL
    SELECT c.name, 'the application may call it'
    FROM ({CALLABLE}) c WHERE c.name NOT IN (SELECT v.name FROM
        (VALUES {_values(schema_manifest.CALLABLE)}) v(name, hash))
    UNION ALL
    SELECT t.name, 'the application may ' || want.privilege
    FROM tables t
    JOIN pg_roles r ON r.rolname = 'rialto_app'
    CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) want(privilege)
    WHERE t.name <> 'ledger_verifyrun' AND (
        has_table_privilege(r.oid, t.oid, want.privilege)
        OR (want.privilege IN ('INSERT', 'UPDATE')
            AND has_any_column_privilege(r.oid, t.oid, want.privilege)))
    UNION ALL
    SELECT t.name, 'the rule ' || w.rulename || ' changes what is written'
    FROM tables t JOIN pg_rewrite w ON w.ev_class = t.oid
    UNION ALL
    SELECT t.name, 'rows are hidden by row security' FROM tables t WHERE t.relrowsecurity
    UNION ALL
    SELECT 'rialto_app', 'its sessions begin with ' || said.setting
    FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole AND r.rolname = 'rialto_app'
    CROSS JOIN LATERAL unnest(s.setconfig) said(setting)
    WHERE said.setting ~ '^(search_path|row_security|session_|local_preload_)'
    """,  # noqa: S608  written by us
)
