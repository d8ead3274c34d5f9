"""A session that the merchant's page shows itself: what a browser with its secret sees and does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.models import PaymentIntent
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop
from tests.factories import a_key
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db(transaction=True)

BACK = "https://shop.example.com/back?id={CHECKOUT_SESSION_ID}"
ADJUSTABLE = {"enabled": True, "minimum": 1, "maximum": 5}


class Page:
    """A merchant's page: it has a publishable key and the secret of one session."""

    def __init__(self, shop, **more):
        wanted = {"line_items": [{"price_data": LAMP, "quantity": 1}], "ui_mode": "custom"}
        self.session = shop("POST", "checkout/sessions", **wanted | {"return_url": BACK} | more)
        self.key = a_key(shop.tenant, kind="publishable")
        self.path = f"elements/checkouts/{self.session['id']}"

    def __call__(self, method="GET", path="", **params):
        secret = {"client_secret": self.session["client_secret"]}
        return ask(self.key, method, self.path + path, **secret | params)

    def card(self, number="4242424242424242"):
        card = {"number": number, "exp_month": 12, "exp_year": 34, "cvc": "123"}
        return ask(self.key, "POST", "payment_methods", type="card", card=card).json()["id"]

    def pay(self, **params):
        wanted = {"payment_method": self.card(), "email": "ada@example.com"}
        return self("POST", "/confirm", **wanted | params)


@pytest.fixture
def shop():
    return Shop()


def test_a_page_reads_the_order_in_amounts_and_words(shop):
    rate = shop("POST", "tax_rates", display_name="VAT", percentage="10", inclusive=False)
    coupon = shop("POST", "coupons", percent_off=50, name="Half")["id"]
    lamp = {"price_data": LAMP, "quantity": 2, "tax_rates": [rate["id"]]}
    post = {"display_name": "Post", "fixed_amount": {"amount": 500, "currency": "usd"}}
    page = Page(
        shop,
        line_items=[lamp],
        discounts=[{"coupon": coupon}],
        shipping_options=[{"shipping_rate_data": post}],
    )

    with CaptureQueriesContext(connection) as queries:
        found = page().json()

    assert found["page"] is None
    assert found["return_url"] == BACK.format(CHECKOUT_SESSION_ID=page.session["id"])
    assert found["collects"]["email"]
    order = found["session"]
    words = {
        name: part["amount"] for name, part in order["total"].items() if isinstance(part, dict)
    }
    assert words["subtotal"] == "40.00 USD"
    assert (words["discount"], words["tax_exclusive"]) == ("20.00 USD", "2.00 USD")
    assert (words["shipping_rate"], words["total"]) == ("5.00 USD", "27.00 USD")
    assert page.session["amount_total"] == order["total"]["total"]["minor_units_amount"] == 2700
    (line,) = order["line_items"]
    assert (line["name"], line["quantity"]) == ("Lamp", 2)
    assert line["unit_amount"] == {"amount": "20.00 USD", "minor_units_amount": 2000}
    assert line["tax_amounts"][0] | {"amount": ""} == {
        "amount": "",
        "minor_units_amount": 200,
        "display_name": "VAT",
        "percentage": 10.0,
        "inclusive": False,
    }
    assert order["discount_amounts"][0]["percent_off"] == 50
    assert order["shipping"]["shipping_option"]["display_name"] == "Post"
    assert len(queries) <= 12


def test_a_payer_changes_what_the_merchant_leaves_to_it(shop):
    extra = shop("POST", "prices", currency="usd", unit_amount=300, product_data={"name": "Bulb"})
    lamp = {"price_data": LAMP, "quantity": 1, "adjustable_quantity": ADJUSTABLE}
    optional = [{"price": extra["id"], "quantity": 2}]
    page = Page(shop, line_items=[lamp], optional_items=optional)
    line = page().json()["session"]["line_items"][0]["id"]

    with CaptureQueriesContext(connection) as queries:
        more = page("POST", line_items=[{"id": line, "quantity": 3}]).json()["session"]
    assert len(queries) <= 10
    many = page("POST", line_items=[{"id": line, "quantity": 6}])
    taken = page("POST", optional_items=[{"price": extra["id"], "quantity": 2}]).json()
    left = page("POST", optional_items=[{"price": extra["id"], "quantity": 0}]).json()
    unknown = page("POST", optional_items=[{"price": "price_1", "quantity": 1}])
    code = page("POST", promotion_code="NONE").json()["error"]

    assert more["total"]["total"]["minor_units_amount"] == 6000
    assert many.status_code == 400
    assert taken["session"]["total"]["total"]["minor_units_amount"] == 6600
    (item,) = left["session"]["optional_items"]
    assert (item["quantity"], item["is_selected"]) == (2, False)
    assert taken["session"]["optional_items"][0]["is_selected"]
    assert left["session"]["total"]["total"]["minor_units_amount"] == 6000
    assert unknown.json()["error"]["code"] == "resource_missing"
    assert code["param"] == "promotion_code"


def test_a_code_is_entered_and_taken_away_again(shop):
    coupon = shop("POST", "coupons", percent_off=50)["id"]
    shop("POST", "promotion_codes", promotion={"type": "coupon", "coupon": coupon}, code="HALF")
    page = Page(shop, allow_promotion_codes=True)

    half = page("POST", promotion_code="half").json()["session"]
    whole = page("POST", promotion_code="").json()["session"]

    assert half["discount_amounts"][0]["promotion_code"] == "HALF"
    assert half["total"]["total"]["amount"] == "10.00 USD"
    assert (whole["discount_amounts"], whole["total"]["total"]["amount"]) == ([], "20.00 USD")


def test_a_payer_pays_on_the_merchants_page_once(shop):
    page = Page(shop, phone_number_collection={"enabled": True})
    late = Page(shop)

    silent = page("POST", "/confirm", payment_method=page.card())
    short = page.pay(phone="5", expected_amount=1)
    declined = page.pay(phone="5", payment_method=page.card("4000000000000002"))
    seen = page().json()["session"]["last_payment_error"]
    method = page.card()
    with CaptureQueriesContext(connection) as queries:
        paid = page.pay(phone="5", expected_amount=2000, payment_method=method)
    assert len(queries) <= 28
    again = page.pay(phone="5")
    shop.expire(late.session)

    assert silent.json()["error"]["param"] == "email"
    assert short.json()["error"]["param"] == "expected_amount"
    assert (declined.status_code, declined.json()["error"]["type"]) == (402, "card_error")
    assert "declined" in seen["message"]
    assert paid.json()["session"]["status"] == {"type": "complete", "payment_status": "paid"}
    assert again.status_code == late.pay().status_code == 400
    assert shop.read(page.session)["customer_details"]["phone"] == "5"
    assert PaymentIntent.objects.count() == 1
    assert_books_balance()


def test_the_bank_asks_and_sends_the_payer_to_the_merchants_page(shop):
    page = Page(shop)

    waits = page.pay(payment_method=page.card("4000002760003184")).json()
    intent = ask(
        page.key,
        "GET",
        f"payment_intents/{PaymentIntent.objects.get().id}",
        client_secret=waits["intent_secret"],
    ).json()

    assert (waits["status"], intent["status"]) == ("open", "requires_action")
    back = intent["next_action"]["redirect_to_url"]["return_url"]
    assert back == BACK.format(CHECKOUT_SESSION_ID=page.session["id"])
    assert "held_by" not in intent
    refused = ask(
        page.key,
        "POST",
        f"payment_intents/{intent['id']}/confirm",
        client_secret=waits["intent_secret"],
        payment_method=page.card(),
    )
    assert refused.json()["error"]["code"] == "payment_intent_unexpected_state"


def test_a_debit_is_allowed_by_paying_and_a_gift_needs_no_method(shop):
    lamp = {"price_data": LAMP | {"currency": "eur"}, "quantity": 1}
    free = {"price_data": LAMP | {"unit_amount": 0}, "quantity": 1}
    debit, gift = Page(shop, line_items=[lamp]), Page(shop, line_items=[free])
    iban = {"iban": "DE89370400440532013000"}
    who = {"name": "Ada", "email": "ada@example.com"}
    method = ask(
        debit.key,
        "POST",
        "payment_methods",
        type="sepa_debit",
        sepa_debit=iban,
        billing_details=who,
    ).json()["id"]

    paid = debit.pay(payment_method=method).json()
    given = gift("POST", "/confirm", email="ada@example.com").json()

    assert paid["session"]["status"] == {"type": "complete", "payment_status": "unpaid"}
    assert given["session"]["status"]["payment_status"] == "no_payment_required"
    assert not given["collects"]["payment_method"]


def test_a_page_offers_what_its_customer_has_saved(shop):
    ada = shop("POST", "customers", email="ada@example.com")["id"]
    details = {"name": "Ada", "address": {"postal_code": "75001", "country": "FR"}}
    page = Page(shop, customer=ada)
    without = Page(shop)
    cards = [
        shop(
            "POST",
            "payment_methods",
            type="card",
            card={"token": "tok_visa"},
            billing_details=details,
            allow_redisplay=shown,
        )["id"]
        for shown in ("always", "limited")
    ]
    for card in cards:
        shop("POST", f"payment_methods/{card}/attach", customer=ada)

    found = page().json()
    paid = page.pay(payment_method=cards[0]).json()

    (offered,) = found["session"]["saved_payment_methods"]
    assert [one["id"] for one in found["saved_payment_methods"]] == [offered["id"]] == cards[:1]
    assert (offered["card"]["last4"], offered["type"]) == ("4242", "card")
    assert offered["billing_details"]["address"]["postal_code"] == "75001"
    assert without().json()["session"]["saved_payment_methods"] is None
    assert paid["session"]["status"]["type"] == "complete"
    assert paid["saved_payment_methods"] == []
    assert_books_balance()


def test_a_page_saves_a_method_in_setup_mode(shop):
    page = Page(shop, mode="setup", line_items=[], currency="usd")

    saved = page.pay(expected_amount=0).json()

    assert saved["session"]["status"]["type"] == "complete"
    assert saved["session"]["total"]["total"]["minor_units_amount"] == 0


def test_terms_that_such_a_page_cannot_ask_for_are_refused(shop):
    lamp = {"price_data": LAMP, "quantity": 1}

    status, wire = shop.ask(
        "POST",
        "checkout/sessions",
        line_items=[lamp],
        ui_mode="elements",
        return_url=BACK,
        consent_collection={"terms_of_service": "required"},
    )

    assert (status, wire["error"]["param"]) == (400, "consent_collection[terms_of_service]")
