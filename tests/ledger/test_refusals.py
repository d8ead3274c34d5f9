"""What PostgreSQL itself refuses to the application's role, whoever writes the SQL."""

import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError

from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform

pytestmark = pytest.mark.django_db

EIGHT = {
    "change an amount": "UPDATE ledger_posting SET amount = amount + 1",
    "change an entry": "UPDATE ledger_journalentry SET kind = 'transfer'",
    "change what an owner is shown": "UPDATE ledger_balancetransaction SET amount = 1",
    "change a balance": "UPDATE ledger_guardedbalance SET posted = posted + 1",
    "delete a posting": "DELETE FROM ledger_posting",
    "delete an entry": "DELETE FROM ledger_journalentry",
    "empty the postings": "TRUNCATE ledger_posting",
    "add half an entry": "INSERT INTO ledger_posting (entry_id, account_id, amount, currency) "
    "SELECT e.id, a.id, 1, 'usd' FROM ledger_journalentry e, ledger_ledgeraccount a LIMIT 1",
}


@pytest.mark.parametrize("statement", EIGHT.values(), ids=EIGHT.keys())
def test_the_application_cannot(statement):
    platform = a_platform()
    a_paid_intent(platform)

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("rialto_app",)
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            cursor.execute(statement)

    assert "permission denied" in str(refused.value)
    assert total(platform) == 96_80
    assert_books_balance()


POST = """
    SELECT * FROM ledger_post(false, NULL, %(ids)s, %(kinds)s, %(sources)s, %(sources)s,
        ARRAY['x'::bytea], ARRAY[now()], ARRAY[NULL]::text[],
        %(entries)s, %(codes)s, %(owners)s, %(currencies)s, %(amounts)s,
        array_fill(NULL::date, ARRAY[2]), array_fill(NULL::text, ARRAY[2]),
        '{}'::text[], '{}'::int[], '{}'::text[], '{}'::text[], '{}'::bigint[], '{}'::bigint[],
        '{}'::text[], '{}'::text[], '{}'::text[], '{}'::text[], '{}'::date[], '{}'::numeric[])
"""


def _post(**changed):
    params = {
        "ids": [f"je_{uuid.uuid4().hex}"],
        "kinds": ["charge_captured"],
        "sources": [f"ch_{uuid.uuid4().hex}"],
        "entries": [1, 1],
        "codes": ["processor", "available"],
        "owners": ["simulator", "acct_1"],
        "currencies": ["usd", "usd"],
        "amounts": [100, -100],
    } | changed
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(POST, params)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"amounts": [100, -99]}, "is off by 1 usd"),
        ({"currencies": ["usd", "eur"]}, "is off by"),
        ({"codes": ["processor", "processor"]}, "may not touch account"),
        ({"codes": ["pending", "processor"]}, "may not touch account"),
        ({"kinds": ["no_such_rule"]}, "may not touch account"),
    ],
    ids=["unbalanced", "two currencies", "credit not in rule", "debit not in rule", "unknown rule"],
)
def test_the_posting_function_refuses_what_is_not_an_entry(changed, why):
    with pytest.raises(DatabaseError, match=why):
        _post(**changed)

    assert_books_balance()


def test_the_posting_function_takes_what_is_one():
    _post()
