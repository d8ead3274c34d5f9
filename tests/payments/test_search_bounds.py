"""What one business searches leaves room for the others."""

import threading

import psycopg
import pytest
from django.db import connection, transaction

from api import bounds
from payments.services import customers
from tests.factories import a_key, a_platform, now
from tests.tenancy.asking import ask
from tests.webhooks.steps import address_of_the_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asking():
    """Two businesses, and as many searches of the first one as it may run at once."""
    busy, other = a_platform(), a_platform()
    keys = a_key(busy), a_key(other)
    for platform in (busy, other):
        customers.create(tenant=platform, name="Ada", at=now())
    over, begun = threading.Event(), threading.Barrier(bounds.SEARCHES_AT_ONCE + 1)

    def run():
        with bounds.search(busy):
            begun.wait(10)
            over.wait(10)
        connection.close()

    searches = [threading.Thread(target=run) for _ in range(bounds.SEARCHES_AT_ONCE)]
    for one in searches:
        one.start()
    begun.wait(10)

    def end():
        over.set()
        for one in searches:
            one.join(10)

    yield *keys, end
    end()


def search(key, **said):
    return ask(key, "GET", "customers/search", query="name:'Ada'", **said)


def test_one_search_too_many_waits_its_turn_and_nobody_else_does(asking):
    busy, other, end = asking

    refused = search(busy)

    assert refused.status_code == 429
    assert refused["Stripe-Should-Retry"] == "true"
    assert refused.json()["error"]["code"] == "rate_limit"
    assert ask(busy, "GET", "customers").status_code == 200
    assert len(search(other).json()["data"]) == 1
    end()
    assert len(search(busy).json()["data"]) == 1


def test_a_search_that_takes_too_long_is_ended_and_says_what_to_do(monkeypatch):
    platform = a_platform()
    key = a_key(platform)
    customers.create(tenant=platform, name="Ada", at=now())
    monkeypatch.setattr(bounds, "SEARCH_MILLISECONDS", 100)
    with psycopg.connect(address_of_the_database("rialto_owner")) as owner:
        # It would wait for as long as this is open.
        owner.execute("LOCK TABLE payments_customer IN ACCESS EXCLUSIVE MODE")
        refused = search(key)

    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", "query")
    assert "created>" in error["message"]
    assert len(search(key).json()["data"]) == 1


def test_the_bound_of_a_search_holds_for_nothing_after_it():
    platform = a_platform()

    with bounds.search(platform):
        pass

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("15s",)
