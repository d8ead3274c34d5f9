"""A balance is exact whatever the folder does, and whoever commits late."""

import threading
import time

import psycopg
import pytest
from django.db import connection

from config.relay import Loop
from core.database.transactions import atomic
from ledger import rules
from ledger.audit.checks import CHECKS
from ledger.audit.verify import SEALS, verify
from ledger.chart import PENDING, PROCESSOR
from ledger.entries import Entry, Part
from ledger.models import Fold, FoldHorizon
from ledger.posting import journal
from ledger.queries import account_balance
from ledger.rollups import balance_rollups
from tests.databases import address_in_use
from tests.factories import moment

pytestmark = pytest.mark.django_db(transaction=True)

AT = moment("2026-11-23T12:00")
DAY = moment("2026-11-25").date()


def post(source: str, amount: int = 100) -> None:
    journal.post(
        Entry(
            rules.CHARGE_CAPTURED,
            source,
            source,
            "usd",
            "simulator",
            "acct_a",
            (Part(PROCESSOR, amount),),
            (Part(PENDING, amount, DAY, source),),
        ),
        livemode=False,
        at=AT,
    )


def read() -> int:
    return account_balance(PENDING, "acct_a", "usd")


def test_folding_changes_no_balance():
    for n in range(5):
        with atomic():
            post(f"ch_{n}")
    before = read()

    # Another test's open transaction, in another database of this server, holds the
    # horizon back for everybody.
    folded, deadline = 0, time.monotonic() + 20
    while folded < 10 and time.monotonic() < deadline:
        folded += balance_rollups.fold_once()
    assert folded == 10
    assert balance_rollups.fold_once() == 0

    assert before == read() == 500
    assert Fold.objects.count() == 2
    assert -Fold.objects.get(available_on=DAY).total == 500


def test_a_transaction_that_commits_after_a_later_one_was_folded_is_not_lost():
    with atomic():
        post("ch_first")
    posted, fold_now = threading.Event(), threading.Event()

    def slow() -> None:
        with atomic():
            post("ch_slow")
            posted.set()
            assert fold_now.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert posted.wait(10)
    with atomic():
        post("ch_quick")
    balance_rollups.fold_once()
    assert read() == 200
    fold_now.set()
    thread.join()

    assert read() == 300
    balance_rollups.fold_once()
    assert read() == 300
    assert_books_balance_but_for_lines()


def assert_books_balance_but_for_lines() -> None:
    # These entries were posted without the lines that owners are shown.
    checks = [check for check in CHECKS if check.name not in ("lines", "buckets")]
    assert verify(checks=[*checks, SEALS]) == []


def test_after_a_restore_into_another_cluster_nothing_is_folded_or_posted_until_a_rebase():
    with atomic():
        post("ch_1")
    balance_rollups.fold_once()
    as_owner("UPDATE ledger_foldhorizon SET system_identifier = 'other', horizon = 9000000000")

    with pytest.raises(journal.NeedsRebase):
        balance_rollups.fold_once()
    with pytest.raises(journal.NeedsRebase), atomic():
        post("ch_2")

    as_owner("SELECT ledger_rebase()")
    with atomic():
        post("ch_2")
    balance_rollups.fold_once()
    assert read() == 200
    assert FoldHorizon.objects.get().base_posting_id > 0


def as_owner(statement: str) -> None:
    with psycopg.connect(address_in_use(), autocommit=True) as owner:
        owner.execute(statement)


def _owner():
    return psycopg.connect(address_in_use())


def _fold_was(seconds):
    with _owner() as owner:
        owner.execute(
            "UPDATE ledger_foldhorizon SET folded_at = now() - make_interval(secs => %s)",
            [seconds],
        )


def test_an_idle_ledger_is_not_behind():
    balance_rollups.fold_once()
    _fold_was(40)

    # Other tests' databases are in the same cluster, and may hold the horizon for a moment.
    for _ in range(100):
        balance_rollups.fold_once()
        if balance_rollups.lag().seconds < 30:
            return
        time.sleep(0.1)
    raise AssertionError("still behind")


def test_a_long_writing_transaction_is_named_and_reads_stay_exact(caplog):
    balance_rollups.fold_once()
    with _owner() as writer:
        writer.execute("SELECT pg_current_xact_id()")
        with atomic():
            post("ch_1")
        # Other tests' databases are in the same cluster, and may hold the horizon as well: when
        # they let go of it, one more fold gets as far as this writer.
        for _ in range(100):
            balance_rollups.fold_once()
            _fold_was(40)
            balance_rollups.fold_once()
            if (lag := balance_rollups.lag()).seconds > balance_rollups.ALARM_SECONDS:
                break
            time.sleep(0.1)
        assert lag.seconds > balance_rollups.ALARM_SECONDS
        assert lag.process is not None
        assert Loop().watch() == 1
        assert "of database process" in caplog.text
        assert read() == 100
