"""A day is closed when nobody can post into it any more, and not a moment earlier."""

import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from core.database.transactions import atomic
from ledger import rules
from ledger.audit.checks import CHECKS
from ledger.audit.verify import SEALS, verify
from ledger.chart import PENDING, PROCESSOR
from ledger.entries import Entry, Part
from ledger.models import JournalEntry, Snapshot, SnapshotHorizon
from ledger.posting import journal
from ledger.reporting import statements
from ledger.rollups import balance_rollups, snapshots
from tests.databases import address_in_use
from tests.factories import moment, now
from tests.ledger.past import as_superuser, close_days, close_days_until, it_was

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = moment("2025-11-24T12:00")
DUE = moment("2025-11-26").date()


def post(source: str, amount: int = 1_00) -> None:
    journal.post(
        Entry(
            rules.CHARGE_CAPTURED,
            source,
            source,
            "usd",
            "simulator",
            "acct_a",
            (Part(PROCESSOR, amount),),
            (Part(PENDING, amount, DUE, source),),
        ),
        livemode=False,
        at=MONDAY,
    )


def post_charge(source: str, at, amount: int = 1_00) -> None:
    with atomic():
        post(source, amount)
    it_was(at)


def owed(at) -> int:
    found = statements.balance_at(owner="acct_a", livemode=False, at=at)
    return found.get((PENDING, "usd"), 0)


def assert_snapshots_hold() -> None:
    # These entries were posted without the lines that owners are shown.
    checks = [check for check in CHECKS if check.name not in ("lines", "buckets")]
    assert verify(checks=[*checks, SEALS]) == []


def pending_snapshots():
    rows = Snapshot.objects.filter(account__code=PENDING).order_by("day")
    return [(str(row.day), -int(row.closing_balance), row.posting_count) for row in rows]


def test_a_snapshot_says_what_an_account_held_at_the_end_of_each_day_with_a_posting():
    post_charge("ch_1", MONDAY)
    post_charge("ch_2", MONDAY + timedelta(hours=1))
    post_charge("ch_3", MONDAY + timedelta(days=2), 5_00)

    close_days_until(moment("2025-11-27").date(), now=moment("2025-11-28T01:00"))

    assert pending_snapshots() == [("2025-11-24", 2_00, 2), ("2025-11-26", 7_00, 3)]
    assert_snapshots_hold()


def test_later_days_go_on_from_the_last_snapshot():
    post_charge("ch_1", MONDAY)
    close_days_until(MONDAY.date(), now=MONDAY + timedelta(days=1))
    post_charge("ch_2", MONDAY + timedelta(days=1))

    close_days_until(moment("2025-11-25").date(), now=MONDAY + timedelta(days=2))

    assert pending_snapshots() == [("2025-11-24", 1_00, 1), ("2025-11-25", 2_00, 2)]
    assert_snapshots_hold()


def test_a_day_is_not_over_in_its_first_five_minutes_of_the_next():
    post_charge("ch_1", MONDAY)

    assert close_days(moment("2025-11-25T00:04:59")) != MONDAY.date()
    close_days_until(MONDAY.date(), now=moment("2025-11-25T00:05"))


def test_an_entry_that_was_posted_before_midnight_and_committed_after_it_is_in_the_snapshot():
    with atomic():
        post("ch_early")
    today = JournalEntry.objects.get().posted_at.date()
    after_midnight = moment(f"{today + timedelta(days=1)}T00:10")
    is_posted, commit_now = threading.Event(), threading.Event()

    def slow() -> None:
        with atomic():
            post("ch_late", 5_00)
            is_posted.set()
            assert commit_now.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert is_posted.wait(10)
    # The clock says that the day is over, and others have posted and folded meanwhile.
    for n in range(3):
        with atomic():
            post(f"ch_between_{n}")
        balance_rollups.fold_once()
        closed = close_days(after_midnight)
        assert closed is None or closed < today
    assert owed(after_midnight) == 4_00

    commit_now.set()
    thread.join()
    close_days_until(today, now=after_midnight)

    assert pending_snapshots() == [(str(today), 9_00, 5)]
    assert owed(after_midnight) == 9_00
    assert_snapshots_hold()


def test_who_begins_after_the_day_does_not_keep_it_open():
    post_charge("ch_1", MONDAY)
    tomorrow = MONDAY + timedelta(days=1)
    is_posted, commit_now = threading.Event(), threading.Event()
    # Set the fence while somebody is at work, so that nothing can be closed at once.
    with psycopg.connect(address_in_use()) as early:
        early.execute("SELECT pg_current_xact_id()")
        assert close_days(tomorrow) != MONDAY.date()

        def later() -> None:
            with atomic():
                post("ch_2")
                is_posted.set()
                assert commit_now.wait(20)
            connection.close()

        thread = threading.Thread(target=later)
        thread.start()
        assert is_posted.wait(10)

    try:
        close_days_until(MONDAY.date(), now=tomorrow)
    finally:
        commit_now.set()
        thread.join()
    it_was(tomorrow)

    # It was not to be seen when the day was closed, and it is not lost.
    assert pending_snapshots() == [("2025-11-24", 1_00, 1)]
    assert (owed(tomorrow), owed(tomorrow + timedelta(seconds=1))) == (1_00, 2_00)
    close_days_until(tomorrow.date(), now=tomorrow + timedelta(days=1))
    assert pending_snapshots()[-1] == ("2025-11-25", 2_00, 2)
    assert_snapshots_hold()


def test_a_fence_of_another_cluster_is_set_anew():
    post_charge("ch_1", MONDAY)
    as_superuser(
        "UPDATE ledger_snapshothorizon SET waiting_through = %s, fence = 9000000000, "
        "fence_posting_id = 0, system_identifier = 'other'",
        MONDAY.date(),
    )

    close_days_until(MONDAY.date(), now=MONDAY + timedelta(days=1))

    assert pending_snapshots() == [("2025-11-24", 1_00, 1)]


def test_the_task_closes_yesterday_by_the_databases_clock():
    post_charge("ch_1", now() - timedelta(days=3))
    yesterday = (now() - timedelta(minutes=5)).date() - timedelta(days=1)

    # Open transactions of other tests on this server can delay it.
    deadline = time.monotonic() + 20
    while snapshots.write_snapshots() != yesterday and time.monotonic() < deadline:
        time.sleep(0.05)

    assert SnapshotHorizon.objects.get().closed_through == yesterday
    with atomic():
        post("ch_2")
    assert (owed(now() - timedelta(days=2)), owed(now())) == (1_00, 2_00)


def test_a_snapshot_that_was_tampered_with_is_found():
    post_charge("ch_1", MONDAY)
    close_days_until(MONDAY.date(), now=MONDAY + timedelta(days=1))

    as_superuser("UPDATE ledger_snapshot SET closing_balance = closing_balance + 1")

    found = [finding for finding in verify() if finding.check == "snapshots"]
    assert {finding.detail for finding in found} == {
        "2025-11-24: snapshot 101 of 1, postings 100 of 1",
        "2025-11-24: snapshot -99 of 1, postings -100 of 1",
    }


def test_an_entry_that_came_into_a_closed_day_is_found():
    post_charge("ch_1", MONDAY)
    close_days_until(MONDAY.date(), now=MONDAY + timedelta(days=1))

    post_charge("ch_2", MONDAY + timedelta(hours=1))

    assert [finding.check for finding in verify()].count("snapshots") == 2


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ledger_close_days(now() + interval '3 days')",
        "SELECT ledger_write_snapshots(current_date, 0)",
        "UPDATE ledger_snapshot SET closing_balance = 0",
        "INSERT INTO ledger_snapshothorizon (id) VALUES (2)",
    ],
)
def test_the_application_may_neither_write_snapshots_nor_say_what_time_it_is(statement):
    with pytest.raises(Exception, match="permission denied"), atomic():  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute(statement)
