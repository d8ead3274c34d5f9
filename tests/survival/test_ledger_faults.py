"""Faults of the ledger, by the names of the fault table, at counts that fit an ordinary run.

`make soak` multiplies the counts.
"""

import random
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import Error, connection
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database.transactions import atomic
from core.errors import InvalidRequest
from core.money import Money, allocate
from ledger import rules
from ledger.audit import seals
from ledger.audit.checks import CHECKS
from ledger.audit.verify import verify
from ledger.chart import AVAILABLE, PENDING, PROCESSOR
from ledger.entries import Entry, Line, Part
from ledger.models import JournalEntry, Posting, Seal
from ledger.posting import holds, journal
from ledger.queries import account_balance
from ledger.rollups import balance_rollups
from payments.intents.services import authorizations, cancellation
from payments.models import Charge
from payments.refunds.services import refunds
from tests.books import assert_books_balance, assert_ledger_balances, total
from tests.databases import address_in_use
from tests.factories import a_paid_intent, a_platform, now
from tests.ledger.entries import AT, a_deposit, a_transfer, post
from tests.soak import times
from tests.webhooks.steps import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2099, 1, 1)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread with a connection of its own, all from one moment on."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[index] = work()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def a_pending_charge(number: int, *, to: str = "acct_a", amount: int = 100) -> Entry:
    source = f"src_{number}"
    return Entry(
        rules.CHARGE_CAPTURED,
        source,
        source,
        "usd",
        "simulator",
        to,
        (Part(PROCESSOR, amount),),
        (Part(PENDING, amount, DAY, source),),
        lines=(Line(to, "charge", amount, source, DAY),),
    )


def read() -> int:
    return account_balance(PENDING, "acct_a", "usd")


@pytest.mark.parametrize("seed", range(times(6)))
def test_f24_of_capture_void_and_refund_at_once_one_legal_outcome_is_left(seed):
    platform, dice = a_platform(), random.Random(seed)
    intent = a_paid_intent(platform, capture_method="manual")
    ways = [
        lambda: authorizations.capture(tenant=platform, intent_id=intent.id, at=now()),
        lambda: cancellation.cancel(tenant=platform, intent_id=intent.id, at=now()),
        lambda: refunds.create(tenant=platform, intent_id=intent.id, amount=60_00, at=now()),
    ]

    results = together(*(dice.choice(ways) for _ in range(7)), ways[0])

    assert all(isinstance(r, InvalidRequest) or not isinstance(r, Exception) for r in results)
    intent.refresh_from_db()
    charge = Charge.objects.get()
    if intent.status == "canceled":
        assert (charge.amount_captured, total(platform)) == (0, 0)
    else:
        assert intent.status == "succeeded"
        assert charge.amount_refunded in (0, 60_00)
        assert total(platform) == 96_80 - charge.amount_refunded
    assert_books_balance()


@pytest.mark.parametrize("number", range(times(2)))
def test_f25_sixty_four_payouts_at_once_take_what_is_there_and_no_more(number):
    post(a_deposit(1_000, source=f"src_{number}"))

    def pay(index: int) -> Any:
        with atomic():
            return holds.create(
                owner="acct_a",
                code=AVAILABLE,
                currency="usd",
                amount=30,
                source=f"po_{number}_{index}",
                livemode=False,
                at=AT,
            )

    results = []
    for first in range(0, 64, 16):
        results += together(*(lambda i=i: pay(i) for i in range(first, first + 16)))

    assert sum(isinstance(r, str) for r in results) == 33
    assert sum(isinstance(r, journal.BalanceInsufficient) for r in results) == 31
    assert_ledger_balances()


def test_f26_transfers_in_opposite_directions_never_wait_in_a_circle():
    post(a_deposit(10_000), a_deposit(10_000, to="acct_b", source="ch_2"))
    each = times(40)

    def move(thread: int) -> None:
        of, to = ("acct_a", "acct_b") if thread % 2 else ("acct_b", "acct_a")
        for again in range(each):
            post(a_transfer(3, of=of, to=to, source=f"tr_{thread}_{again}"))

    assert together(*(lambda n=n: move(n) for n in range(8))) == [None] * 8
    assert account_balance(AVAILABLE, "acct_a", "usd") == 10_000
    assert_ledger_balances()


def test_f27_a_balance_is_exact_at_every_read_whoever_commits_late():
    count, stop = times(40), threading.Event()
    c4 = [check for check in CHECKS if check.name == "C4"]

    def late(thread: int) -> None:
        dice = random.Random(thread)
        for again in range(count):
            with atomic():
                entry = a_pending_charge(thread * 100_000 + again)
                journal.post(entry, livemode=False, at=AT)
                time.sleep(dice.random() * 0.01)

    def watch() -> int:
        reads = 0
        while not stop.is_set():
            balance_rollups.fold_once()
            # Fold and postings of one moment, against the sum of all postings of that moment.
            assert verify(checks=c4) == []
            reads += 1
        return reads

    def work() -> None:
        try:
            assert together(*(lambda n=n: late(n) for n in range(6))) == [None] * 6
        finally:
            stop.set()

    _, reads = together(work, watch)

    assert isinstance(reads, int), reads
    assert reads > 5
    assert read() == 6 * count * 100
    assert_ledger_balances()


@pytest.mark.parametrize("job", ["ledger_fold()", "ledger_seal(100)"])
def test_f28_a_folder_or_sealer_that_is_killed_leaves_nothing_half_done(job):
    dice = random.Random(28)
    for number in range(times(8)):
        post(*(a_pending_charge(number * 1_000 + n) for n in range(20)))
        with psycopg.connect(address_in_use("rialto_app")) as doomed:
            pid = doomed.info.backend_pid
            killer = threading.Timer(dice.random() * 0.004, _kill, [pid])
            killer.start()
            try:
                doomed.execute(f"SELECT {job}")
                time.sleep(0.005)
                doomed.commit()
            except psycopg.OperationalError:
                pass
            killer.join()
        balance_rollups.fold_once()
        seals.seal_once()
        assert read() == (number + 1) * 2_000

    _settle()
    assert_ledger_balances()


def _kill(pid: int) -> None:
    as_superuser(f"SELECT pg_terminate_backend({pid})")


def as_superuser(statement: str) -> None:
    with psycopg.connect(address_in_use("postgres"), autocommit=True) as link:
        link.execute(statement)


def _settle() -> None:
    # Another test's transaction, in another database of the cluster, may hold the horizon.
    for _ in range(100):
        balance_rollups.fold_once()
        seals.seal_all()
        if sum(Seal.objects.values_list("entry_count", flat=True)) == JournalEntry.objects.count():
            return
        time.sleep(0.1)
    raise AssertionError("not sealed in ten seconds")


def test_f34_after_a_restore_into_another_cluster_nothing_goes_on_before_a_rebase():
    post(a_pending_charge(1))
    _settle()
    post(a_pending_charge(2))
    # What a restored ledger finds: another cluster, whose numbers have not come so far.
    as_owner("UPDATE ledger_foldhorizon SET system_identifier = 'other', horizon = 9000000000")

    for refused in (balance_rollups.fold_once, seals.seal_once, lambda: post(a_pending_charge(3))):
        with pytest.raises((journal.NeedsRebase, Error)):
            refused()
    as_owner("SELECT ledger_rebase()")

    post(a_pending_charge(3))
    _settle()
    assert read() == 300
    assert Posting.objects.count() == 6
    assert_ledger_balances()


CURRENCIES = st.sampled_from(["jpy", "usd", "eur", "kwd"])


@settings(max_examples=times(3_000), deadline=None)
@given(
    amount=st.integers(0, 10**12),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any),
    currency=CURRENCIES,
)
def test_f44_a_split_keeps_the_sum(amount, weights, currency):
    parts = Money(amount, currency).split(weights)

    assert sum(part.amount for part in parts) == amount
    assert all(part.amount >= 0 for part in parts)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount * sum(weights) - amount * weight) <= sum(weights)


@settings(max_examples=times(3_000), deadline=None)
@given(
    shared=st.integers(0, 10**12), parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=15)
)
def test_f44_refunds_step_by_step_return_all_of_a_share(shared, parts):
    whole, so_far, done = sum(parts), 0, 0
    for part in parts:
        so_far += part
        given_back = allocate(total=shared, part=so_far, whole=whole, done=done)
        done += given_back
        assert abs(done * whole - shared * so_far) <= whole

    assert done == shared
