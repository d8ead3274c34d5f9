"""Letters to payers follow the session: the lines and parts that the page and the wire show."""

import re
from datetime import timedelta
from random import Random

import pytest
from django.core import mail

from accounts.models import Account
from core.money import Money
from payments.charges.services import receipts
from payments.customers.services import customers
from payments.erasure import customers as erasure
from payments.models import Charge, Customer, PaymentIntent, Receipt
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop
from tests.checkout.test_session_pages import VISA, Payer
from tests.factories import now

pytestmark = pytest.mark.django_db(transaction=True)

POST = {"type": "fixed_amount", "display_name": "Post"}


@pytest.fixture
def shop():
    return Shop()


def letters():
    """The letters that have just been sent."""
    before = len(mail.outbox)
    receipts.send_due(at=now())
    return mail.outbox[before:]


def a_cart(shop, **more):
    """Two lamps at 20.00, 10 % off, VAT of 7 % inside, a levy of 5 % on top, 10.00 of post."""
    coupon = shop("POST", "coupons", percent_off=10)["id"]
    rates = [
        shop("POST", "tax_rates", display_name=name, percentage=percentage, inclusive=inside)["id"]
        for name, percentage, inside in (("VAT", 7, True), ("Levy", 5, False))
    ]
    post = POST | {"fixed_amount": {"amount": 1000, "currency": "usd"}}
    return shop.session(
        line_items=[{"price_data": LAMP, "quantity": 2, "tax_rates": rates}],
        discounts=[{"coupon": coupon}],
        shipping_options=[{"shipping_rate_data": post}],
        **more,
    )


# Of 36.00 after the discount 7/107 are VAT: 2.36. The levy is 5 % of the other 33.64.
PARTS = ("40.00 USD", "4.00 USD", "10.00 USD", "2.36 USD", "1.68 USD", "47.68 USD")


def test_the_letter_has_the_lines_and_parts_of_the_page_and_the_wire(shop):
    session = a_cart(shop)
    payer = Payer(session)

    page = payer.look().text
    payer.send(**VISA)
    (letter,) = letters()

    done = shop.read(session)
    assert (done["amount_subtotal"], done["amount_total"]) == (4000, 4768)
    assert done["total_details"] == {
        "amount_discount": 400,
        "amount_shipping": 1000,
        "amount_tax": 404,
    }
    assert PaymentIntent.objects.get().amount == 4768
    for part in PARTS:
        assert part in page
        assert part in letter.body
        assert part in letter.alternatives[0].content
    assert (
        "\n".join(
            (
                "Lamp \N{MULTIPLICATION SIGN} 2: 40.00 USD",
                "",
                "Subtotal: 40.00 USD",
                "Discount: \N{MINUS SIGN}4.00 USD",
                "Shipping (Post): 10.00 USD",
                "VAT 7% (included): 2.36 USD",
                "Levy 5%: 1.68 USD",
                "Total: 47.68 USD",
                f"Order: {session['id']}",
            )
        )
        in letter.body
    )
    assert "VAT 7% (included)" in page
    assert "Amount paid: 47.68 USD" in letter.body
    assert (letter.to, "Receipt from" in letter.body) == (["ada@example.com"], True)
    assert_books_balance()


def test_the_figures_of_page_session_intent_and_letter_are_the_same_whatever_was_ordered(shop):
    draw = Random(20_261_130)
    rates = [
        shop(
            "POST",
            "tax_rates",
            display_name=f"T{n}",
            percentage=draw.randrange(2600) / 100,
            inclusive=n % 2 == 0,
        )["id"]
        for n in range(3)
    ]
    sessions, seen = {}, {}

    for number in range(24):
        currency, step = (("usd", 1), ("jpy", 1), ("kwd", 10))[number % 3]
        lamps = [
            LAMP | {"currency": currency, "unit_amount": draw.randrange(500, 5_000) * step}
            for _ in range(draw.randrange(1, 4))
        ]
        coupon = shop("POST", "coupons", percent_off=draw.randrange(100, 9_000) / 100)["id"]
        post = POST | {"fixed_amount": {"amount": draw.randrange(900) * step, "currency": currency}}
        session = shop.session(
            line_items=[
                {
                    "price_data": lamp,
                    "quantity": draw.randrange(1, 9),
                    "tax_rates": draw.sample(rates, draw.randrange(3)),
                }
                for lamp in lamps
            ],
            discounts=draw.choice(([], [{"coupon": coupon}])),
            shipping_options=draw.choice(([], [{"shipping_rate_data": post}])),
        )
        seen[session["id"]] = _on_page(Payer(session).look().text)
        shop.complete(session)
        sessions[session["id"]] = session

    for letter in letters():
        id = letter.body.partition("Order: ")[2].split()[0]
        lines, parts = _shown(shop, id)
        assert _figures(letter.body.partition("What you ordered")[2]) == [*lines, *parts]
        # A page says once what an order comes to that has no parts.
        assert seen[id] == (lines, parts if len(seen[id][1]) > 1 else parts[-1:])
        intent = PaymentIntent.objects.get(id=shop.read({"id": id})["payment_intent"])
        assert str(Money(intent.amount, intent.currency)) == parts[-1]
        del sessions[id]
    assert sessions == {}
    assert_books_balance()


def _figures(text):
    """Return the amounts of a letter, in its order."""
    return re.findall(r": \u2212?([0-9,.]+ [A-Z]{3})$", text, re.MULTILINE)


def _on_page(text):
    """Return the amounts of the lines on a page, and of what they come to."""
    amount = r"([0-9,.]+ [A-Z]{3})"
    return (
        re.findall(rf"<span>{amount}</span>", text),
        re.findall(rf"<dd[^>]*>\u2212?{amount}</dd>", text),
    )


def _shown(shop, id):
    """Return the amounts of a session's lines, and of its parts in the order of a letter."""
    expand = {"expand[]": "total_details.breakdown"}
    wire = shop("GET", f"checkout/sessions/{id}", **expand)
    lines = shop("GET", f"checkout/sessions/{id}/line_items")["data"]
    parts = wire["total_details"]
    amounts = [wire["amount_subtotal"]]
    amounts += [parts["amount_discount"]] if parts["amount_discount"] else []
    amounts += [parts["amount_shipping"]] if wire["shipping_options"] else []
    amounts += [tax["amount"] for tax in parts["breakdown"]["taxes"]]
    amounts.append(wire["amount_total"])
    return tuple(
        [str(Money(amount, wire["currency"])) for amount in found]
        for found in ([line["amount_subtotal"] for line in lines], amounts)
    )


def test_the_letter_speaks_as_the_page_did(shop):
    payer = Payer(a_cart(shop), language="th")
    other = Payer(shop.session(locale="en", customer_email="bob@example.com"), language="th")

    payer.send(**VISA)
    other.send(**VISA)
    thai, english = letters()

    for line in (
        "Lamp \N{MULTIPLICATION SIGN} 2: 40.00 USD",
        "ส่วนลด: \N{MINUS SIGN}4.00 USD",
        "VAT 7% (รวมแล้ว): 2.36 USD",
    ):
        assert line in thai.body
    assert thai.subject.startswith("ใบเสร็จรับเงินจาก")
    assert 'lang="th"' in thai.alternatives[0].content
    assert (english.to, "Total: 20.00 USD" in english.body) == (["bob@example.com"], True)


@pytest.mark.parametrize(
    ("currency", "price", "vat", "total"),
    [("jpy", 101, "7 JPY", "101 JPY"), ("kwd", 12340, "0.810 KWD", "12.340 KWD")],
)
def test_currencies_are_written_with_the_places_they_have(shop, currency, price, vat, total):
    rate = shop("POST", "tax_rates", display_name="VAT", percentage=7, inclusive=True)["id"]
    lamp = LAMP | {"currency": currency, "unit_amount": price}
    session = shop.session(line_items=[{"price_data": lamp, "tax_rates": [rate]}])

    shop.complete(session)
    (letter,) = letters()

    assert f"VAT 7% (included): {vat}\nTotal: {total}\n" in letter.body
    assert f"Amount paid: {total}\n" in letter.body
    assert letter.to == ["jenny.rosen@example.com"]
    assert_books_balance()


def test_an_order_for_nothing_is_confirmed_and_forgotten_with_its_customer(shop):
    ada = shop("POST", "customers", email="ada@example.com")["id"]
    free = shop("POST", "coupons", percent_off=100)["id"]
    session = shop.session(discounts=[{"coupon": free}], customer=ada, locale="th")

    payer = Payer(session)
    payer.send()
    payer.send()
    (letter,) = letters()
    customers.delete(tenant=shop.tenant, customer_id=ada, at=now())
    erasure.erase_due(at=now() + timedelta(days=400))

    assert letter.to == ["ada@example.com"]
    assert letter.subject.startswith("คำสั่งซื้อจาก")
    assert "ไม่มียอดที่ต้องชำระ" in letter.body
    assert "ส่วนลด: \N{MINUS SIGN}20.00 USD\nยอดรวม: 0.00 USD" in letter.body
    assert Charge.objects.count() == 0
    assert Receipt.objects.get().email == ""
    assert Customer.objects.get().email is None
    assert_books_balance()


def test_a_merchant_that_writes_itself_is_left_to_that(shop):
    Account.objects.filter(id=shop.tenant.account_id).update(alerts={"own_receipts": True})
    free = shop("POST", "coupons", percent_off=100)["id"]
    named = {"receipt_email": "books@example.com"}

    for more in ({}, {"discounts": [{"coupon": free}]}, {"payment_intent_data": named}):
        shop.complete(shop.session(**more))

    (letter,) = letters()
    assert letter.to == ["books@example.com"]
    assert_books_balance()


def test_of_an_order_that_is_captured_in_part_the_letter_says_what_was_paid(shop):
    lamp = LAMP | {"product_data": {"name": "Lamp & <b>shade</b>"}}
    session = shop.session(
        line_items=[{"price_data": lamp, "quantity": 1}],
        payment_intent_data={"capture_method": "manual"},
        branding_settings={"display_name": "Nok's\nlamps"},
    )
    intent = shop.complete(session)["payment_intent"]

    assert letters() == []
    shop("POST", f"payment_intents/{intent}/capture", amount_to_capture=1500)
    (letter,) = letters()
    shop("POST", "refunds", payment_intent=intent, amount=500)

    assert "Amount paid: 15.00 USD" in letter.body
    assert "Total: 20.00 USD" in letter.body
    assert letter.subject.startswith("Your receipt from Nok's lamps [#")
    assert "Lamp &amp; &lt;b&gt;shade&lt;/b&gt;" in letter.alternatives[0].content
    assert letters() == []
    assert_books_balance()
