"""Payers who come again: what they saved is offered, and what they say their customer learns."""

import pytest

from payments.models import PaymentIntent
from tests.books import assert_books_balance
from tests.checkout.shop import asking, events_of
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import VISA, Fields, Payer

pytestmark = pytest.mark.django_db(transaction=True)

SAVES = {"payment_method_save": "enabled", "payment_method_remove": "enabled"}
OPTIONS = "saved_payment_method_options"
ADA = {"email": "ada@example.com", "name": "Ada"}


@pytest.fixture
def shop():
    return Shop()


def saved(shop, customer):
    return shop("GET", "payment_methods", customer=customer)["data"]


def test_what_a_payer_saves_is_offered_again_and_removed(shop):
    first = shop.session(customer_creation="always", saved_payment_method_options=SAVES)
    payer = Payer(first)
    unsaved = payer.send(**VISA | {"card_number": "4000000000000002"}, save_card="1")
    paid = payer.send(**VISA, save_card="1")
    customer = shop.read(first)["customer"]
    [method] = saved(shop, customer)

    second = shop.session(customer=customer, saved_payment_method_options=SAVES)
    again = Payer(second)
    page = again.look().text
    other = again.send(method="pm_1234")
    repaid = again.send(method=method["id"])
    third = Payer(shop.session(customer=customer, saved_payment_method_options=SAVES))
    third.client.post(third.path, {"remove": method["id"]})

    assert (unsaved.status_code, paid.status_code) == (422, 303)
    assert method["allow_redisplay"] == "always"
    assert "Visa •••• 4242" in page
    assert f'value="{method["id"]}"' in page
    assert "Remove Visa •••• 4242" in page
    assert (other.status_code, repaid.status_code) == (422, 303)
    assert shop.read(second)["payment_status"] == "paid"
    assert second["saved_payment_method_options"] == {
        "allow_redisplay_filters": ["always"],
        **SAVES,
    }
    assert {intent.payment_method_id for intent in PaymentIntent.objects.all()} == {method["id"]}
    assert saved(shop, customer) == []
    assert "•••• 4242" not in third.look().text
    assert_books_balance()


def test_what_is_not_to_be_shown_or_taken_away_is_not(shop):
    customer = shop("POST", "customers", **ADA)["id"]
    stranger = shop("POST", "customers")["id"]
    for card, holder, shown in (
        ("pm_card_visa", customer, "limited"),
        ("pm_card_mastercard", stranger, "always"),
        ("pm_card_amex", customer, "always"),
    ):
        method = shop("POST", f"payment_methods/{card}/attach", customer=holder)
        shop("POST", f"payment_methods/{method['id']}", allow_redisplay=shown)
    expired = saved(shop, customer)[0]
    assert expired["card"]["brand"] == "amex"
    shop("POST", f"payment_methods/{expired['id']}", card={"exp_month": 1, "exp_year": 2026})
    limited = {"allow_redisplay_filters": ["limited"]}

    usual = Payer(shop.session(customer=customer))
    wide = Payer(shop.session(customer=customer, saved_payment_method_options=limited))
    foreign = usual.send(method=saved(shop, stranger)[0]["id"])
    kept = saved(shop, customer)
    wide.client.post(wide.path, {"remove": kept[1]["id"]})

    assert "••••" not in usual.look().text
    assert "Visa •••• 4242" in wide.look().text
    assert "save_card" not in Fields(wide.look().text).names
    assert foreign.status_code == 422
    assert saved(shop, customer) == kept
    assert_books_balance()


def test_a_customer_learns_what_the_payer_says_where_the_merchant_wants_that(shop):
    api = asking(shop.key)
    customer = shop("POST", "customers", **ADA, address={"line1": "Old Road 1", "country": "DE"})
    wanted = {
        "customer": customer["id"],
        "billing_address_collection": "required",
        "shipping_address_collection": {"allowed_countries": ["TH"]},
        "payment_intent_data": {"setup_future_usage": "off_session"},
    }
    there = {"line1": "Sukhumvit 1", "country": "TH"}
    typed = {f"{kind}_{part}": there[part] for kind in ("billing", "shipping") for part in there}
    names = {"billing_name": "Ada Lovelace", "shipping_name": "Byron"}

    silent = Payer(shop.session(**wanted))
    known = silent.look().text
    silent.send(**VISA, **typed, **names)
    before = shop("GET", f"customers/{customer['id']}")
    update = {"address": "auto", "name": "auto", "shipping": "auto"}
    telling = shop.session(**wanted, customer_update=update)
    Payer(telling).send(**VISA | {"card_number": "4000000000000002"}, **typed, **names)
    declined = shop("GET", f"customers/{customer['id']}")
    Payer(telling).send(**VISA, **typed, **names)
    after = shop("GET", f"customers/{customer['id']}")

    assert "Old Road 1" in known
    assert before == declined == customer
    assert (after["name"], after["address"]["line1"]) == ("Ada Lovelace", "Sukhumvit 1")
    assert (after["shipping"]["name"], after["shipping"]["address"]["country"]) == ("Byron", "TH")
    [event] = events_of(api, "customer.updated")
    assert event["data"]["previous_attributes"]["name"] == "Ada"
    assert {one["allow_redisplay"] for one in saved(shop, customer["id"])} == {"limited"}
    assert_books_balance()


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({OPTIONS: SAVES}, f"{OPTIONS}[payment_method_save]"),
        ({"customer_update": {"name": "auto"}}, "customer_update"),
        (
            {"mode": "setup", "line_items": None, "currency": "usd",
             OPTIONS: {"payment_method_remove": "enabled"}},
            OPTIONS,
        ),
    ],
)  # fmt: skip
def test_what_needs_a_customer_or_a_payment_is_refused_without(shop, params, param):
    wanted = {"line_items": [{"price_data": LAMP}], "success_url": "https://shop.example.com"}
    wanted = {name: value for name, value in {**wanted, **params}.items() if value is not None}

    status, wire = shop.ask("POST", "checkout/sessions", **wanted)

    assert (status, wire["error"]["param"]) == (400, param)
