"""Prices: what a unit costs, said once."""

import pytest

from tests.checkout.shop import asking, events_of
from tests.factories import a_key, a_platform

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return asking(a_key(a_platform()))


@pytest.fixture
def tea(shop):
    return shop("POST", "products", id="tea", name="Tea")["id"]


def test_an_amount_is_whole_or_finer_or_the_payers_choice(shop, tea):
    def cost(**params):
        made = shop("POST", "prices", product=tea, **({"currency": "usd"} | params))
        return made["unit_amount"], made["unit_amount_decimal"], made["custom_unit_amount"]

    assert cost(unit_amount=5_00) == (500, "500", None)
    assert cost(unit_amount_decimal="5.250") == (None, "5.25", None)
    assert cost(unit_amount_decimal="0.000000000001")[1] == "0.000000000001"
    assert cost(unit_amount_decimal="7.000") == (7, "7", None)
    choice = {"enabled": True, "minimum": 1_00, "preset": 5_00}
    assert cost(custom_unit_amount=choice)[2] == {"maximum": None, "minimum": 100, "preset": 500}
    assert cost(unit_amount=0)[0] == 0


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({}, "parameter_missing", "unit_amount"),
        ({"unit_amount": 5, "unit_amount_decimal": "5"}, "parameters_exclusive",
         "unit_amount_decimal"),
        ({"unit_amount": -1}, "parameter_invalid_integer", "unit_amount"),
        ({"unit_amount_decimal": "1.0000000000001"}, None, "unit_amount_decimal"),
        ({"unit_amount": 5, "currency": "kwd"}, "parameter_invalid_integer", "unit_amount"),
        ({"custom_unit_amount": {"enabled": False}}, None, "custom_unit_amount[enabled]"),
        ({"custom_unit_amount": {"enabled": True, "minimum": 49}}, "amount_too_small",
         "custom_unit_amount[minimum]"),
        ({"custom_unit_amount": {"enabled": True, "minimum": 60, "maximum": 59}}, None,
         "custom_unit_amount[maximum]"),
        ({"custom_unit_amount": {"enabled": True, "maximum": 60, "preset": 61}}, None,
         "custom_unit_amount[preset]"),
        ({"custom_unit_amount": {"enabled": True}, "recurring": {"interval": "day"}},
         "parameters_exclusive", "recurring"),
        ({"unit_amount": 5, "billing_scheme": "tiered"}, "feature_not_supported",
         "billing_scheme"),
        ({"unit_amount": 5, "tiers": [{"up_to": "inf"}]}, "feature_not_supported", "tiers"),
        ({"unit_amount": 5, "recurring": {"interval": "day", "usage_type": "metered"}},
         "feature_not_supported", "recurring[usage_type]"),
        ({"unit_amount": 5, "recurring": {"interval": "year", "interval_count": 4}},
         "parameter_invalid_integer", "recurring[interval_count]"),
        ({"unit_amount": 5, "lookup_key": "x" * 201}, None, "lookup_key"),
        ({"unit_amount": 5, "currency_options": {"usd": {"unit_amount": 5}}}, None,
         "currency_options[usd]"),
        ({"unit_amount": 5, "currency_options": {"eur": {}}}, "parameter_missing",
         "currency_options[eur][unit_amount]"),
        ({"unit_amount": 5, "currency_options": {"eur": {"tiers": []}}}, "feature_not_supported",
         "currency_options[eur][tiers]"),
        ({"unit_amount": 5, "product": None}, "parameter_missing", "product"),
        ({"unit_amount": 5, "product_data": {"name": "Cup"}}, "parameters_exclusive", "product"),
    ],
)  # fmt: skip
def test_what_a_price_cannot_be_is_refused_by_name(shop, tea, params, code, param):
    wanted = {"currency": "usd", "product": tea} | params
    wanted = {name: value for name, value in wanted.items() if value is not None}

    error = shop("POST", "prices", status=400, **wanted)

    assert (error.get("code"), error["param"]) == (code, param), error["message"]
    assert shop("GET", "prices")["data"] == []


def test_a_recurring_price_is_kept_for_whoever_bills_with_it(shop, tea):
    made = shop(
        "POST",
        "prices",
        product=tea,
        currency="usd",
        unit_amount=5_00,
        recurring={"interval": "month", "interval_count": 3, "trial_period_days": 7},
        transform_quantity={"divide_by": 10, "round": "up"},
    )

    assert made["type"] == "recurring"
    assert made["recurring"] == {
        "interval": "month",
        "interval_count": 3,
        "meter": None,
        "trial_period_days": 7,
        "usage_type": "licensed",
    }
    assert made["transform_quantity"] == {"divide_by": 10, "round": "up"}


def test_a_price_is_the_same_for_ever_but_for_its_words(shop, tea):
    id = shop("POST", "prices", product=tea, currency="usd", unit_amount=5_00)["id"]

    for name, value in (("unit_amount", 6_00), ("currency", "eur"), ("product", "cup")):
        error = shop("POST", f"prices/{id}", status=400, **{name: value})
        assert (error["code"], error["param"]) == ("parameter_unknown", name)
    changed = shop("POST", f"prices/{id}", nickname="Small", active=False, metadata={"a": "b"})
    shop("POST", f"prices/{id}", nickname="Small")

    assert (changed["nickname"], changed["active"], changed["unit_amount"]) == ("Small", False, 500)
    (told,) = events_of(shop, "price.updated")
    assert told["data"]["previous_attributes"] == {
        "active": True,
        "metadata": {"a": None},
        "nickname": None,
    }


def test_a_tax_behaviour_is_specified_once(shop, tea):
    id = shop("POST", "prices", product=tea, currency="usd", unit_amount=5_00)["id"]

    shop("POST", f"prices/{id}", tax_behavior="inclusive")
    shop("POST", f"prices/{id}", tax_behavior="inclusive")
    error = shop("POST", f"prices/{id}", status=400, tax_behavior="exclusive")

    assert error["param"] == "tax_behavior"
    assert shop("GET", f"prices/{id}")["tax_behavior"] == "inclusive"


def test_a_lookup_key_names_one_price_and_can_be_moved(shop, tea):
    cost = {"product": tea, "currency": "usd"}
    first = shop("POST", "prices", unit_amount=5, lookup_key="small", **cost)["id"]

    error = shop("POST", "prices", status=400, unit_amount=6, lookup_key="small", **cost)
    second = shop(
        "POST", "prices", unit_amount=6, lookup_key="small", transfer_lookup_key=True, **cost
    )["id"]

    assert (error["code"], error["param"]) == ("resource_already_exists", "lookup_key")
    found = shop("GET", "prices", **{"lookup_keys[]": "small"})["data"]
    assert [one["id"] for one in found] == [second]
    shop("POST", f"prices/{first}", lookup_key="small", transfer_lookup_key=True)
    assert shop("GET", f"prices/{second}")["lookup_key"] is None
    previous = [one["data"]["previous_attributes"] for one in events_of(shop, "price.updated")]
    assert previous == [{"lookup_key": "small"}, {"lookup_key": "small"}, {"lookup_key": None}]


def test_currency_options_are_shown_when_asked_for_with_the_prices_own(shop, tea):
    options = {"eur": {"unit_amount": 4_50, "tax_behavior": "inclusive"}}
    made = shop(
        "POST", "prices", product=tea, currency="usd", unit_amount=5_00, currency_options=options
    )
    own = {
        "custom_unit_amount": None,
        "tax_behavior": "unspecified",
        "unit_amount": 500,
        "unit_amount_decimal": "500",
    }
    eur = own | {"tax_behavior": "inclusive", "unit_amount": 450, "unit_amount_decimal": "450"}
    where = f"prices/{made['id']}"

    assert "currency_options" not in made
    shown = shop("GET", where, **{"expand[]": ["currency_options", "tiers"]})
    assert (shown["currency_options"], shown["tiers"]) == ({"usd": own, "eur": eur}, None)
    shop("POST", where, currency_options={"gbp": {"unit_amount": 4_00}})
    shown = shop("GET", where, **{"expand[]": "currency_options"})["currency_options"]
    assert (set(shown), shown["gbp"]["unit_amount"]) == ({"usd", "eur", "gbp"}, 400)
    shop("POST", where, currency_options="")
    shown = shop("GET", where, **{"expand[]": "currency_options"})["currency_options"]
    assert shown == {"usd": own}


def test_prices_are_listed_and_searched_by_what_they_are(shop, tea):
    def made(**params):
        return shop("POST", "prices", **params)["id"]

    once = made(product=tea, currency="usd", unit_amount=5, lookup_key="a b")
    data = {"name": "Cup", "id": "cup"}
    monthly = made(
        product_data=data, currency="eur", unit_amount=5, recurring={"interval": "month"}
    )
    old = made(product=tea, currency="usd", unit_amount=5, active=False, metadata={"a": "b"})

    def ids(path, **params):
        return [one["id"] for one in shop("GET", path, **params)["data"]]

    assert ids("prices") == [old, monthly, once]
    assert ids("prices", product=tea) == [old, once]
    assert ids("prices", active=False) == [old]
    assert ids("prices", currency="eur") == ids("prices", type="recurring") == [monthly]
    assert ids("prices", **{"recurring[interval]": "month"}) == [monthly]
    assert ids("prices", type="one_time", limit=1, starting_after=old) == [once]
    assert ids("prices/search", query="product:'tea' AND active:'true'") == [once]
    assert ids("prices/search", query="lookup_key:'a b' OR metadata['a']:'b'") == [old, once]
    shown = shop("GET", "prices", **{"expand[]": "data.product"})["data"]
    assert [one["product"]["name"] for one in shown] == ["Tea", "Cup", "Tea"]


def test_prices_and_products_take_a_fixed_number_of_queries(
    shop, tea, django_assert_max_num_queries
):
    for amount in range(3):
        shop("POST", "prices", product=tea, currency="usd", unit_amount=amount)

    with django_assert_max_num_queries(6):
        shop("POST", "prices", product=tea, currency="usd", unit_amount=5)
    with django_assert_max_num_queries(3):
        shop("GET", "prices", **{"expand[]": "data.product"})
    with django_assert_max_num_queries(2):
        shop("GET", "products")
