"""Promotion codes: words that payers type for a coupon."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from checkout.models import PromotionCode
from tests.checkout.shop import asking, events_of
from tests.factories import a_key, a_platform, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return a_key(a_platform())


@pytest.fixture
def shop(key):
    shop = asking(key)
    shop("POST", "coupons", id="25OFF", percent_off=25)
    return shop


def in_days(days):
    return int((now() + timedelta(days=days)).timestamp())


def test_both_spellings_make_a_code_and_one_without_a_word_gets_a_random_one(shop):
    promotion = {"type": "coupon", "coupon": "25OFF"}
    new = shop("POST", "promotion_codes", promotion=promotion, code="Summer-26")
    old = shop("POST", "promotion_codes", coupon="25OFF")
    both = shop("POST", "promotion_codes", status=400, promotion=promotion, coupon="25OFF")
    none = shop("POST", "promotion_codes", status=400, code="X")

    assert (new["code"], new["active"], new["promotion"]) == ("Summer-26", True, promotion)
    assert (len(old["code"]), old["code"].isalnum()) == (8, True)
    assert (both["code"], none["code"]) == ("parameters_exclusive", "parameter_missing")
    assert "currency_options" not in new["restrictions"]
    assert events_of(shop, "promotion_code.created")[0]["data"]["object"] == new


def test_a_word_is_one_active_codes_in_any_case(shop):
    first = shop("POST", "promotion_codes", coupon="25OFF", code="SUMMER")["id"]

    taken = shop("POST", "promotion_codes", status=400, coupon="25OFF", code="summer")
    shop("POST", f"promotion_codes/{first}", active=False)
    second = shop("POST", "promotion_codes", coupon="25OFF", code="Summer")["id"]
    again = shop("POST", f"promotion_codes/{first}", status=400, active=True)

    assert (taken["code"], taken["param"]) == ("resource_already_exists", "code")
    assert again["param"] == "code"
    found = shop("GET", "promotion_codes", code="sUmMeR", active=True)["data"]
    assert [one["id"] for one in found] == [second]


def test_the_word_of_a_code_that_nobody_can_use_is_free(shop):
    made = {"coupon": "25OFF", "code": "SUMMER"}
    first = shop("POST", "promotion_codes", expires_at=in_days(1), **made)["id"]

    with time_machine.travel(now() + timedelta(days=2)):
        assert shop("GET", f"promotion_codes/{first}")["active"] is False
        assert shop("GET", "promotion_codes", active=True)["data"] == []
        second = shop("POST", "promotion_codes", **made)["id"]
        late = shop("POST", f"promotion_codes/{first}", status=400, active=True)

    assert late["param"] == "active"
    active = shop("GET", "promotion_codes", active=True)["data"]
    assert [one["id"] for one in active] == [second]


def test_customers_may_have_the_same_word_each(shop):
    ada, bo = (shop("POST", "customers")["id"] for _ in range(2))
    made = {"coupon": "25OFF", "code": "THANKS"}

    for customer in (ada, bo):
        shop("POST", "promotion_codes", customer=customer, **made)
    shop("POST", "promotion_codes", **made)
    shop("POST", "promotion_codes", status=400, customer=ada, **made)

    assert len(shop("GET", "promotion_codes", customer=ada)["data"]) == 1
    assert len(shop("GET", "promotion_codes", coupon="25OFF")["data"]) == 3
    expanded = shop("GET", "promotion_codes", **{"expand[]": "data.customer"})["data"]
    assert {(one["customer"] or {}).get("id") for one in expanded} == {ada, bo, None}


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"code": "SUMMER SALE"}, None, "code"),
        ({"coupon": "none"}, "resource_missing", "coupon"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"customer_account": "acct_x"}, "feature_not_supported", "customer_account"),
        ({"expires_at": 1}, None, "expires_at"),
        ({"coupon": "short", "max_redemptions": 3}, None, "max_redemptions"),
        ({"coupon": "short", "expires_at": 4_000_000_000}, None, "expires_at"),
        ({"restrictions": {"minimum_amount": 5}}, "parameter_missing",
         "restrictions[minimum_amount_currency]"),
        ({"restrictions": {"currency_options": {"eur": {"minimum_amount": 5}}}},
         "parameter_missing", "restrictions[currency_options]"),
        ({"restrictions": {"minimum_amount": 5, "minimum_amount_currency": "usd",
                           "currency_options": {"usd": {"minimum_amount": 5}}}},
         None, "restrictions[currency_options][usd]"),
    ],
)  # fmt: skip
def test_what_a_code_cannot_be_is_refused_by_name(shop, params, code, param):
    shop("POST", "coupons", id="short", percent_off=5, max_redemptions=2, redeem_by=in_days(9))

    error = shop("POST", "promotion_codes", status=400, **({"coupon": "25OFF"} | params))

    assert (error.get("code"), error["param"]) == (code, param), error["message"]
    assert not PromotionCode.objects.exists()


def test_minimums_are_kept_by_currency(shop):
    minimum = {"minimum_amount": 50_00, "minimum_amount_currency": "usd"}
    eur = {"eur": {"minimum_amount": 45_00}}
    restrictions = minimum | {"first_time_transaction": True, "currency_options": eur}
    made = shop("POST", "promotion_codes", coupon="25OFF", restrictions=restrictions)

    thb = {"currency_options": {"thb": {"minimum_amount": 1_500_00}}}
    changed = shop("POST", f"promotion_codes/{made['id']}", restrictions=thb)

    assert made["restrictions"] == minimum | {
        "first_time_transaction": True,
        "currency_options": {"usd": {"minimum_amount": 5000}, **eur},
    }
    assert set(changed["restrictions"]["currency_options"]) == {"usd", "eur", "thb"}


def test_older_versions_have_the_coupon_itself_in_the_code(shop, key):
    made = shop("POST", "promotion_codes", coupon="25OFF", code="SUMMER")
    headers = {"Authorization": f"Bearer {key}", "Stripe-Version": "2025-08-27.basil"}

    older = Client(headers=headers).get(f"/v1/promotion_codes/{made['id']}").json()

    assert "promotion" not in older
    assert (older["coupon"]["id"], older["coupon"]["percent_off"]) == ("25OFF", 25)
    assert older["code"] == "SUMMER"
