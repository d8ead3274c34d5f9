import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from core.database.transactions import atomic
from ledger import rules
from ledger.chart import AVAILABLE, PROCESSOR
from ledger.entries import Entry, Part, UnbalancedEntry
from ledger.models import Posting
from ledger.posting import journal
from ledger.posting.journal import BalanceInsufficient, PostedDifferently
from ledger.queries import account_balance

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_deposit(amount: int, *, to: str = "acct_a", source: str = "ch_1") -> Entry:
    return Entry(
        rules.CHARGE_CAPTURED,
        source,
        "pi_1",
        "usd",
        "simulator",
        to,
        (Part(PROCESSOR, amount),),
        (Part(AVAILABLE, amount),),
    )


def a_transfer(amount: int, *, of: str = "acct_a", to: str = "acct_b", source: str) -> Entry:
    part = (Part(AVAILABLE, amount),)
    return Entry(rules.TRANSFER, source, source, "usd", of, to, part, part)


def post(*entries: Entry) -> list[journal.Posted]:
    with atomic():
        return journal.post_many(entries, livemode=False, at=AT)


def balance(owner: str) -> int:
    return account_balance(AVAILABLE, owner, "usd")


def test_a_repeat_answers_with_the_first_entry_and_posts_nothing():
    (first,) = post(a_deposit(100))
    (again,) = post(a_deposit(100))

    assert (again.entry_id, again.is_new) == (first.entry_id, False)
    assert balance("acct_a") == 100


def test_a_repeat_with_another_amount_is_a_bug():
    post(a_deposit(100))

    with pytest.raises(PostedDifferently):
        post(a_deposit(101))

    assert balance("acct_a") == 100


def test_nobody_transfers_more_than_is_available():
    post(a_deposit(100))

    with pytest.raises(BalanceInsufficient):
        post(a_transfer(101, source="tr_1"))

    assert (balance("acct_a"), balance("acct_b")) == (100, 0)


def test_all_entries_of_a_call_are_posted_or_none():
    post(a_deposit(100))

    with pytest.raises(BalanceInsufficient):
        post(a_transfer(60, source="tr_1"), a_transfer(60, source="tr_2"))

    assert (balance("acct_a"), balance("acct_b")) == (100, 0)


def test_guarded_postings_are_numbered_and_carry_their_balance():
    post(a_deposit(100))
    post(a_transfer(30, source="tr_1"), a_transfer(20, source="tr_2"))

    mine = Posting.objects.filter(account__owner="acct_a").order_by("account_seq")
    assert [(p.account_seq, p.balance_after) for p in mine] == [(1, 100), (2, 70), (3, 50)]


@pytest.mark.parametrize("amount", [0, -1, 1.0, True])
def test_an_amount_is_a_positive_whole_number(amount):
    with pytest.raises(UnbalancedEntry):
        post(a_deposit(amount))


def test_an_entry_adds_up_and_keeps_to_its_rule():
    lopsided = Entry(
        rules.CHARGE_CAPTURED,
        "ch_1",
        "pi_1",
        "usd",
        "simulator",
        "acct_a",
        (Part(PROCESSOR, 100),),
        (Part(AVAILABLE, 99),),
    )
    astray = Entry(
        rules.TRANSFER,
        "tr_1",
        "tr_1",
        "usd",
        "acct_a",
        "acct_b",
        (Part(PROCESSOR, 100),),
        (Part(AVAILABLE, 100),),
    )

    for entry in (lopsided, astray):
        with pytest.raises(UnbalancedEntry):
            post(entry)


@pytest.mark.django_db(transaction=True)
def test_posting_needs_a_transaction():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        journal.post(a_deposit(1), livemode=False, at=AT)


@pytest.mark.django_db(transaction=True)
def test_sixteen_transfers_of_half_the_balance_let_two_through():
    post(a_deposit(100))
    refused = []

    def transfer(number: int) -> None:
        try:
            post(a_transfer(50, source=f"tr_{number}"))
        except BalanceInsufficient:
            refused.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=transfer, args=[n]) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 14
    assert (balance("acct_a"), balance("acct_b")) == (0, 100)


@pytest.mark.django_db(transaction=True)
def test_opposite_transfers_never_wait_for_each_other_in_a_circle():
    post(a_deposit(10_000), a_deposit(10_000, to="acct_b", source="ch_2"))
    failures = []

    def shuttle(of: str, to: str) -> None:
        try:
            for n in range(100):
                post(a_transfer(1, of=of, to=to, source=f"tr_{of}_{n}"))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=shuttle, args=pair)
        for pair in (("acct_a", "acct_b"), ("acct_b", "acct_a"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (balance("acct_a"), balance("acct_b")) == (10_000, 10_000)
