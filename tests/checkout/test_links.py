"""Payment links: what merchants say of them, and what is refused by name."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkout.models import CheckoutSession, PaymentLink, Price
from tests.checkout.shopping import LAMP, Shop
from tests.factories import a_key, a_platform, a_seller
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

REDIRECT = {"type": "redirect", "redirect": {"url": "https://shop.example.com/thanks"}}


@pytest.fixture
def shop():
    return Shop()


def told(type):
    rows = Event.objects.filter(type=f"payment_link.{type}").order_by("created_at", "id")
    return [json.loads(row.data) for row in rows]


def test_a_link_sells_one_cart_and_says_so(shop):
    link = shop.link(line_items=[{"price_data": LAMP, "quantity": 2}], metadata={"shelf": "7"})

    read = shop("GET", f"payment_links/{link['id']}", **{"expand[]": "line_items"})
    lines = shop("GET", f"payment_links/{link['id']}/line_items")
    listed = shop("GET", "payment_links", active="true")

    assert (link["active"], link["currency"], link["metadata"]) == (True, "usd", {"shelf": "7"})
    assert "/l/test_" in link["url"]
    assert link["after_completion"]["type"] == "hosted_confirmation"
    assert [(one["quantity"], one["amount_total"]) for one in lines["data"]] == [(2, 4000)]
    assert read["line_items"]["data"] == lines["data"]
    assert [one["id"] for one in listed["data"]] == [link["id"]]
    assert CheckoutSession.objects.count() == 0
    assert [event["object"] for event in told("created")] == [link]


def test_a_change_tells_what_it_was(shop):
    link = shop.link(inactive_message="Sold out", payment_intent_data={"description": "Lamp"})
    path = f"payment_links/{link['id']}"
    line = shop("GET", f"{path}/line_items")["data"][0]["id"]

    off = shop("POST", path, active=False, inactive_message="", metadata={"a": "b"})
    more = shop(
        "POST",
        path,
        line_items=[{"id": line, "quantity": 3}],
        payment_intent_data={"metadata": {"order": "7"}},
        after_completion=REDIRECT,
    )
    same = shop("POST", path)

    assert (off["active"], off["inactive_message"]) == (False, None)
    first, second = told("updated")
    assert first["previous_attributes"] == {
        "active": True,
        "inactive_message": "Sold out",
        "metadata": {"a": None},
    }
    assert set(second["previous_attributes"]) == {"after_completion", "payment_intent_data"}
    assert more["payment_intent_data"]["description"] == "Lamp"
    assert more["payment_intent_data"]["metadata"] == {"order": "7"}
    assert shop("GET", f"{path}/line_items")["data"][0]["quantity"] == 3
    assert same == more
    assert [one["id"] for one in shop("GET", "payment_links", active="false")["data"]] == [
        link["id"]
    ]


def test_a_link_goes_on_selling_what_it_was_made_for(shop):
    tea = shop("POST", "products", name="Tea")["id"]
    price = shop("POST", "prices", product=tea, currency="usd", unit_amount=500)["id"]
    link = shop.link(line_items=[{"price": price, "quantity": 1}])

    shop("POST", f"prices/{price}", active=False)
    changed = shop("POST", f"payment_links/{link['id']}", allow_promotion_codes=True)
    status, wire = shop.ask("POST", "payment_links", line_items=[{"price": price}])

    assert changed["allow_promotion_codes"] is True
    assert (status, wire["error"]["param"]) == (400, "line_items[0][price]")
    assert Price.objects.count() == 1


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price_data": LAMP}] * 21}, "line_items"),
        ({"line_items": [{"price": "price_1"}]}, "line_items[0][price]"),
        ({"line_items": [{"price_data": LAMP | {"unit_amount": 10}}]}, "amount"),
        ({"line_items": [{"price_data": LAMP | {"recurring": {"interval": "month"}}}]},
         "line_items[0][price_data][recurring]"),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax[enabled]"),
        ({"invoice_creation": {"enabled": True}}, "invoice_creation[enabled]"),
        ({"managed_payments": {"enabled": True}}, "managed_payments[enabled]"),
        ({"tax_id_collection": {"enabled": True}}, "tax_id_collection[enabled]"),
        ({"subscription_data": {"trial_period_days": 1}}, "subscription_data"),
        ({"payment_method_collection": "always"}, "payment_method_collection"),
        ({"payment_method_options": {"card": {}}}, "payment_method_options"),
        ({"application_fee_percent": 5}, "application_fee_percent"),
        ({"application_fee_amount": 5}, "application_fee_amount"),
        ({"after_completion": {"type": "redirect"}}, "after_completion[redirect][url]"),
        ({"after_completion": {"type": "redirect", "redirect": {"url": "shop"}}},
         "after_completion[redirect][url]"),
        ({"after_completion": REDIRECT | {"type": "hosted_confirmation"}},
         "after_completion[redirect]"),
        ({"restrictions": {"completed_sessions": {"limit": 0}}},
         "restrictions[completed_sessions][limit]"),
        ({"success_url": "https://shop.example.com"}, "success_url"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name_and_makes_nothing(shop, params, param):
    wanted = {"line_items": [{"price_data": LAMP}], **params}

    status, wire = shop.ask("POST", "payment_links", **wanted)

    assert (status, wire["error"]["param"]) == (400, param)
    assert PaymentLink.objects.count() == Price.objects.count() == 0


def test_twenty_items_and_no_more_optional_ones_included(shop):
    tea = shop("POST", "products", name="Tea")["id"]
    price = shop("POST", "prices", product=tea, currency="usd", unit_amount=500)["id"]
    optional = [{"price": price, "quantity": 1}]

    full = shop.link(line_items=[{"price_data": LAMP}] * 19, optional_items=optional)
    status, wire = shop.ask(
        "POST", "payment_links", line_items=[{"price_data": LAMP}] * 20, optional_items=optional
    )

    assert len(shop("GET", f"payment_links/{full['id']}/line_items", limit=100)["data"]) == 19
    assert (status, wire["error"]["param"]) == (400, "optional_items")


def test_a_link_of_somebody_else_is_none(shop):
    link, other = shop.link(), Shop()

    answers = [
        other.ask("GET", f"payment_links/{link['id']}"),
        other.ask("POST", f"payment_links/{link['id']}", active=False),
        other.ask("GET", f"payment_links/{link['id']}/line_items"),
        other.ask("GET", "checkout/sessions", payment_link=link["id"]),
    ]

    assert [status for status, _ in answers] == [404, 404, 404, 200]
    assert answers[3][1]["data"] == []
    assert shop("GET", f"payment_links/{link['id']}")["active"] is True


def test_a_platform_makes_links_for_its_seller(shop):
    seller = a_seller(shop.tenant)
    shared = {"destination": seller.account_id}
    ours = shop.link(application_fee_amount=300, transfer_data=shared)
    headers = {"Authorization": f"Bearer {a_key(shop.tenant)}", "Stripe-Account": seller.account_id}
    wanted = {"line_items": [{"price_data": LAMP}], "application_fee_amount": 300}

    theirs = shop.client.post(
        "/v1/payment_links", data=wanted, content_type="application/json", headers=headers
    ).json()
    status, wire = shop.ask(
        "POST", "payment_links", line_items=[{"price_data": LAMP}], on_behalf_of="acct_1"
    )

    assert ours["transfer_data"] == {"amount": None, "destination": seller.account_id}
    assert (theirs["application_fee_amount"], theirs["application"][:3]) == (300, "ca_")
    assert PaymentLink.objects.get(id=theirs["id"]).account_id == seller.account_id
    assert (status, wire["error"]["param"]) == (400, "on_behalf_of")


def test_each_call_asks_the_database_as_often_whatever_is_sold(shop):
    items = [{"price_data": LAMP, "quantity": n} for n in (1, 2, 3)]
    shop.link(line_items=items)
    asked = {}

    def count(name, *call, **params):
        with CaptureQueriesContext(connection) as queries:
            answer = shop(*call, **params)
        asked[name] = len(queries)
        return answer

    link = count("create", "POST", "payment_links", line_items=items)
    count("read", "GET", f"payment_links/{link['id']}")
    count("lines", "GET", f"payment_links/{link['id']}/line_items")
    count("update", "POST", f"payment_links/{link['id']}", active=False)
    count("list", "GET", "payment_links")

    assert asked == {"create": 4, "read": 2, "lines": 3, "update": 5, "list": 2}


def test_no_key_of_another_family_reaches_links():
    platform = a_platform()
    shop = Shop()
    shop.key = a_key(platform, kind="restricted", permissions={"checkout_sessions": "write"})

    status, _ = shop.ask("GET", "payment_links")

    assert status == 403
