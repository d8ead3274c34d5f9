"""What intents and customers show of types and addresses, and what they read."""

import pytest

from accounts.services import api_keys
from tests.books import assert_books_balance
from tests.factories import a_platform, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client):
    key = api_keys.create(tenant=a_platform(), at=now())[1]

    def asked(path, **params):
        answer = client.post(
            f"/v1/{path}",
            data=params,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        return answer.json()

    return asked


def an_intent(call, **params):
    return call("payment_intents", amount=2_000, currency="usd", **params)


def test_an_intent_without_types_takes_methods_automatically(call):
    intent = an_intent(call)

    assert intent["automatic_payment_methods"] == {"allow_redirects": "always", "enabled": True}
    assert intent["allowed_payment_method_types"] is None
    assert "card" in intent["payment_method_types"]


@pytest.mark.parametrize("name", ["allowed_payment_method_types", "payment_method_types"])
def test_the_types_that_may_be_used_have_two_names(call, name):
    intent = an_intent(call, **{name: ["card"]})

    assert intent["allowed_payment_method_types"] == ["card"]
    assert intent["payment_method_types"] == ["card"]
    assert intent["automatic_payment_methods"] is None


def test_both_names_at_once_are_refused(call):
    answer = an_intent(call, allowed_payment_method_types=["card"], payment_method_types=["card"])

    assert answer["error"]["code"] == "parameters_exclusive"
    assert answer["error"]["param"] == "payment_method_types"


def test_an_excluded_type_cannot_pay(call):
    intent = an_intent(call, excluded_payment_method_types=["card"])
    refused = call(f"payment_intents/{intent['id']}/confirm", payment_method="pm_card_visa")

    assert intent["excluded_payment_method_types"] == ["card"]
    assert "card" not in intent["payment_method_types"]
    assert refused["error"]["param"] == "payment_method"
    assert_books_balance()


@pytest.mark.parametrize("path", ["payment_intents", "setup_intents"])
def test_a_type_that_nobody_knows_cannot_be_excluded(call, path):
    amount = {"amount": 2_000, "currency": "usd"} if path == "payment_intents" else {}
    refused = call(path, **amount, excluded_payment_method_types=["klarna", "\u0085"])

    assert refused["error"]["param"] == "excluded_payment_method_types[1]"


def test_a_type_may_be_allowed_when_an_intent_is_confirmed(call):
    intent = an_intent(call)

    paid = call(
        f"payment_intents/{intent['id']}/confirm",
        payment_method="pm_card_visa",
        allowed_payment_method_types=["card"],
    )

    assert paid["status"] == "succeeded"
    assert_books_balance()


def test_a_setup_intent_reads_and_shows_the_same_names(call):
    intent = call("setup_intents", allowed_payment_method_types=["card"])

    assert intent["allowed_payment_method_types"] == ["card"]
    assert intent["payment_method_types"] == ["card"]


ALL_KEYS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def test_an_address_with_one_key_shows_all_six(call):
    customer = call(
        "customers",
        address={"city": "Bangkok"},
        shipping={"name": "Ada", "address": {"line1": "1"}},
    )
    intent = an_intent(call, shipping={"name": "Ada", "address": {"country": "TH"}})

    assert customer["address"] == ALL_KEYS | {"city": "Bangkok"}
    assert customer["shipping"] == {
        "address": ALL_KEYS | {"line1": "1"},
        "name": "Ada",
        "phone": None,
    }
    assert intent["shipping"] == {
        "address": ALL_KEYS | {"country": "TH"},
        "carrier": None,
        "name": "Ada",
        "phone": None,
        "tracking_number": None,
    }
