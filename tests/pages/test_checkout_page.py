"""The page to pay on, in a real browser: what a payer does there, and what goes wrong meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from payments.models import Charge, PaymentIntent
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop
from tests.pages.looking import assert_is_good
from tests.truth import assert_the_processor_agrees

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 800}}
VISA, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002760003184"
THANKS = re.compile(r"^https://shop\.example\.com/thanks\?id=cs_test_")
MOST_BYTES = 50_000


@pytest.fixture
def shop(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    return Shop()


class Payer:
    """Somebody with a browser of a size and a language.

    Attributes:
        outside: What the page asked for elsewhere than here.
        complaints: What the browser itself has against the page, such as its content policy.
    """

    def __init__(self, chromium, live_server, size="phone", language="en-US", **more):
        self.context = chromium.new_context(viewport=SIZES[size], locale=language, **more)
        self.context.set_default_timeout(15_000)
        self.outside, self.complaints = [], []
        self.context.route("**/*", lambda route: self._let(route, live_server.url))
        self.page = self.tab()

    def _let(self, route, here):
        if route.request.url.startswith("https://shop.example.com/"):
            route.fulfill(body="Thanks", content_type="text/html")
        elif route.request.url.startswith((here, "data:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def tab(self):
        page = self.context.new_page()
        page.on("console", lambda told: self.complaints.append(told.text))
        return page

    def pay(self, number=VISA, page=None, **clicked):
        self.fill(number, page)
        (page or self.page).click("button.pay", **clicked)

    def fill(self, number, page=None):
        page = page or self.page
        page.fill("#email", "ada@example.com")
        page.check("input[name=method][value=card]")
        for name, text in (("number", number), ("exp", "12/34"), ("cvc", "123")):
            page.fill(f"#card_{name}", text)


@pytest.fixture
def payer(chromium, live_server):
    made = []

    def make(**more):
        made.append(Payer(chromium, live_server, **more))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def an_order(shop):
    """Two lamps with a discount of a tenth by a code, 7 % of tax on top, and a courier."""
    coupon = shop("POST", "coupons", percent_off=10, duration="once")
    promotion = {"type": "coupon", "coupon": coupon["id"]}
    shop("POST", "promotion_codes", promotion=promotion, code="SPRING")
    tax = shop("POST", "tax_rates", display_name="VAT", percentage=7, inclusive=False)
    courier = {
        "display_name": "Courier",
        "type": "fixed_amount",
        "fixed_amount": {"amount": 500, "currency": "usd"},
    }
    adjustable = {"enabled": True, "minimum": 1, "maximum": 5}
    line = {"price_data": LAMP, "adjustable_quantity": adjustable, "tax_rates": [tax["id"]]}
    return shop.session(
        line_items=[line | {"quantity": 1}],
        allow_promotion_codes=True,
        shipping_options=[{"shipping_rate_data": courier}],
    )


def assert_paid_once(shop, session, amount=2000):
    done = shop.read(session)
    assert (done["status"], done["payment_status"]) == ("complete", "paid")
    assert (done["amount_total"], PaymentIntent.objects.get().amount) == (amount, amount)
    assert Charge.objects.filter(status="succeeded").count() == 1
    assert_the_processor_agrees()
    assert_books_balance()


WORDS = {
    "en-US": ("Your payment has come", "This page has expired"),
    "th-TH": ("ได้รับการชำระเงินแล้ว", "หน้านี้หมดอายุแล้ว"),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", WORDS)
def test_every_screen_is_good_and_small_and_asks_nobody_else(shop, payer, size, language):
    session, late = an_order(shop), shop.session()
    shop.expire(late)
    one = payer(size=size, language=language)
    page, (paid, expired) = one.page, WORDS[language]

    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(session["url"])
    page.wait_for_load_state("networkidle")
    assert sum(len(answer.body()) for answer in answers) <= MOST_BYTES
    assert_is_good(page)
    page.get_by_role("combobox").first.select_option("2")
    page.fill("#promotion_code", "SPRING")
    page.click("button[value=update]")
    expect(page.locator("dd.total")).to_have_text(re.compile(r"43\.52"))
    assert_is_good(page)
    one.pay(DECLINED)
    expect(page.get_by_role("alert")).to_be_visible()
    assert_is_good(page)
    one.pay()
    page.wait_for_url(THANKS)
    page.goto(session["url"])
    expect(page.get_by_role("heading", name=paid)).to_be_visible()
    assert_is_good(page)
    page.goto(late["url"])
    expect(page.get_by_role("heading", name=expired)).to_be_visible()
    assert_is_good(page)

    assert one.outside == []
    # A refused form is an answer of 422, of which the browser writes a line.
    assert [told for told in one.complaints if "422" not in told] == []
    assert_paid_once(shop, session, 43_52)


def test_reloading_and_going_back_change_nothing(shop, payer):
    session = shop.session()
    one = payer()
    page = one.page

    page.goto(session["url"])
    one.pay(DECLINED)
    expect(page.get_by_role("alert")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_be_visible()
    page.go_back()
    one.pay()
    page.wait_for_url(THANKS)
    page.go_back()
    expect(page.get_by_role("heading", name="Your payment has come")).to_be_visible()
    page.reload()
    page.goto(session["url"])
    expect(page.get_by_role("heading", name="Your payment has come")).to_be_visible()

    assert_paid_once(shop, session)


def test_at_every_step_a_payer_reloads_and_goes_back_and_forth(shop, payer):
    session = an_order(shop)
    one = payer()
    page, total = one.page, one.page.locator("dd.total")
    waits = page.get_by_role("link", name="Go on to your bank")

    def reload_and_come_back(shown):
        page.reload()
        expect(shown).to_be_visible()
        page.go_back()
        page.go_forward()
        expect(shown).to_be_visible()

    page.goto("https://shop.example.com/cart")
    page.goto(session["url"])
    reload_and_come_back(page.get_by_role("heading", name="Contact"))
    page.get_by_role("combobox").first.select_option("2")
    page.fill("#promotion_code", "SPRING")
    page.click("button[value=update]")
    expect(total).to_have_text(re.compile(r"43\.52"))
    reload_and_come_back(total)
    page.click("button.pay")
    expect(page.locator("#email-problem")).to_be_visible()
    reload_and_come_back(page.locator("#email-problem"))
    one.pay(DECLINED)
    expect(page.get_by_role("alert")).to_be_visible()
    reload_and_come_back(page.get_by_role("alert"))
    one.pay(ASKS)
    page.wait_for_url("**/3d-secure/**")
    page.reload()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    # The page before was the answer to a form, which this browser sends again: another try.
    page.go_back()
    expect(page.get_by_role("alert")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="Nothing more to do here")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Back to")).click()
    one.pay(ASKS)
    page.wait_for_url("**/3d-secure/**")
    page.goto(session["url"])
    reload_and_come_back(waits)
    waits.click()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_be_visible()
    reload_and_come_back(page.get_by_role("alert"))
    page.goto(session["url"])
    expect(total).to_have_text(re.compile(r"43\.52"))
    one.pay()
    page.wait_for_url(THANKS)
    page.go_back()
    reload_and_come_back(page.get_by_role("heading", name="Your payment has come"))

    assert_paid_once(shop, session, 43_52)


def test_a_second_tab_pays_nothing_again(shop, payer):
    session = shop.session()
    one = payer()
    other = one.tab()
    for page in (one.page, other):
        page.goto(session["url"])

    one.pay()
    one.page.wait_for_url(THANKS)
    one.pay(page=other)
    other.wait_for_url(THANKS)

    assert_paid_once(shop, session)


def test_a_lost_connection_loses_no_payment_and_makes_no_second(shop, payer):
    session = shop.session()
    one = payer()
    page = one.page
    page.goto(session["url"])

    one.context.set_offline(True)
    one.pay()
    page.wait_for_url("chrome-error://**")
    one.context.set_offline(False)
    assert PaymentIntent.objects.count() == 0
    page.goto(session["url"])

    def lose_the_answer(route):
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route(session["url"].partition("#")[0], lose_the_answer)
    one.pay()
    page.wait_for_url("chrome-error://**")
    page.goto(session["url"])
    expect(page.get_by_role("heading", name="Your payment has come")).to_be_visible()

    assert_paid_once(shop, session)


def test_pressing_twice_where_the_network_is_slow_pays_once(shop, payer):
    session = shop.session()
    one = payer()
    one.page.goto(session["url"])
    network = one.context.new_cdp_session(one.page)
    slow = {"offline": False, "latency": 300, "downloadThroughput": 6000, "uploadThroughput": 6000}
    network.send("Network.emulateNetworkConditions", slow)

    one.pay(click_count=2, delay=20)
    one.page.wait_for_url(THANKS)

    assert_paid_once(shop, session)


def test_the_bank_asks_a_payer_who_first_has_doubts(shop, payer):
    session = shop.session()
    one = payer(java_script_enabled=False)
    page = one.page

    page.goto(session["url"])
    one.pay(ASKS)
    page.wait_for_url("**/3d-secure/**")
    page.goto(session["url"])
    page.get_by_role("link", name="Go on to your bank").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_have_text("Your bank could not confirm that it was you.")
    one.pay(ASKS)
    page.wait_for_url("**/3d-secure/**")
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(THANKS)

    assert_paid_once(shop, session)
