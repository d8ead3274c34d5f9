"""Products: what is sold, under ids that merchants may choose."""

import pytest

from tests.checkout.shop import asking, events_of
from tests.factories import a_key, a_platform, a_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return asking(a_key(a_platform()))


def test_a_product_keeps_its_details_and_tells_who_listens(shop):
    made = shop(
        "POST",
        "products",
        id="tea 250g",
        name="Tea",
        description="Green",
        images=["https://shop.example/tea.png"],
        marketing_features=[{"name": "Fresh"}],
        package_dimensions={"height": 1.5, "length": 2, "weight": "0.25", "width": 3},
        shippable=True,
        statement_descriptor="TEA",
        tax_details={"tax_code": "txcd_1"},
        unit_label="pack",
        url="https://shop.example/tea",
        metadata={"shelf": "3"},
    )

    assert (made["id"], made["active"], made["type"]) == ("tea 250g", True, "service")
    assert made["package_dimensions"] == {
        "height": 1.5,
        "length": 2.0,
        "weight": 0.25,
        "width": 3.0,
    }
    assert made["tax_code"] == "txcd_1"
    assert made["tax_details"] == {"performance_location": None, "tax_code": "txcd_1"}
    assert shop("GET", "products/tea%20250g") == made
    shop("POST", "products/tea%20250g", active=False, images="", metadata={"shelf": ""})
    created, updated = events_of(shop, "product.created", "product.updated")
    assert created["data"]["object"] == made
    previous = updated["data"]["previous_attributes"]
    assert previous.keys() - {"updated"} == {"active", "images", "metadata"}


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"images": ["https://shop.example/"] * 9}, "images"),
        ({"marketing_features": [{"name": "x"}] * 16}, "marketing_features"),
        ({"statement_descriptor": "x" * 23}, "statement_descriptor"),
        ({"unit_label": "x" * 13}, "unit_label"),
        ({"package_dimensions": {"height": 1.125}}, "package_dimensions[height]"),
        ({"id": "a/b"}, "id"),
        ({"id": "search"}, "id"),
        ({"tax_code": "txcd_1", "tax_details": {"tax_code": "txcd_2"}}, "tax_details[tax_code]"),
        ({"default_price_data": {"currency": "usd"}}, "unit_amount"),
    ],
)
def test_what_a_product_cannot_be_is_refused_by_name(shop, params, param):
    error = shop("POST", "products", status=400, **({"name": "Tea"} | params))

    assert error["param"] == param
    assert shop("GET", "products")["data"] == []


def test_an_id_is_chosen_once_and_is_nothing_to_others(shop):
    shop("POST", "products", id="tea", name="Tea")
    other = asking(a_key(a_platform()))

    error = shop("POST", "products", status=400, id="tea", name="Other tea")
    other("GET", "products/tea", status=404)
    other("POST", "products", id="tea", name="Their tea")

    assert (error["code"], error["param"]) == ("resource_already_exists", "id")
    assert shop("GET", "products/tea")["name"] == "Tea"
    assert [one["name"] for one in other("GET", "products")["data"]] == ["Their tea"]


def test_a_connected_account_has_a_catalog_of_its_own():
    platform = a_platform()
    key, seller = a_key(platform), a_seller(platform).account_id
    ours, theirs = asking(key), asking(key, seller)

    theirs("POST", "products", id="tea", name="Tea of a seller")

    assert ours("GET", "products")["data"] == []
    assert theirs("GET", "products/tea")["name"] == "Tea of a seller"


def test_a_product_comes_with_its_default_price_and_shows_it(shop):
    data = {"currency": "jpy", "unit_amount": 500, "recurring": {"interval": "month"}}
    made = shop("POST", "products", name="Tea", default_price_data=data)

    shown = shop("GET", f"products/{made['id']}", **{"expand[]": "default_price"})
    price = shown["default_price"]
    assert price["id"] == made["default_price"]
    assert (price["product"], price["unit_amount"], price["type"]) == (made["id"], 500, "recurring")
    types = [one["type"] for one in events_of(shop, "product.created", "price.created")]
    assert types == ["product.created", "price.created"]


def test_only_an_active_price_of_its_own_becomes_the_default(shop):
    tea = shop("POST", "products", name="Tea")["id"]
    other = shop("POST", "prices", product_data={"name": "Cup"}, currency="usd", unit_amount=5)
    old = shop("POST", "prices", product=tea, currency="usd", unit_amount=5, active=False)
    new = shop("POST", "prices", product=tea, currency="usd", unit_amount=6)

    foreign = shop("POST", f"products/{tea}", status=400, default_price=other["id"])
    inactive = shop("POST", f"products/{tea}", status=400, default_price=old["id"])
    shop("POST", f"products/{tea}", default_price=new["id"])
    kept = shop("POST", f"prices/{new['id']}", status=400, active=False)

    assert {foreign["param"], inactive["param"]} == {"default_price"}
    assert "default price" in kept["message"]
    assert shop("GET", f"products/{tea}")["default_price"] == new["id"]


def test_a_product_with_prices_is_archived_and_not_deleted(shop):
    tea = shop("POST", "products", name="Tea")["id"]
    shop("POST", "prices", product=tea, currency="usd", unit_amount=5)
    cup = shop("POST", "products", id="cup", name="Cup")["id"]

    error = shop("DELETE", f"products/{tea}", status=400)
    deleted = shop("DELETE", f"products/{cup}")

    assert "active to false" in error["message"]
    assert deleted == {"id": "cup", "object": "product", "deleted": True}
    shop("GET", "products/cup", status=404)
    (told,) = events_of(shop, "product.deleted")
    assert told["data"]["object"]["name"] == "Cup"
    assert shop("POST", "products", id="cup", name="Another cup")["name"] == "Another cup"


def test_products_are_listed_and_searched_by_what_they_are(shop):
    tea = shop("POST", "products", id="tea", name="Green tea", shippable=True)
    shop("POST", "products", id="cup", name="Cup", active=False, metadata={"shelf": "3"})
    shop("POST", "products", id="pot", name="Pot", url="https://shop.example/pot", type="good")

    def ids(path, **params):
        return [one["id"] for one in shop("GET", path, **params)["data"]]

    assert ids("products") == ["pot", "cup", "tea"]
    assert ids("products", limit=1, starting_after="pot") == ["cup"]
    assert ids("products", ending_before="cup") == ["pot"]
    assert ids("products", active=True) == ["pot", "tea"]
    assert ids("products", **{"ids[]": ["tea", "cup"]}) == ["cup", "tea"]
    assert ids("products", type="good") == ids("products", url="https://shop.example/pot")
    assert ids("products", shippable=True) == ["tea"]
    assert ids("products", **{"created[gt]": tea["created"] + 60}) == []
    assert ids("products/search", query="name:'tea' AND active:'true'") == ["tea"]
    assert ids("products/search", query="metadata['shelf']:'3'") == ["cup"]
    assert ids("products/search", query="-shippable:null") == ["tea"]


def test_a_product_has_no_features_and_says_where_to_keep_them(shop):
    shop("POST", "products", id="tea", name="Tea")

    error = shop("POST", "products/tea/features", status=400, entitlement_feature="feat_1")

    assert error["code"] == "feature_not_supported"
    assert shop("GET", "products/tea/features")["data"] == []
    shop("GET", "products/tea/features/x", status=404)
    shop("DELETE", "products/tea/features/x", status=404)
