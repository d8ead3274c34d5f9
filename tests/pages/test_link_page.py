"""The address of a payment link, in a real browser: it leads on by itself, and back to the shop."""

import pytest
from playwright.sync_api import expect

from checkout.models import CheckoutSession
from payments.models import Charge
from tests.books import assert_books_balance
from tests.checkout.shopping import Shop
from tests.pages.looking import assert_is_good
from tests.pages.test_checkout_page import SIZES, Payer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCRIPT = "**/submit*.js"
WORDS = {
    "en-US": ("Go on to pay", "This link takes no payments any more"),
    "th-TH": ("ไปที่หน้าชำระเงิน", "ลิงก์นี้ไม่รับชำระเงินแล้ว"),
}


@pytest.fixture
def shop(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    return Shop()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", WORDS)
def test_a_link_leads_to_one_order_whose_payer_comes_back_to_the_shop(
    shop, chromium, live_server, size, language
):
    link = shop.link(restrictions={"completed_sessions": {"limit": 1}})
    payer = Payer(chromium, live_server, size=size, language=language)
    page, (go_on, over) = payer.page, WORDS[language]

    page.route(SCRIPT, lambda route: route.abort())
    page.goto(link["url"])
    expect(page.get_by_role("button")).to_have_text(go_on)
    assert_is_good(page)
    assert CheckoutSession.objects.count() == 0
    page.unroute(SCRIPT)
    payer.complaints.clear()
    page.goto("https://shop.example.com/lamps")
    page.goto(link["url"])
    page.wait_for_url("**/c/cs_test_*/**")
    page.go_back()
    assert page.url == "https://shop.example.com/lamps"
    page.goto(link["url"])
    page.wait_for_url("**/c/cs_test_*/**")
    payer.pay()
    page.wait_for_url("**?on=1*")
    complaints = list(payer.complaints)
    page.goto(link["url"])
    expect(page.get_by_role("heading", level=1)).to_have_text(over)
    assert_is_good(page)

    assert (complaints, payer.outside) == ([], [])
    assert CheckoutSession.objects.get().payment_link_id == link["id"]
    assert Charge.objects.filter(status="succeeded").count() == 1
    assert_books_balance()
    payer.context.close()
