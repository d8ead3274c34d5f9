"""The page on which a payer pays: without a script, and whatever the payer does there."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from core.limits.figures import parse
from payments.models import PaymentIntent
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop

pytestmark = pytest.mark.django_db(transaction=True)

CARD = {"method": "card", "card_exp": "12/34", "card_cvc": "123"}
VISA = {"card_number": "4242 4242 4242 4242", **CARD}


class Fields(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.values = set(), {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in ("input", "select", "button") and "name" in attributes:
            self.names.add(attributes["name"])
            self.values[attributes["name"]] = attributes.get("value")


class Payer:
    """A browser without scripts at the page of a session."""

    def __init__(self, session, language="en"):
        self.client = Client(headers={"Accept-Language": language})
        self.path = "/" + session["url"].split("/", 3)[3]

    def look(self):
        return self.client.get(self.path)

    def send(self, **fields):
        seen = Fields(self.look().text).values.get("expected_amount")
        wanted = {"action": "pay", "email": "ada@example.com", "expected_amount": seen or ""}
        return self.client.post(self.path, {**wanted, **fields})


@pytest.fixture
def shop():
    return Shop()


def test_a_payer_pays_with_a_card_and_goes_on_to_the_shop(shop):
    session = shop.session(line_items=[{"price_data": LAMP, "quantity": 2}])
    payer = Payer(session)

    page = payer.look()
    answer = payer.send(**VISA)
    after = payer.client.get(answer["Location"])

    assert "Lamp" in page.text
    assert "40.00 USD" in page.text
    assert answer.status_code == 303
    assert f'content="1;url=https://shop.example.com/thanks?id={session["id"]}"' in after.text
    assert shop.read(session)["customer_details"]["email"] == "ada@example.com"
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert len(page.content) < 50_000
    assert_books_balance()


def test_what_is_missing_or_wrong_stands_at_its_field(shop):
    session = shop.session()
    payer = Payer(session)

    empty = payer.send(method="card", email="no")
    wrong = payer.send(card_number="4242424242424241", **CARD)
    declined = payer.send(card_number="4000000000000002", **CARD)

    assert [a.status_code for a in (empty, wrong, declined)] == [422, 422, 422]
    assert 'aria-describedby="email-problem"' in empty.text
    assert 'aria-describedby="card_number-problem"' in empty.text
    assert "Your card number is incorrect" in wrong.text
    assert "declined" in declined.text
    assert "4242424242424241" not in wrong.text
    assert payer.send(**VISA).status_code == 303
    assert_books_balance()


def test_nobody_tries_one_card_after_the_other_on_a_page(shop, settings):
    settings.LIMITS = settings.LIMITS | {"attempts": parse("RIALTO_LIMIT_ATTEMPTS", "1/d")}
    session = shop.session()
    payer = Payer(session)

    tries = [payer.send(card_number="4000000000000002", **CARD) for _ in range(2)]

    assert [answer.status_code for answer in tries] == [422, 429]
    assert "tried too often here" in tries[1].text
    assert int(tries[1]["Retry-After"]) > 86_000
    assert PaymentIntent.objects.get().charges.count() == 1


def test_the_bank_asks_and_the_payer_comes_back(shop):
    session = shop.session()
    payer = Payer(session)

    sent = payer.send(card_number="4000002760003184", **CARD)
    step = payer.client.get(sent["Location"])
    again = payer.look()
    other = payer.send(**VISA)

    assert "/3d-secure/" in step.text
    assert "Pay in another way" in again.text
    assert other.status_code == 303
    assert shop.read(session)["payment_status"] == "paid"
    assert PaymentIntent.objects.count() == 1
    assert_books_balance()


def test_a_payer_chooses_how_many(shop):
    adjustable = {"enabled": True, "minimum": 1, "maximum": 5}
    session = shop.session(line_items=[{"price_data": LAMP, "adjustable_quantity": adjustable}])
    payer = Payer(session)
    line = shop("GET", f"checkout/sessions/{session['id']}/line_items")["data"][0]["id"]

    more = payer.send(action="update", **{f"quantity_{line}": "3"})
    many = payer.send(action="update", **{f"quantity_{line}": "6"})
    unseen = payer.send(**VISA, **{f"quantity_{line}": "2"})
    paid = payer.send(**VISA, **{f"quantity_{line}": "2"})

    assert (more.status_code, "60.00 USD" in more.text) == (200, True)
    assert (many.status_code, unseen.status_code) == (422, 422)
    assert "The total has changed" in unseen.text
    assert (paid.status_code, PaymentIntent.objects.get().amount) == (303, 4000)
    assert_books_balance()


def test_what_is_optional_is_taken_as_it_is_offered_or_left_out(shop):
    pair = {"price_data": LAMP, "quantity": 2}
    some = {"enabled": True, "minimum": 3, "maximum": 4}
    price = shop("POST", "prices", **LAMP)
    offered = [
        {"price": price["id"], "quantity": 2},
        {"price": price["id"], "quantity": 3, "adjustable_quantity": some},
    ]
    session = shop.session(line_items=[pair], optional_items=offered)
    payer = Payer(session)
    shown = Fields(payer.look().text).values
    two, several = (name for name in shown if name.startswith("quantity_"))

    answers = [payer.send(action="update", **{two: n}).status_code for n in ("1", "2", "0")]
    others = [payer.send(action="update", **{several: n}).status_code for n in ("1", "4", "0", "5")]
    payer.send(**VISA, **{two: "2"})
    paid = payer.send(**VISA, **{two: "2"})

    assert answers == [422, 200, 200]
    assert others == [422, 200, 200, 422]
    assert (paid.status_code, PaymentIntent.objects.get().amount) == (303, 8000)
    assert_books_balance()


@pytest.mark.parametrize("gives", ["coupon", "promotion_code"])
def test_a_discount_that_somebody_else_used_up_is_taken_off_the_order_not_the_payers_way(
    shop, gives
):
    last = shop("POST", "coupons", percent_off=50, max_redemptions=1)
    promotion = {"type": "coupon", "coupon": last["id"]}
    code = shop("POST", "promotion_codes", promotion=promotion, code="HALF")
    given = {"coupon": last["id"]} if gives == "coupon" else {"promotion_code": code["id"]}
    first, second = (shop.session(discounts=[given]) for _ in range(2))
    payer = Payer(second)

    seen = payer.look()
    Payer(first).send(**VISA)
    late = payer.send(**VISA)
    paid = payer.send(**VISA)

    assert "Pay 10.00 USD" in seen.text
    assert (late.status_code, paid.status_code) == (422, 303)
    assert "The total has changed" in late.text
    assert "Pay 20.00 USD" in late.text
    assert shop.read(second)["amount_total"] == 2000
    assert sorted(PaymentIntent.objects.values_list("amount", flat=True)) == [1000, 2000]
    assert_books_balance()


def test_the_foot_of_each_page_names_what_support_asks_for(shop):
    session, link = shop.session(), shop.link()
    payer = Payer(session)

    first, refused = payer.look(), payer.send()
    closed = Payer(shop("POST", f"payment_links/{link['id']}", active=False)).look()
    shop.expire(session)
    over = payer.look()

    asked = [page["Request-Id"] for page in (first, refused, over, closed)]
    assert len(set(asked)) == 4
    for page, id in zip((first, refused, over), asked, strict=False):
        assert f"<footer>{session['id']}<br>{id}</footer>" in page.text
    assert (closed.status_code, f"<footer>{asked[3]}</footer>" in closed.text) == (410, True)


def test_an_ended_session_says_so_in_the_payers_language(shop):
    paid, late = shop.session(), shop.session(locale="th")
    payer, other = Payer(paid), Payer(late)
    payer.send(**VISA)
    shop.expire(late)

    again = payer.send(**VISA)
    gone = other.look()

    assert (again.status_code, PaymentIntent.objects.count()) == (303, 1)
    assert "Your payment has come" in payer.look().text
    assert 'lang="th"' in gone.text
    assert payer.client.get(payer.path[:-3] + "xyz").status_code == 404


def test_the_merchants_own_questions_are_asked(shop):
    session = shop.session(
        custom_fields=[
            {
                "key": "size",
                "type": "dropdown",
                "label": {"type": "custom", "custom": "Size"},
                "dropdown": {"options": [{"label": "Large", "value": "l"}]},
            }
        ],
        shipping_address_collection={"allowed_countries": ["TH", "US"]},
        consent_collection={"terms_of_service": "required"},
        phone_number_collection={"enabled": True},
    )
    payer = Payer(session)

    nothing = payer.send(**VISA)
    paid = payer.send(
        **VISA,
        custom_size="l",
        phone="+66 1",
        terms_of_service="1",
        shipping_name="Ada",
        shipping_line1="1 Road",
        shipping_country="TH",
    )
    done = shop.read(session)

    for field in ("custom_size", "phone", "terms_of_service", "shipping_name", "shipping_country"):
        assert f'id="{field}-problem"' in nothing.text
    assert paid.status_code == 303
    assert done["custom_fields"][0]["dropdown"]["value"] == "l"
    assert done["collected_information"]["shipping_details"]["address"]["country"] == "TH"
    assert done["consent"] == {"promotions": None, "terms_of_service": "accepted"}
    assert PaymentIntent.objects.get().shipping["name"] == "Ada"
