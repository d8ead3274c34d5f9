import psycopg
import pytest
from django.db import OperationalError

from core.database.transactions import atomic, with_retries

pytestmark = pytest.mark.django_db


def _failing(times, kind, calls):
    def work():
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError("no") from kind("no")
        return "done"

    return work


def test_what_a_lock_prevented_is_tried_again():
    calls = []

    assert with_retries(_failing(2, psycopg.errors.DeadlockDetected, calls)) == "done"
    assert len(calls) == 3


def test_it_is_tried_three_times_and_no_more():
    calls = []

    with pytest.raises(OperationalError):
        with_retries(_failing(9, psycopg.errors.LockNotAvailable, calls))

    assert len(calls) == 3


def test_what_will_not_go_away_fails_at_once():
    calls = []

    with pytest.raises(OperationalError):
        with_retries(_failing(9, psycopg.errors.DiskFull, calls))

    assert len(calls) == 1


def test_inside_of_a_transaction_there_is_nothing_to_try_again():
    with pytest.raises(RuntimeError), atomic():
        with_retries(lambda: None)
