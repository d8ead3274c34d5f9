"""Older integrations save and charge cards as a customer's sources."""

import pytest

from payments.models import Customer, PaymentMethod
from tests.books import assert_books_balance, total
from tests.factories import a_key, a_platform
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db

CARD = {"object": "card", "number": "4242424242424242", "exp_month": 12, "exp_year": 2034,
        "cvc": "123", "name": "Ada", "address_zip": "94103"}  # fmt: skip


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform)


def test_a_customer_that_is_made_with_a_card_is_charged_without_naming_it(platform, key):
    customer = ask(
        key, "POST", "customers", source="tok_visa", expand=["default_source", "sources"]
    ).json()
    charge = ask(
        key, "POST", "charges", amount=10_00, currency="usd", customer=customer["id"]
    ).json()

    card = customer["default_source"]
    assert (card["object"], card["last4"], card["customer"]) == ("card", "4242", customer["id"])
    assert card["id"].startswith("card_")
    assert [one["id"] for one in customer["sources"]["data"]] == [card["id"]]
    assert (charge["status"], charge["customer"]) == ("succeeded", customer["id"])
    # 2.9 % of 10.00 and 0.30 is 0.59.
    assert total(platform) == 9_41
    assert_books_balance()


def test_sources_are_added_shown_changed_and_removed(key):
    customer = ask(key, "POST", "customers").json()["id"]
    path = f"customers/{customer}/sources"

    first = ask(key, "POST", path, source=CARD, metadata={"a": "1"}).json()
    second = ask(key, "POST", path, source="tok_mastercard").json()
    changed = ask(key, "POST", f"{path}/{first['id']}", exp_month=3, name="Bo").json()
    listed = ask(key, "GET", path, object="card").json()["data"]
    later = ask(key, "GET", path, starting_after=second["id"]).json()["data"]
    kept = ask(key, "GET", f"customers/{customer}").json()["default_source"]
    gone = ask(key, "DELETE", f"{path}/{first['id']}").json()
    left = ask(key, "GET", f"customers/{customer}").json()["default_source"]

    assert (first["name"], first["address_zip"], first["metadata"]) == ("Ada", "94103", {"a": "1"})
    assert (second["brand"], kept) == ("MasterCard", first["id"])
    assert (changed["exp_month"], changed["name"]) == (3, "Bo")
    assert listed == [second, changed]
    assert later == [changed]
    assert gone == {"id": first["id"], "object": "card", "deleted": True}
    assert left == second["id"]
    assert ask(key, "GET", f"{path}/{first['id']}").status_code == 404


def test_a_source_is_charged_only_with_its_customer(platform, key):
    path = f"customers/{ask(key, 'POST', 'customers').json()['id']}"
    other = ask(key, "POST", "customers").json()["id"]
    card = ask(key, "POST", f"{path}/sources", source="tok_visa").json()["id"]
    params = {"amount": 10_00, "currency": "usd", "source": card}

    paid = ask(key, "POST", "charges", **params, customer=path.partition("/")[2]).json()
    alone = ask(key, "POST", "charges", **params).json()["error"]
    foreign = ask(key, "POST", "charges", **params, customer=other).json()["error"]
    stranger = ask(a_key(a_platform()), "GET", f"{path}/sources/{card}")

    assert paid["status"] == "succeeded"
    assert (alone["code"], alone["param"]) == ("parameter_missing", "customer")
    assert (foreign["code"], foreign["param"]) == ("resource_missing", "source")
    assert stranger.status_code == 404
    assert total(platform) == 9_41
    assert_books_balance()


def test_a_new_source_takes_the_place_of_the_default_one(key):
    customer = ask(key, "POST", "customers", source="tok_visa").json()
    path = f"customers/{customer['id']}"

    changed = ask(key, "POST", path, source="tok_mastercard").json()
    more = ask(key, "POST", f"{path}/sources", source="tok_amex").json()["id"]
    chosen = ask(key, "POST", path, default_source=more).json()
    wrong = ask(key, "POST", path, default_source=customer["default_source"]).json()["error"]

    assert changed["default_source"] not in (None, customer["default_source"])
    assert chosen["default_source"] == more
    assert (wrong["code"], wrong["param"]) == ("resource_missing", "default_source")
    assert PaymentMethod.objects.exclude(detached_at=None).get().brand == "visa"


def test_a_default_that_is_detached_is_none_any_more(key):
    customer = ask(key, "POST", "customers", source="tok_visa").json()
    method = PaymentMethod.objects.get().id

    ask(key, "POST", f"payment_methods/{method}/detach")

    assert ask(key, "GET", f"customers/{customer['id']}").json()["default_source"] is None


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("tok_nobodys", "resource_missing"),
        ("card_nobodys", "resource_missing"),
        ("btok_nobodys", "resource_missing"),
        ({"object": "bank_account"}, "parameter_missing"),
        (CARD | {"number": "4242424242424241"}, "incorrect_number"),
    ],
)
def test_what_cannot_be_charged_is_not_saved(key, source, code):
    customer = ask(key, "POST", "customers").json()["id"]

    answer = ask(key, "POST", f"customers/{customer}/sources", source=source)

    assert answer.json()["error"]["code"] == code
    assert not PaymentMethod.objects.exists()
    assert Customer.objects.get().default_source_id is None
