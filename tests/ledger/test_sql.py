"""What reviewers read in `ledger/sql` is what PostgreSQL runs, word for word."""

import re
from pathlib import Path

import pytest

import ledger
from ledger.audit import schema_integrity, schema_manifest
from tests.ledger.test_seals import owner

pytestmark = pytest.mark.django_db

FILES = sorted((Path(ledger.__file__).parent / "sql").glob("*.sql"))
FUNCTIONS = r"""
    SELECT p.proname::text, pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'ledger\_%'
"""
TRIGGERS = r"""
    SELECT t.tgname::text, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relname LIKE 'ledger\_%'
"""
DROP = r"""
    DO $$
    DECLARE
        known regprocedure;
    BEGIN
        FOR known IN
            SELECT p.oid FROM pg_proc p
            WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'ledger\_%'
        LOOP
            EXECUTE format('DROP FUNCTION %s CASCADE', known);
        END LOOP;
    END
    $$
"""


def definitions(tables, question):
    found = tables.execute(question).fetchall()
    assert len({name for name, _ in found}) == len(found)
    return dict(found)


def rebuilt(tables):
    """Drop each function and trigger of the ledger, and make them of the files alone."""
    tables.execute(DROP)
    assert definitions(tables, FUNCTIONS) == definitions(tables, TRIGGERS) == {}
    # Files stand in the order of their names, whatever calls what.
    tables.execute("SET LOCAL check_function_bodies = off")
    for file in sorted(FILES, key=lambda file: file.stem == "triggers"):
        tables.execute(file.read_text())


def test_a_fresh_database_has_the_functions_and_triggers_of_the_files():
    with owner() as tables:
        functions, triggers = definitions(tables, FUNCTIONS), definitions(tables, TRIGGERS)

        rebuilt(tables)

        assert definitions(tables, FUNCTIONS) == functions
        assert definitions(tables, TRIGGERS) == triggers
        tables.rollback()
    assert len(functions) >= 20
    assert len(triggers) >= 10


def test_the_manifest_is_that_of_the_files():
    with owner() as tables:
        rebuilt(tables)

        found = definitions(tables, f"SELECT name, hash FROM ({schema_integrity.PRESENT}) x")
        tables.rollback()

    assert found == schema_manifest.TEXTS


def test_each_function_is_stated_once():
    names = [
        name
        for file in FILES
        for name in re.findall(r"^CREATE FUNCTION (\w+)", file.read_text(), re.MULTILINE)
    ]

    assert len(names) == len(set(names))
    assert set(names) == {
        re.match(r"function (\w+)", name)[1]
        for name in schema_manifest.TEXTS
        if name.startswith("function ")
    }
