"""What one business searches leaves room for the others."""

import time
from contextlib import closing

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.lists import bounds
from payments.customers.services import customers
from tests.databases import address_in_use
from tests.factories import a_key, a_platform, now
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asking():
    """Two businesses, and as many searches of the first one as it may run at once."""
    busy, other = a_platform(), a_platform()
    keys = a_key(busy), a_key(other)
    for platform in (busy, other):
        customers.create(tenant=platform, name="Ada", at=now())
    with closing(psycopg.connect(address_in_use("rialto_owner"))) as searching:
        for number in range(bounds.PLACES):
            place = f"{busy.account_id}:{number}"
            searching.execute(
                "SELECT pg_advisory_xact_lock(hashtext('api.lists.search'), hashtext(%s))", [place]
            )
        yield *keys, searching.rollback


def search(key, **params):
    return ask(key, "GET", "customers/search", query="name:'Ada'", **params)


def test_one_search_too_many_waits_its_turn_and_nobody_else_does(asking):
    busy, other, end = asking

    refused = search(busy)

    assert refused.status_code == 429
    assert refused["Stripe-Should-Retry"] == "true"
    assert refused.json()["error"]["code"] == "rate_limit"
    assert ask(busy, "GET", "customers").status_code == 200
    assert len(search(other).json()["data"]) == 1
    end()
    time.sleep(bounds.REFUSED_SECONDS)
    assert len(search(busy).json()["data"]) == 1


def test_who_has_just_been_refused_is_refused_before_the_database_is_asked_again(asking):
    busy, other, _ = asking
    search(busy)

    with CaptureQueriesContext(connection) as asked:
        again = search(busy)
    with CaptureQueriesContext(connection) as asked_of_another:
        assert search(other).status_code == 200

    assert (again.status_code, again["Retry-After"]) == (429, "1")
    assert len(asked) == len(asked_of_another) - 1


def test_a_search_takes_one_place_whatever_it_finds():
    platform = a_platform()
    key = a_key(platform)
    for _ in range(3):
        customers.create(tenant=platform, name="Ada", at=now())
    with closing(psycopg.connect(address_in_use("rialto_owner"))) as searching:
        searching.execute(
            "SELECT pg_advisory_xact_lock(hashtext('api.lists.search'), hashtext(%s))",
            [f"{platform.account_id}:0"],
        )
        assert len(search(key).json()["data"]) == 3


def test_a_search_that_takes_too_long_is_ended_and_says_what_to_do(settings):
    platform = a_platform()
    key = a_key(platform)
    customers.create(tenant=platform, name="Ada", at=now())
    settings.STATEMENT_MILLISECONDS = settings.STATEMENT_MILLISECONDS | {"search": 100}
    with psycopg.connect(address_in_use("rialto_owner")) as owner:
        # It would wait for as long as this is open.
        owner.execute("LOCK TABLE payments_customer IN ACCESS EXCLUSIVE MODE")
        refused = search(key)

    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", "query")
    assert "created>" in error["message"]
    assert len(search(key).json()["data"]) == 1


def test_each_kind_of_request_has_its_own_limit_whatever_came_before(settings):
    platform = a_platform()
    key = a_key(platform)
    customers.create(tenant=platform, name="Ada", at=now())
    settings.STATEMENT_MILLISECONDS = settings.STATEMENT_MILLISECONDS | {"search": 1_234}

    limits = [
        (ask_for(key), limit_now())
        for ask_for in (
            search,
            lambda key: ask(key, "GET", "customers"),
            lambda key: ask(key, "POST", "customers", name="Bob"),
            search,
            lambda _: Client().get("/readyz"),
        )
    ]

    assert [answer.status_code for answer, _ in limits] == [200] * 5
    assert [limit for _, limit in limits] == ["1234ms", "5s", "15s", "1234ms", "15s"]


def limit_now():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return cursor.fetchone()[0]
