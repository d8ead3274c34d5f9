"""Coupons: what is off, for how long, and for what."""

from datetime import timedelta

import pytest

from tests.checkout.shop import asking, events_of
from tests.factories import a_key, a_platform, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return asking(a_key(a_platform()))


def in_days(days):
    return int((now() + timedelta(days=days)).timestamp())


def test_a_coupon_is_a_percentage_or_an_amount_under_an_id_of_the_merchants(shop):
    percent = shop("POST", "coupons", id="25OFF", percent_off="12.5", name="Summer")
    amount = shop(
        "POST",
        "coupons",
        amount_off=5_00,
        currency="usd",
        currency_options={"eur": {"amount_off": 4_50}},
        duration="repeating",
        duration_in_months=3,
        max_redemptions=10,
        redeem_by=in_days(30),
    )

    assert (percent["id"], percent["percent_off"], percent["duration"]) == ("25OFF", 12.5, "once")
    assert (percent["valid"], percent["times_redeemed"], percent["currency"]) == (True, 0, None)
    assert (len(amount["id"]), amount["amount_off"], amount["currency"]) == (8, 500, "usd")
    shown = shop(
        "GET", f"coupons/{amount['id']}", **{"expand[]": ["currency_options", "applies_to"]}
    )
    assert shown["currency_options"] == {"usd": {"amount_off": 500}, "eur": {"amount_off": 450}}
    assert shown["applies_to"] is None
    assert [one["id"] for one in shop("GET", "coupons")["data"]] == [amount["id"], "25OFF"]


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({}, "parameter_missing", "percent_off"),
        ({"percent_off": 10, "amount_off": 5, "currency": "usd"}, "parameters_exclusive",
         "amount_off"),
        ({"percent_off": 0}, None, "percent_off"),
        ({"percent_off": 101}, None, "percent_off"),
        ({"percent_off": "1.005"}, None, "percent_off"),
        ({"amount_off": 5}, "parameter_missing", "currency"),
        ({"amount_off": 5, "currency": "kwd"}, "parameter_invalid_integer", "amount_off"),
        ({"percent_off": 5, "currency_options": {"eur": {"amount_off": 5}}},
         "parameters_exclusive", "currency_options"),
        ({"amount_off": 5, "currency": "usd", "currency_options": {"usd": {"amount_off": 5}}},
         None, "currency_options[usd]"),
        ({"percent_off": 5, "duration": "repeating"}, "parameter_missing", "duration_in_months"),
        ({"percent_off": 5, "duration_in_months": 3}, "parameters_exclusive",
         "duration_in_months"),
        ({"percent_off": 5, "redeem_by": 1}, None, "redeem_by"),
        ({"percent_off": 5, "redeem_by": 9_999_999_999}, None, "redeem_by"),
        ({"percent_off": 5, "max_redemptions": 0}, "parameter_invalid_integer",
         "max_redemptions"),
        ({"percent_off": 5, "applies_to": {"products": ["tea"]}}, "resource_missing",
         "applies_to[products][0]"),
        ({"percent_off": 5, "name": "x" * 41}, None, "name"),
        ({"percent_off": 5, "id": "a/b"}, "invalid_characters", "id"),
    ],
)  # fmt: skip
def test_what_a_coupon_cannot_be_is_refused_by_name(shop, params, code, param):
    error = shop("POST", "coupons", status=400, **params)

    assert (error.get("code"), error["param"]) == (code, param), error["message"]
    assert shop("GET", "coupons")["data"] == []


def test_a_coupon_is_for_products_that_there_are(shop):
    shop("POST", "products", id="tea", name="Tea")
    coupon = shop("POST", "coupons", percent_off=5, applies_to={"products": ["tea"]})

    shown = shop("GET", "coupons", **{"expand[]": "data.applies_to"})["data"]

    assert "applies_to" not in coupon
    assert [one["applies_to"] for one in shown] == [{"products": ["tea"]}]


def test_a_coupon_changes_its_name_and_gains_currencies(shop):
    shop("POST", "coupons", id="five", amount_off=5_00, currency="usd")

    shop("POST", "coupons/five", name="Five", currency_options={"eur": {"amount_off": 4_50}})
    fixed = shop("POST", "coupons/five", status=400, currency_options={"eur": {"amount_off": 1}})
    unknown = shop("POST", "coupons/five", status=400, amount_off=1)

    assert (fixed["param"], unknown["param"]) == ("currency_options[eur]", "amount_off")
    (told,) = events_of(shop, "coupon.updated")
    assert told["data"]["previous_attributes"] == {
        "currency_options": {"eur": None},
        "name": None,
    }


def test_a_deleted_coupon_leaves_its_id_to_another(shop):
    shop("POST", "coupons", id="25OFF", percent_off=25)
    code = shop("POST", "promotion_codes", coupon="25OFF", code="SUMMER")

    taken = shop("POST", "coupons", status=400, id="25OFF", percent_off=30)
    deleted = shop("DELETE", "coupons/25OFF")
    shop("GET", "coupons/25OFF", status=404)
    where = f"promotion_codes/{code['id']}"
    shown = shop("GET", where, **{"expand[]": "promotion.coupon"})

    assert (taken["code"], taken["param"]) == ("resource_already_exists", "id")
    assert deleted == {"id": "25OFF", "object": "coupon", "deleted": True}
    assert (shown["active"], shown["promotion"]["coupon"]) == (False, deleted)
    assert shop("POST", "coupons", id="25OFF", percent_off=30)["percent_off"] == 30
    assert events_of(shop, "coupon.deleted")[0]["data"]["object"]["percent_off"] == 25
