"""Money that is set aside, and used or let go once."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core.database.transactions import atomic
from ledger.chart import AVAILABLE
from ledger.entries import UnbalancedEntry
from ledger.models import HoldEvent
from ledger.posting import holds, journal
from ledger.queries import account_balance, balance
from tests.books import assert_ledger_balances
from tests.factories import now
from tests.ledger.entries import a_deposit, a_transfer, post


@pytest.fixture(autouse=True)
def _database(db):
    post(a_deposit(100))


def a_hold(amount=60, *, source="po_1", **details):
    with atomic():
        return holds.create(
            owner="acct_a",
            code=AVAILABLE,
            currency="usd",
            amount=amount,
            source=source,
            livemode=False,
            at=now(),
            **details,
        )


def capture(hold_id, amount, *, source="tr_1"):
    with atomic():
        return holds.capture(hold_id, a_transfer(amount, source=source), livemode=False, at=now())


def usable():
    return balance(owner="acct_a", livemode=False).available["usd"]


def test_what_is_held_is_owned_and_not_usable():
    a_hold(60)

    assert usable() == 40
    assert account_balance(AVAILABLE, "acct_a", "usd") == 100
    assert balance(owner="acct_a", livemode=False).held == {"usd": 60}
    with pytest.raises(journal.BalanceInsufficient):
        post(a_transfer(41, source="tr_1"))
    post(a_transfer(40, source="tr_2"))
    assert usable() == 0
    assert_ledger_balances()


def test_a_hold_takes_no_more_than_is_usable():
    a_hold(60)

    with pytest.raises(journal.BalanceInsufficient):
        a_hold(41, source="po_2")

    assert usable() == 40
    assert_ledger_balances()


def test_all_of_a_hold_is_captured():
    capture(a_hold(60), 60)

    assert usable() == 40
    assert account_balance(AVAILABLE, "acct_b", "usd") == 60
    assert_ledger_balances()


def test_a_part_is_captured_and_the_rest_is_usable_again():
    hold_id = a_hold(60)

    capture(hold_id, 25)

    assert usable() == 75
    assert account_balance(AVAILABLE, "acct_b", "usd") == 25
    assert HoldEvent.objects.get(hold_id=hold_id).captured_amount == 25
    assert_ledger_balances()


def test_a_released_hold_gives_everything_back():
    hold_id = a_hold(60)

    with atomic():
        holds.release(hold_id, at=now())

    assert usable() == 100
    assert holds.resolution(hold_id).kind == "released"
    assert_ledger_balances()


def test_a_hold_expires_when_its_time_is_over():
    over = a_hold(30, source="po_1", expires_at=now() - timedelta(seconds=1))
    waiting = a_hold(30, source="po_2", expires_at=now() + timedelta(hours=1))
    for_ever = a_hold(30, source="po_3")

    assert holds.expire(at=now()) == 1

    assert holds.resolution(over).kind == "expired"
    assert {h.id for h in holds.open_holds(owner="acct_a", livemode=False)} == {waiting, for_ever}
    assert usable() == 40
    assert holds.expire(at=now()) == 0
    assert_ledger_balances()


def test_the_database_looks_at_its_own_clock():
    a_hold(30, expires_at=now() + timedelta(hours=1))

    with pytest.raises(UnbalancedEntry, match="has not expired"):
        holds.expire(at=now() + timedelta(days=1))

    assert usable() == 70


@pytest.mark.parametrize("first", ["capture", "release"])
@pytest.mark.parametrize("second", ["capture", "release"])
def test_a_second_resolution_is_refused(first, second):
    hold_id = a_hold(60)

    def resolve(how, source):
        if how == "capture":
            capture(hold_id, 25, source=source)
        else:
            with atomic():
                holds.release(hold_id, at=now())

    resolve(first, "tr_1")
    before = usable()
    with pytest.raises(journal.HoldResolved):
        resolve(second, "tr_2")

    assert usable() == before
    assert_ledger_balances()


def test_more_than_was_held_is_not_captured():
    hold_id = a_hold(60)

    with pytest.raises(UnbalancedEntry):
        capture(hold_id, 61)

    assert usable() == 40
    assert_ledger_balances()


def test_a_capture_that_takes_from_somebody_else_is_refused():
    hold_id = a_hold(60)
    post(a_deposit(100, to="acct_c", source="ch_c"))

    entry = a_transfer(10, of="acct_c", source="tr_1")

    with pytest.raises(UnbalancedEntry), atomic():
        holds.capture(hold_id, entry, livemode=False, at=now())

    assert usable() == 40


def test_the_same_source_holds_once():
    first = a_hold(60)

    assert a_hold(60) == first
    with pytest.raises(journal.PostedDifferently):
        a_hold(59)

    assert usable() == 40
    assert_ledger_balances()


def test_an_open_account_holds_nothing():
    with pytest.raises(UnbalancedEntry), atomic():
        holds.create(
            owner="acct_a",
            code="pending",
            currency="usd",
            amount=1,
            source="po_1",
            livemode=False,
            at=now(),
        )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_hold SET amount = 1", "DELETE FROM ledger_holdevent", "TRUNCATE ledger_hold"],
)
def test_the_application_can_not_rewrite_holds(statement):
    with atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(statement)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def run(self, *works):
        barrier, results = threading.Barrier(len(works)), []

        def each(work):
            barrier.wait()
            try:
                results.append(work())
            except (journal.HoldResolved, journal.BalanceInsufficient) as refused:
                results.append(refused)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=each, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_eight_holds_take_what_is_there(self):
        results = self.run(*(lambda n=n: a_hold(30, source=f"po_{n}") for n in range(8)))

        assert sum(isinstance(r, str) for r in results) == 3
        assert usable() == 10
        assert_ledger_balances()

    def test_eight_captures_of_one_hold_move_it_once(self):
        hold_id = a_hold(60)

        results = self.run(*(lambda n=n: capture(hold_id, 60, source=f"tr_{n}") for n in range(8)))

        assert sum(isinstance(r, journal.Posted) for r in results) == 1
        assert account_balance(AVAILABLE, "acct_b", "usd") == 60
        assert_ledger_balances()

    def test_captures_in_opposite_directions_do_not_wait_for_each_other(self):
        post(a_deposit(1000, source="ch_2"), a_deposit(1000, to="acct_b", source="ch_3"))

        def capturing(number):
            of, to = ("acct_a", "acct_b") if number % 2 else ("acct_b", "acct_a")

            def work():
                for again in range(10):
                    with atomic():
                        hold_id = holds.create(
                            owner=of,
                            code=AVAILABLE,
                            currency="usd",
                            amount=5,
                            source=f"po_{number}_{again}",
                            livemode=False,
                            at=now(),
                        )
                    entry = a_transfer(5, of=of, to=to, source=f"tr_{number}_{again}")
                    with atomic():
                        holds.capture(hold_id, entry, livemode=False, at=now())

            return work

        assert self.run(*map(capturing, range(6))) == [None] * 6
        assert account_balance(AVAILABLE, "acct_a", "usd") == 1100
        assert_ledger_balances()
