"""What the application's role may do: every table is named, and no more is granted than is said."""

import pytest
from django.db import connection

from config.launcher import grants

PRIVILEGES = """
    SELECT relname::text, has_table_privilege('rialto_app', oid, %s) FROM pg_class
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = 'public'::regnamespace
"""


def tables_with(privilege):
    with connection.cursor() as cursor:
        cursor.execute(PRIVILEGES, [privilege])
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_says_what_the_application_may_do_with_it():
    assert set(tables_with("SELECT")) == set(grants.TABLES)


@pytest.mark.django_db
@pytest.mark.parametrize("privilege", ["INSERT", "UPDATE", "DELETE"])
def test_the_application_may_do_what_is_said_and_nothing_else(privilege):
    asked = {"INSERT": "inserts", "UPDATE": "updates", "DELETE": "deletes"}[privilege]

    said = {table: getattr(rights, asked) for table, rights in grants.TABLES.items()}

    assert tables_with(privilege) == said


@pytest.mark.django_db
@pytest.mark.parametrize("privilege", ["TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"])
def test_the_application_may_do_nothing_to_a_table_itself(privilege):
    assert not any(tables_with(privilege).values())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table",
    [
        "connect_payout", "connect_transfer", "django_admin_log", "ledger_verifyrun",
        "payments_charge", "payments_refund", "processors_bankfile",
    ],
)  # fmt: skip
def test_nothing_that_tells_of_money_can_be_deleted(table):
    assert not grants.TABLES[table].deletes


@pytest.mark.django_db
def test_the_application_makes_no_tables_of_its_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")

        assert cursor.fetchone() == (False,)
