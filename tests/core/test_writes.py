import threading

import pytest
from django.db import IntegrityError, connection

from accounts.models import Account
from core.database import bulk_writes
from core.database.bulk_writes import Call, RowsMissing
from core.database.transactions import atomic, execute_last
from core.ids import new_id
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db(transaction=True)


def _an_account(**details):
    return Account(id=new_id("acct"), name="Shop", created_at=now(), **details)


def _last_writer(account_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM accounts_account WHERE id = %s", [account_id])
        return cursor.fetchone()[0]


def test_rows_are_inserted_and_changed_by_one_statement():
    known = Account.objects.get(id=a_platform().account_id)
    first, second = _an_account(), _an_account()
    known.name = "Renamed"

    with atomic():
        bulk_writes.commit(
            bulk_writes.update(known, "name"), bulk_writes.insert(first), bulk_writes.insert(second)
        )

    names = dict(Account.objects.values_list("id", "name"))
    assert names == {known.id: "Renamed", first.id: "Shop", second.id: "Shop"}
    assert not first._state.adding


def test_a_statement_that_is_a_whole_transaction_is_committed_when_it_returns():
    account = _an_account()
    seen = []

    def look():
        seen.append(Account.objects.filter(id=account.id).exists())
        connection.close()

    with atomic():
        bulk_writes.commit(bulk_writes.insert(account))
        other = threading.Thread(target=look)
        other.start()
        other.join()

    assert seen == [True]


def test_after_other_statements_it_waits_for_the_end_of_the_transaction():
    account = _an_account()
    seen = []

    def look():
        seen.append(Account.objects.filter(id=account.id).exists())
        connection.close()

    with atomic():
        Account.objects.count()
        bulk_writes.commit(bulk_writes.insert(account))
        other = threading.Thread(target=look)
        other.start()
        other.join()

    assert seen == [False]
    assert Account.objects.filter(id=account.id).exists()


def test_a_row_that_is_not_there_undoes_all_of_it():
    new, unknown = _an_account(), _an_account()

    with pytest.raises(RowsMissing), atomic():
        bulk_writes.commit(bulk_writes.insert(new), bulk_writes.update(unknown, "name"))

    assert not Account.objects.exists()


def test_a_row_that_nobody_wrote_since_is_changed():
    account = Account.objects.get(id=a_platform().account_id)
    account.name = "Renamed"

    with atomic():
        bulk_writes.commit(bulk_writes.update(account, "name", since=_last_writer(account.id)))

    account.refresh_from_db()
    assert account.name == "Renamed"


def test_a_row_that_somebody_wrote_since_stays_as_it_is():
    account = Account.objects.get(id=a_platform().account_id)
    since = _last_writer(account.id)
    Account.objects.update(name="Theirs")
    account.name = "Ours"

    with pytest.raises(RowsMissing), atomic():
        bulk_writes.commit(bulk_writes.update(account, "name", since=since))

    account.refresh_from_db()
    assert account.name == "Theirs"


def test_a_query_reads_who_wrote_the_rows():
    account = _an_account()

    with atomic():
        answer = bulk_writes.commit(
            bulk_writes.insert(account),
            then=Call("(SELECT done.written_by, %s::int) AS x", [7]),
        )

    assert answer == [(_last_writer(account.id), 7)]


def test_a_constraint_speaks_and_the_connection_goes_on():
    account = Account.objects.get(id=a_platform().account_id)

    with pytest.raises(IntegrityError), atomic():
        bulk_writes.commit(
            bulk_writes.insert(_an_account(opened_by_id="acct_nobody")), bulk_writes.insert(account)
        )

    with atomic():
        assert execute_last("SELECT count(*) FROM accounts_account", []) == [(1,)]
    assert connection.get_autocommit()


def test_outside_of_a_transaction_nothing_is_written():
    with pytest.raises(RuntimeError):
        bulk_writes.commit(bulk_writes.insert(_an_account()))
