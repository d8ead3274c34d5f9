"""Tax rates and shipping rates: what is added to what is bought."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.checkout.shop import asking, events_of
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return asking(a_key(a_platform()))


def test_a_tax_rate_keeps_its_percentage_and_changes_its_words(shop):
    made = shop(
        "POST",
        "tax_rates",
        display_name="VAT",
        percentage="7.25",
        inclusive=False,
        country="TH",
        jurisdiction="TH",
        description="Thailand",
        tax_type="vat",
    )

    error = shop("POST", f"tax_rates/{made['id']}", status=400, percentage=10)
    changed = shop("POST", f"tax_rates/{made['id']}", active=False, display_name="VAT 7.25%")

    assert (made["percentage"], made["inclusive"], made["active"]) == (7.25, False, True)
    assert (error["code"], error["param"]) == ("parameter_unknown", "percentage")
    assert (changed["percentage"], changed["active"]) == (7.25, False)
    created, updated = events_of(shop, "tax_rate.created", "tax_rate.updated")
    assert created["data"]["object"] == made
    assert updated["data"]["previous_attributes"] == {"active": True, "display_name": "VAT"}


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"percentage": "100.1"}, "percentage"),
        ({"percentage": "7.12345"}, "percentage"),
        ({"percentage": -1}, "percentage"),
        ({"country": "Thailand"}, "country"),
        ({"display_name": "x" * 51}, "display_name"),
        ({"tax_type": "window_tax"}, "tax_type"),
    ],
)
def test_what_a_tax_rate_cannot_be_is_refused_by_name(shop, params, param):
    wanted = {"display_name": "VAT", "percentage": 7, "inclusive": True} | params

    assert shop("POST", "tax_rates", status=400, **wanted)["param"] == param
    assert shop("GET", "tax_rates")["data"] == []


def test_tax_rates_are_listed_by_what_they_are(shop):
    def made(**params):
        wanted = {"display_name": "VAT", "percentage": 7, "inclusive": True} | params
        return shop("POST", "tax_rates", **wanted)["id"]

    first, second, third = made(), made(inclusive=False), made(active=False)

    def ids(**params):
        return [one["id"] for one in shop("GET", "tax_rates", **params)["data"]]

    assert ids() == [third, second, first]
    assert ids(active=True) == [second, first]
    assert ids(inclusive=False) == [second]
    assert ids(limit=1, starting_after=third) == [second]


ESTIMATE = {"minimum": {"unit": "day", "value": 2}, "maximum": {"unit": "business_day", "value": 5}}


def test_a_shipping_rate_keeps_its_amount_and_gains_currencies(shop):
    made = shop(
        "POST",
        "shipping_rates",
        display_name="By post",
        type="fixed_amount",
        fixed_amount={
            "amount": 5_00,
            "currency": "usd",
            "currency_options": {"eur": {"amount": 4_50, "tax_behavior": "inclusive"}},
        },
        delivery_estimate=ESTIMATE,
        tax_code="txcd_92010001",
    )
    where = f"shipping_rates/{made['id']}"

    assert made["fixed_amount"] == {
        "amount": 500,
        "currency": "usd",
        "currency_options": {
            "usd": {"amount": 500, "tax_behavior": "unspecified"},
            "eur": {"amount": 450, "tax_behavior": "inclusive"},
        },
    }
    assert made["delivery_estimate"] == ESTIMATE
    error = shop("POST", where, status=400, fixed_amount={"amount": 6_00})
    changed = shop(
        "POST",
        where,
        active=False,
        tax_behavior="exclusive",
        fixed_amount={"currency_options": {"thb": {"amount": 150_00}}},
        metadata={"a": "b"},
    )
    again = shop("POST", where, status=400, tax_behavior="inclusive")
    assert error["param"] == "fixed_amount[amount]"
    assert set(changed["fixed_amount"]["currency_options"]) == {"usd", "eur", "thb"}
    assert (changed["active"], changed["tax_behavior"]) == (False, "exclusive")
    assert again["param"] == "tax_behavior"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"fixed_amount": {"amount": 5, "currency": "kwd"}}, "fixed_amount[amount]"),
        ({"fixed_amount": {"amount": 5}}, "fixed_amount[currency]"),
        (
            {"fixed_amount": {"amount": 5, "currency": "usd", "currency_options": {"usd": {}}}},
            "fixed_amount[currency_options][usd][amount]",
        ),
        (
            {"delivery_estimate": {name: {"unit": "day", "value": value}
             for name, value in (("minimum", 3), ("maximum", 2))}},
            "delivery_estimate[maximum][value]",
        ),
        ({"delivery_estimate": {"minimum": {"unit": "year", "value": 1}}},
         "delivery_estimate[minimum][unit]"),
        ({"display_name": "x" * 101}, "display_name"),
    ],
)  # fmt: skip
def test_what_a_shipping_rate_cannot_be_is_refused_by_name(shop, params, param):
    wanted = {"display_name": "Post", "fixed_amount": {"amount": 5, "currency": "usd"}} | params

    assert shop("POST", "shipping_rates", status=400, **wanted)["param"] == param
    assert shop("GET", "shipping_rates")["data"] == []


def test_shipping_rates_are_listed_by_what_they_are(shop):
    def made(currency):
        amount = {"amount": 5_00, "currency": currency}
        return shop("POST", "shipping_rates", display_name="Post", fixed_amount=amount)["id"]

    usd, eur = made("usd"), made("eur")
    shop("POST", f"shipping_rates/{usd}", active=False)

    def ids(**params):
        return [one["id"] for one in shop("GET", "shipping_rates", **params)["data"]]

    assert ids() == [eur, usd]
    assert ids(active=False) == ids(currency="usd") == [usd]


def test_each_call_of_discounts_and_rates_asks_the_database_as_often(shop):
    coupon = shop("POST", "coupons", percent_off=10)["id"]
    calls = {
        "tax_rates": {"display_name": "VAT", "percentage": 7, "inclusive": True},
        "shipping_rates": {
            "display_name": "Post",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 500, "currency": "usd"},
        },
        "coupons": {"percent_off": 10},
        "promotion_codes": {"promotion": {"type": "coupon", "coupon": coupon}},
    }
    asked = {}

    for path, params in calls.items():
        shop("POST", path, **params)
        counts = []
        id = _count(counts, shop, "POST", path, **params)["id"]
        _count(counts, shop, "GET", f"{path}/{id}")
        _count(counts, shop, "POST", f"{path}/{id}", metadata={"shelf": "7"})
        _count(counts, shop, "GET", path)
        asked[path] = counts

    # To create, read, change and list.
    assert asked == {
        "tax_rates": [4, 2, 5, 2],
        "shipping_rates": [4, 2, 5, 2],
        "coupons": [4, 2, 5, 2],
        "promotion_codes": [6, 2, 6, 2],
    }


def _count(counts, shop, *call, **params):
    with CaptureQueriesContext(connection) as queries:
        answer = shop(*call, **params)
    counts.append(len(queries))
    return answer
