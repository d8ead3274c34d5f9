"""What the application's role may do: every table is named, and no more is granted than is said."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from accounts.models import User
from config.launcher import grants
from ledger.models import VerifyRun
from processors.models import BankFile
from tests.factories import an_operator, now

PRIVILEGES = """
    SELECT relname::text, has_table_privilege('rialto_app', oid, %s) FROM pg_class
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = 'public'::regnamespace
        AND NOT relispartition
"""


COLUMNS = """
    SELECT attname::text, has_column_privilege('rialto_app', attrelid, attnum, 'UPDATE')
    FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
UNNAMED = """
    SELECT p.proname::text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname NOT LIKE 'testing%%'
        AND 'search_path=public, pg_temp' <> ALL (coalesce(p.proconfig, '{}'))
"""


def columns_that_may_change(table):
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        return dict(cursor.fetchall())


def tables_with(privilege):
    with connection.cursor() as cursor:
        cursor.execute(PRIVILEGES, [privilege])
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_says_what_the_application_may_do_with_it():
    assert set(tables_with("SELECT")) == set(grants.TABLES)


@pytest.mark.django_db
@pytest.mark.parametrize("privilege", ["INSERT", "DELETE"])
def test_the_application_may_do_what_is_stated_and_nothing_else(privilege):
    asked = {"INSERT": "inserts", "DELETE": "deletes"}[privilege]

    listed = {table: getattr(rights, asked) for table, rights in grants.TABLES.items()}

    assert tables_with(privilege) == listed


@pytest.mark.django_db
@pytest.mark.parametrize("table", grants.TABLES)
def test_the_application_may_change_the_columns_that_are_stated_and_no_other(table):
    rights = grants.TABLES[table]

    columns = columns_that_may_change(table)

    kept = {name for name, may_change in columns.items() if not may_change}
    assert kept == (set(rights.keeps) if rights.updates else set(columns))


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


@pytest.mark.django_db
def test_every_function_says_in_which_schema_it_looks():
    with connection.cursor() as cursor:
        cursor.execute(UNNAMED)

        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_connections_say_the_schema_whatever_the_role_was_told():
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, setting FROM pg_settings WHERE name = 'search_path'")

        assert cursor.fetchone() == ("client", "public,pg_temp")


REFUSED = {
    "rewrite who approved a file": "UPDATE processors_bankfile SET content = ''",
    "take a payout out": "DELETE FROM connect_payout",
    "take a refund out": "DELETE FROM payments_refund",
    "take out what an operator did": "DELETE FROM django_admin_log",
    "rewrite what an operator did": "UPDATE django_admin_log SET user_id = ''",
    "take out a check of the books": "DELETE FROM ledger_verifyrun",
    "pay somebody else": "UPDATE connect_payout SET account_id = 'acct_1'",
    "pay more": "UPDATE connect_payout SET amount = 1",
    "refund more": "UPDATE payments_refund SET amount = 1",
    "give more back": "UPDATE payments_unappliedpayment SET amount = 1",
    "let oneself do more": "INSERT INTO accounts_user_user_permissions (user_id) VALUES ('x')",
    "make an operator": (
        "INSERT INTO accounts_user (id, password, email, name, is_staff, is_active, is_superuser, "
        "created_at) VALUES ('user_1', '', 'e@example.com', '', true, true, true, now())"
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", REFUSED)
def test_postgresql_refuses(what):
    with pytest.raises(ProgrammingError) as refused, transaction.atomic():
        connection.cursor().execute(REFUSED[what])

    assert refused.value.__cause__.sqlstate == "42501"


@pytest.mark.django_db
@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_nobody_becomes_an_operator_by_the_application(right):
    person = User.objects.create_user("ann@example.com", "secret")
    setattr(person, right, True)

    with pytest.raises(ProgrammingError, match="only the owner"), transaction.atomic():
        person.save()

    person.refresh_from_db()
    assert not getattr(person, right)
    # An operator still changes the password, and can be made none.
    operator = an_operator()
    operator.set_password("another")
    operator.save()
    operator.is_superuser = False
    operator.save()


@pytest.mark.django_db
def test_who_approved_a_file_is_stated_once():
    file = BankFile.objects.create(
        kind="payments",
        name="a.xml",
        content=b"",
        sha256="a",
        livemode=False,
        made_by="Rialto",
        created_at=now(),
        approved_by="ann@example.com",
        approved_at=now(),
    )

    for column in ("approved_by", "approved_at"):
        with pytest.raises(ProgrammingError, match="said once"), transaction.atomic():
            BankFile.objects.filter(id=file.id).update(**{column: None or now()})


@pytest.mark.django_db
def test_a_check_of_the_books_that_has_ended_is_not_rewritten():
    run = VerifyRun.objects.create(began_at=now(), ended_at=now(), finding_count=3)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        VerifyRun.objects.filter(id=run.id).update(finding_count=0)
