"""Callers of older versions say things as they were said in their time."""

from typing import Any

import pytest

from api.older import older_requests
from api.older.moved_parameters import MOVED
from payments.models import Customer
from tests.books import assert_books_balance
from tests.factories import a_key, a_platform
from tests.payments.test_older_versions import NEWEST, Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return a_key(a_platform())


def refused(api: Api, path: str, **params: Any) -> str:
    answer = api("POST", path, **params)
    assert (api.status, answer["error"]["code"]) == (400, "parameter_unknown")
    return answer["error"]["message"]


def test_a_charge_of_a_card_and_a_statement_description(key):
    charge = Api(key, "2014-12-08")(
        "POST",
        "charges",
        amount=5_00,
        currency="usd",
        card="tok_visa",
        statement_description="ADAS BOOKS",
    )

    assert (charge["paid"], charge["amount"]) == (True, 5_00)
    assert charge["statement_descriptor"] == "ADAS BOOKS"
    newest = Api(key, NEWEST)
    assert "Since 2015-02-18 it is called `source`." in refused(
        newest, "charges", amount=5_00, currency="usd", card="tok_visa"
    )
    assert "Since 2014-12-17 it is called `statement_descriptor`." in refused(
        newest, "charges", amount=5_00, currency="usd", statement_description="ADAS BOOKS"
    )
    assert_books_balance()


def test_each_name_ends_with_its_time(key):
    of_2015 = Api(key, "2015-02-10")("POST", "customers", card="tok_visa")

    assert of_2015["default_source"]
    assert "called `source`" in refused(Api(key, "2015-02-18"), "customers", card="tok_visa")


def test_a_customers_balance_has_its_former_name(key):
    old, newest = Api(key, "2019-10-08"), Api(key, NEWEST)

    customer = old("POST", "customers", account_balance=-5_00)

    assert customer["account_balance"] == -5_00
    assert old("POST", f"customers/{customer['id']}", account_balance=2_00)["account_balance"] == (
        2_00
    )
    assert newest("GET", f"customers/{customer['id']}")["balance"] == 2_00
    assert "Since 2019-10-17 it is called `balance`." in refused(
        newest, f"customers/{customer['id']}", account_balance=0
    )


def test_the_new_name_is_read_in_older_versions_too_and_never_both(key):
    old = Api(key, "2019-10-08")

    assert old("POST", "customers", balance=-5_00)["account_balance"] == -5_00
    refused(old, "customers", balance=-5_00, account_balance=-6_00)

    assert Customer.objects.count() == 1


def test_an_intent_of_sources_pays_and_keeps_the_card(key):
    old, newest = Api(key, "2018-11-08"), Api(key, NEWEST)
    customer = old("POST", "customers", source="tok_visa")

    intent = old(
        "POST",
        "payment_intents",
        amount=5_00,
        currency="usd",
        customer=customer["id"],
        source=customer["default_source"],
        allowed_source_types=["card"],
        confirm=True,
        save_source_to_customer=True,
    )

    assert "error" not in intent, intent
    assert (intent["status"], intent["allowed_source_types"]) == ("succeeded", ["card"])
    assert newest("GET", f"payment_intents/{intent['id']}")["setup_future_usage"] == "on_session"
    for old_name, value, now in (
        ("allowed_source_types", ["card"], "Since 2019-02-11 it is called `payment_method_types`."),
        ("save_source_to_customer", True, "Since 2020-08-27 it is called `setup_future_usage`."),
        ("save_payment_method", True, "Since 2020-08-27 it is called `setup_future_usage`."),
    ):
        params = {"amount": 5_00, "currency": "usd", old_name: value}
        assert now in refused(newest, "payment_intents", **params)
    assert_books_balance()


def test_not_to_keep_a_card_is_to_say_nothing(key):
    intent = Api(key, "2019-03-14")(
        "POST", "payment_intents", amount=5_00, currency="usd", save_payment_method=False
    )

    assert intent["setup_future_usage"] is None


def test_what_is_no_value_of_an_old_name_is_refused_as_it_stands(key):
    old = Api(key, "2017-05-25")

    assert "save_source_to_customer" in refused(
        old,
        "payment_intents",
        amount=5_00,
        currency="usd",
        save_source_to_customer=True,
        save_payment_method=True,
    )
    answer = old("POST", "payment_intents", amount=5_00, currency="usd", allowed_source_types=["x"])
    assert (old.status, answer["error"]["param"]) == (400, "payment_method_types[0]")


def test_changes_are_in_the_order_of_their_time():
    assert [one.version for one in MOVED] == sorted(one.version for one in MOVED)


def test_what_is_stated_in_a_new_version_is_left_alone():
    params = {"account_balance": 1, "legal_entity": {"type": "company"}}

    older_requests.bring_up(params, "2020-08-27", "POST /v1/accounts")
    older_requests.bring_up(params, "2019-01-01", "GET /v1/accounts")

    assert params == {"account_balance": 1, "legal_entity": {"type": "company"}}
