"""The address of a payment link: who looks at it, and who pays there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checkout.models import CheckoutSession, CheckoutSessionLine
from core.limits import connections
from core.limits.figures import parse
from payments.models import Charge, PaymentIntent
from tests.books import assert_books_balance, total
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import VISA, Payer
from tests.checkout.visitors import Visitor
from tests.factories import a_seller

pytestmark = pytest.mark.django_db(transaction=True)

THANKS = "https://shop.example.com/thanks?id={CHECKOUT_SESSION_ID}"
REDIRECT = {"type": "redirect", "redirect": {"url": THANKS}}


@pytest.fixture
def shop():
    return Shop()


def test_looking_makes_nothing_and_going_on_makes_one_session(shop):
    link = shop.link(line_items=[{"price_data": LAMP, "quantity": 2}], metadata={"shelf": "7"})
    visitor = Visitor(link)

    looks = [visitor.look(), visitor.client.head(visitor.path), visitor.look()]
    none = CheckoutSession.objects.count()
    first, again, back = visitor.go_on(), visitor.go_on(), visitor.look()
    other = Visitor(link).go_on()

    assert [answer.status_code for answer in looks] == [200, 200, 200]
    assert none == 0
    assert "Lamp" in looks[0].text
    assert "40.00 USD" in looks[0].text
    assert "script-src 'nonce-" in looks[0]["Content-Security-Policy"]
    assert looks[0]["X-Robots-Tag"] == "noindex"
    assert (first.status_code, again["Location"], back["Location"]) == (
        303,
        first["Location"],
        first["Location"],
    )
    assert other["Location"] != first["Location"]
    listed = shop("GET", "checkout/sessions", payment_link=link["id"])["data"]
    assert len(listed) == CheckoutSession.objects.count() == 2
    assert (listed[0]["payment_link"], listed[0]["metadata"]) == (link["id"], {"shelf": "7"})
    shown = shop(
        "GET", f"checkout/sessions/{listed[0]['id']}", **{"expand[]": "payment_link.line_items"}
    )
    assert shown["payment_link"]["line_items"]["data"][0]["amount_total"] == 4000


def test_a_payer_pays_through_a_link_and_the_books_say_so(shop):
    message = {"custom_message": "See you on Friday"}
    link = shop.link(
        after_completion={"type": "hosted_confirmation", "hosted_confirmation": message}
    )
    visitor = Visitor(link)

    sent = visitor.pay()
    after = visitor.client.get(sent["Location"])
    again = visitor.go_on()

    session = shop("GET", "checkout/sessions", payment_link=link["id"], status="complete")
    assert [one["payment_status"] for one in session["data"]] == ["paid"]
    assert "See you on Friday" in after.text
    # 20.00, less 2.9 percent and 0.30 for processing.
    assert total(shop.tenant) == 19_12
    assert Charge.objects.get().status == "succeeded"
    assert again["Location"] not in sent["Location"]
    assert_books_balance()


def test_a_sellers_share_is_the_links(shop):
    seller = a_seller(shop.tenant)
    link = shop.link(application_fee_amount=300, transfer_data={"destination": seller.account_id})

    Visitor(link).pay()

    intent = PaymentIntent.objects.get()
    assert (intent.application_fee_amount, intent.transfer_destination) == (300, seller.account_id)
    assert total(seller) == 17_00
    # 3.00 of the seller's, less 0.88 for processing.
    assert total(shop.tenant) == 2_12
    assert_books_balance()


def test_a_link_shares_what_is_paid_among_sellers(shop):
    first, second = a_seller(shop.tenant), a_seller(shop.tenant)
    shares = [
        {"destination": first.account_id, "percent": 60},
        {"destination": second.account_id, "percent": 30},
    ]
    link = shop.link()
    path = f"payment_links/{link['id']}"

    status, wire = shop.ask("POST", path, payment_intent_data={"split": shares * 2})
    shop("POST", path, payment_intent_data={"split": shares})
    Visitor(link).pay()

    assert (status, wire["error"]["param"]) == (400, "split[2][destination]")
    assert (total(first), total(second)) == (12_00, 6_00)
    # The rest, less 0.88 for processing.
    assert total(shop.tenant) == 1_12
    assert_books_balance()


def test_a_sellers_own_link_pays_the_seller_and_the_platforms_fee(shop):
    seller = a_seller(shop.tenant)
    headers = {"Authorization": f"Bearer {shop.key}", "Stripe-Account": seller.account_id}
    wanted = {"line_items": [{"price_data": LAMP}], "application_fee_amount": 300}
    link = shop.client.post(
        "/v1/payment_links", data=wanted, content_type="application/json", headers=headers
    ).json()

    Visitor(link).pay()

    assert Charge.objects.get().account_id == seller.account_id
    # 20.00, less 3.00 for the platform and 0.88 for processing.
    assert (total(seller), total(shop.tenant)) == (16_12, 3_00)
    assert_books_balance()


def test_payers_say_how_much_they_give_and_what_they_take_besides(shop):
    gift, tea = (shop("POST", "products", name=name)["id"] for name in ("Gift", "Tea"))
    chosen = {"enabled": True, "minimum": 500, "preset": 1000}
    price = shop("POST", "prices", product=gift, currency="usd", custom_unit_amount=chosen)["id"]
    cup = shop("POST", "prices", product=tea, currency="usd", unit_amount=300)["id"]
    link = shop.link(
        line_items=[{"price": price, "quantity": 1}],
        optional_items=[{"price": cup, "quantity": 2, "adjustable_quantity": {"enabled": True}}],
    )

    look = Visitor(link).look()
    payer = Payer({"url": Visitor(link).go_on()["Location"]})
    given, taken = CheckoutSessionLine.objects.order_by("position")
    answers = {f"amount_{given.id}": "25", f"quantity_{taken.id}": "2"}
    low = payer.send(**VISA, **{f"amount_{given.id}": "4"})
    payer.send(action="update", **answers)
    paid = payer.send(**VISA, **answers)

    assert ("Gift" in look.text, "USD" in look.text) == (True, False)
    assert (low.status_code, paid.status_code) == (422, 303)
    assert PaymentIntent.objects.get().amount == 25_00 + 2 * 3_00
    assert_books_balance()


def test_the_address_says_who_comes_and_where_they_go(shop):
    shop("POST", "coupons", id="HALF", percent_off=50)
    shop("POST", "promotion_codes", coupon="HALF", code="FRIEND")
    link = shop.link(allow_promotion_codes=True, after_completion=REDIRECT)
    asked = {
        "prefilled_email": "ada@example.com",
        "prefilled_promo_code": "friend",
        "client_reference_id": "user-7",
        "locale": "th",
        "utm_source": "a letter",
        "utm_medium": "mail",
    }

    visitor = Visitor(link)
    page = visitor.client.get("/" + visitor.go_on(**asked)["Location"].split("/", 3)[3])
    fixed = Visitor(link).go_on(locked_prefilled_email="bo@example.com")
    wrong = Visitor(link).go_on(
        prefilled_email="no", prefilled_promo_code="NONE", client_reference_id="a b", locale="xx"
    )

    last, second, first = shop("GET", "checkout/sessions")["data"]
    assert 'value="ada@example.com"' in page.text
    assert 'lang="th"' in page.text
    assert (first["client_reference_id"], first["amount_total"]) == ("user-7", 1000)
    assert first["success_url"] == f"{THANKS}&utm_source=a+letter&utm_medium=mail"
    assert (fixed.status_code, second["customer_email"]) == (303, "bo@example.com")
    assert (wrong.status_code, last["client_reference_id"], last["locale"]) == (303, None, None)
    assert (last["amount_total"], last["customer_details"]) == (2000, None)
    # Whoever comes for something else gets another session.
    assert visitor.go_on(client_reference_id="user-8").status_code == 303
    assert CheckoutSession.objects.filter(client_reference_id="user-8").count() == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This link takes no payments any more"), ("th", "ลิงก์นี้ไม่รับชำระเงินแล้ว")],
)
def test_a_deactivated_link_says_so_in_the_payers_language(shop, language, words):
    link = shop.link(inactive_message="Back in spring")
    visitor = Visitor(link, language)
    session = visitor.go_on()["Location"]
    shop("POST", f"payment_links/{link['id']}", active=False)

    fresh = Visitor(link, language)
    answers = [fresh.look(), fresh.go_on(), visitor.client.get("/" + session.split("/", 3)[3])]
    unknown = fresh.client.get("/l/test_none")

    for answer in answers:
        assert answer.status_code == 410
        assert words in answer.text
        assert "Back in spring" in answer.text
    assert unknown.status_code == 404
    assert CheckoutSession.objects.count() == 1


def test_nobody_pays_an_open_order_of_a_link_that_is_over(shop):
    link = shop.link()
    payer = Payer({"url": Visitor(link).go_on()["Location"]})
    amount = {"expected_amount": "2000"}
    session = CheckoutSession.objects.get()
    shop("POST", f"payment_links/{link['id']}", active=False)

    late = payer.send(**VISA, **amount)
    status, wire = shop.ask("POST", f"test_helpers/checkout/sessions/{session.id}/complete")
    shop("POST", f"payment_links/{link['id']}", active=True)
    paid = payer.send(**VISA)

    assert late.status_code == 410
    assert (status, wire["error"]["code"]) == (400, "payment_link_inactive")
    assert paid.status_code == 303
    assert Charge.objects.count() == 1
    assert_books_balance()


def test_a_payer_whose_link_was_changed_begins_anew(shop):
    link = shop.link()
    visitor = Visitor(link)
    before = visitor.go_on()["Location"]
    line = shop("GET", f"payment_links/{link['id']}/line_items")["data"][0]["id"]

    shop("POST", f"payment_links/{link['id']}", line_items=[{"id": line, "quantity": 5}])
    after = visitor.go_on()["Location"]

    assert before != after
    assert {row.amount_total for row in CheckoutSession.objects.all()} == {2000, 10_000}


def test_nobody_fills_the_shop_with_orders(shop, settings):
    settings.LIMITS = settings.LIMITS | {"opening": parse("RIALTO_LIMIT_LINK_OPENINGS", "1/m")}
    link = shop.link()
    Visitor(link, address="203.0.113.7").go_on()

    stopped = Visitor(link, address="203.0.113.7").go_on()
    other = Visitor(link, address="203.0.113.8").go_on()

    assert (stopped.status_code, stopped["Retry-After"]) == (429, "60")
    assert "from your network" in stopped.text
    assert other.status_code == 303
    assert CheckoutSession.objects.count() == 2


def test_without_redis_a_link_takes_orders(shop, settings):
    link = shop.link()
    settings.REDIS_URL = "unix:///nowhere/redis.sock"

    assert Visitor(link).go_on().status_code == 303
    connections.ask_again()


def test_a_payer_is_told_that_this_cannot_be_paid_at_the_moment(shop):
    cost = {"amount": 500, "currency": "usd"}
    post = shop("POST", "shipping_rates", display_name="Post", fixed_amount=cost)
    link = shop.link(shipping_options=[{"shipping_rate": post["id"]}])
    shop("POST", f"shipping_rates/{post['id']}", active=False)

    answer = Visitor(link).go_on()

    assert (answer.status_code, "cannot be paid at the moment" in answer.text) == (409, True)
    assert link["shipping_options"] == [{"shipping_amount": 500, "shipping_rate": post["id"]}]


def test_opening_asks_the_database_as_often_however_many_have_paid(shop):
    link = shop.link(line_items=[{"price_data": LAMP, "quantity": n} for n in (1, 2, 3)])
    Visitor(link).pay()
    visitor = Visitor(link)
    asked = []

    for call in (visitor.look, visitor.go_on, visitor.look):
        with CaptureQueriesContext(connection) as queries:
            call()
        asked.append(len(queries))

    assert asked == [3, 5, 2]
