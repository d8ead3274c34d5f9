"""Callers of older versions get payments in the shape of their time."""

from typing import Any

import pytest
from django.test import Client

from payments.models import PaymentIntent
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

NEWEST = "2026-10-28.endive"


class Api:
    """A caller of a version."""

    def __init__(self, key: str, version: str = "") -> None:
        self.headers = {"Authorization": f"Bearer {key}"}
        self.headers |= {"Stripe-Version": version} if version else {}
        self.client = Client()

    def __call__(self, method: str, path: str, **params: Any) -> Any:
        given = (
            {"data": params, "content_type": "application/json"}
            if method == "POST"
            else {"query_params": params}
        )
        answer = getattr(self.client, method.lower())(f"/v1/{path}", headers=self.headers, **given)
        self.status = answer.status_code
        return answer.json()


@pytest.fixture
def platform():
    return a_platform()


@pytest.fixture
def key(platform):
    return a_key(platform)


def test_intents_have_their_charges_inside_and_charges_their_refunds(platform, key):
    intent = a_paid_intent(platform)
    refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())
    old, new = Api(key, "2022-08-01"), Api(key, "2022-11-15")

    (charge,) = (charges := old("GET", f"payment_intents/{intent.id}")["charges"])["data"]

    assert (charges["object"], charges["has_more"], charges["total_count"]) == ("list", False, 1)
    assert charges["url"] == f"/v1/charges?payment_intent={intent.id}"
    assert charge["payment_intent"] == intent.id
    assert charge["refunds"]["total_count"] == 1
    assert charge["refunds"]["data"][0]["amount"] == 1_00
    assert old("GET", f"charges/{charge['id']}")["refunds"] == charge["refunds"]
    assert old("GET", charges["url"].removeprefix("/v1/"))["data"] == [charge]
    assert "charges" not in new("GET", f"payment_intents/{intent.id}")
    assert "refunds" not in new("GET", f"charges/{charge['id']}")
    assert_books_balance()


def test_an_intent_that_is_not_paid_has_an_empty_list(key):
    made = Api(key, "2020-08-27")("POST", "payment_intents", amount=5_00, currency="usd")

    assert made["charges"]["data"] == []
    assert made["charges"]["total_count"] == 0


def test_what_is_inside_can_be_expanded_further(platform, key):
    intent = a_paid_intent(platform)
    old = Api(key, "2020-08-27")

    found = old(
        "GET",
        f"payment_intents/{intent.id}",
        **{"expand[]": ["charges.data.balance_transaction", "latest_charge"]},
    )
    Api(key, NEWEST)("GET", f"payment_intents/{intent.id}", **{"expand[]": "charges"})

    assert found["charges"]["data"][0]["balance_transaction"]["object"] == "balance_transaction"
    assert found["latest_charge"]["refunds"]["data"] == []


def test_a_declined_payment_tells_its_charges_in_the_error(key):
    declined = Api(key, "2020-08-27")(
        "POST",
        "payment_intents",
        amount=5_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_chargeDeclined",
    )

    intent = declined["error"]["payment_intent"]
    (charge,) = intent["charges"]["data"]
    assert (charge["status"], charge["id"]) == ("failed", declined["error"]["charge"])
    assert_books_balance()


def test_a_page_of_intents_costs_three_queries_more_whatever_its_length(
    platform, key, django_assert_num_queries
):
    def count(version: str) -> int:
        with django_assert_num_queries(0, exact=False) as seen:
            pass
        with seen:
            Api(key, version)("GET", "payment_intents")
        return len(seen)

    a_paid_intent(platform)
    Api(key)("GET", "payment_intents")
    one = count("2020-08-27")
    for _ in range(4):
        a_paid_intent(platform)

    assert count("2020-08-27") == one
    assert one - count(NEWEST) <= 4


def test_customers_have_lists_inside_and_a_balance_of_their_time(key):
    made = Api(key, NEWEST)("POST", "customers", email="ada@example.com")

    older = Api(key, "2020-03-02")("GET", f"customers/{made['id']}")
    oldest = Api(key, "2018-11-08")("GET", "customers")["data"][0]

    for field in ("sources", "subscriptions", "tax_ids"):
        assert field not in made
        assert older[field]["data"] == []
        assert older[field]["total_count"] == 0
    assert older["balance"] == oldest["account_balance"] == 0
    assert "balance" not in oldest


def test_charges_name_their_seller(platform, key):
    seller = a_seller(platform)
    a_paid_intent(platform, transfer_destination=seller.account_id)

    (charge,) = Api(key, "2024-06-20")("GET", "charges")["data"]
    (newest,) = Api(key, NEWEST)("GET", "charges")["data"]

    assert charge["destination"] == seller.account_id
    assert charge["invoice"] is None
    assert "destination" not in newest


@pytest.mark.parametrize(
    ("version", "types", "automatic", "captured"),
    [
        ("2022-11-15", ["card"], None, "automatic"),
        ("2023-08-16", None, {"allow_redirects": "always", "enabled": True}, "automatic"),
        ("2024-04-10", None, {"allow_redirects": "always", "enabled": True}, "automatic_async"),
    ],
)
def test_a_bare_intent_is_made_as_its_version_makes_it(key, version, types, automatic, captured):
    made = Api(key, version)("POST", "payment_intents", amount=5_00, currency="usd")
    setup = Api(key, version)("POST", "setup_intents")

    assert made["automatic_payment_methods"] == automatic
    assert made["capture_method"] == captured
    assert types is None or made["payment_method_types"] == types
    assert types is None or setup["payment_method_types"] == types
    assert setup["automatic_payment_methods"] == automatic


def test_intents_tell_their_state_in_the_words_of_their_time(key):
    old = Api(key, "2018-11-08")

    made = old("POST", "payment_intents", amount=5_00, currency="usd")
    asked = old(
        "POST",
        "payment_intents",
        amount=5_00,
        currency="usd",
        confirm=True,
        payment_method="pm_card_authenticationRequired",
        return_url="https://shop.example",
    )

    assert (made["status"], made["allowed_source_types"]) == ("requires_source", ["card"])
    assert asked["status"] == "requires_source_action"
    assert asked["next_source_action"]["type"] == "authorize_with_url"
    assert asked["next_source_action"]["authorize_with_url"]["url"].startswith("http")
    assert set(PaymentIntent.objects.values_list("status", flat=True)) == {
        "requires_payment_method",
        "requires_action",
    }


def test_a_list_tells_how_many_there_are_when_it_is_asked(platform, key):
    for _ in range(3):
        a_paid_intent(platform)
    old = Api(key, "2016-07-06")

    for way in ({"include[]": "total_count"}, {"expand[]": "total_count"}):
        page = old("GET", "charges", limit=2, **way)
        assert (page["total_count"], len(page["data"]), page["has_more"]) == (3, 2, True)
        last = page["data"][-1]["id"]
        assert old("GET", "charges", starting_after=last, **way)["total_count"] == 3
    assert "total_count" not in old("GET", "charges")
    refused = old("GET", "charges", **{"include[]": "sum"})
    assert (old.status, refused["error"]["param"]) == (400, "include")
    old("GET", f"charges/{last}", **{"include[]": "total_count"})
    assert old.status == 400


@pytest.mark.parametrize("version", ["1999-01-01", "2023-02-30", "2999-01-01", "not-a-date"])
def test_a_version_that_there_cannot_be_is_refused_and_does_nothing(key, version):
    api = Api(key, version)

    refused = api("POST", "payment_intents", amount=5_00, currency="usd")

    assert api.status == 400
    assert refused["error"]["message"].startswith(f"Invalid Stripe API version: {version}")
    assert not PaymentIntent.objects.exists()


def test_a_publishable_key_sees_no_more_in_an_older_version(platform, key):
    intent = a_paid_intent(platform)
    public = a_key(platform, kind="publishable")

    seen = Api(public, "2018-11-08")(
        "GET", f"payment_intents/{intent.id}", client_secret=intent.client_secret
    )

    assert seen["allowed_source_types"]
    assert {"charges", "invoice", "latest_charge"}.isdisjoint(seen)


def test_a_key_that_may_not_read_charges_sees_none_inside(platform):
    intent = a_paid_intent(platform)
    some = a_key(platform, kind="restricted", permissions={"payment_intents": "read"})

    assert "charges" not in Api(some, "2020-08-27")("GET", f"payment_intents/{intent.id}")


def test_an_accounts_version_is_that_of_its_requests(platform, key):
    from accounts.models import Account

    intent = a_paid_intent(platform)
    Account.objects.filter(id=platform.account_id).update(api_version="2020-08-27")

    assert Api(key)("GET", f"payment_intents/{intent.id}")["charges"]["total_count"] == 1
    assert "charges" not in Api(key, NEWEST)("GET", f"payment_intents/{intent.id}")
