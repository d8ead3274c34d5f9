"""A checkout inside of a shop's page whose cards are typed into the processor's own fields.

Four pages stand inside of each other: the shop's, the session's, the frame of the fields, and the
processor's. A second Rialto plays Stripe, and the played Adyen itself.
"""

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from payments.models import Charge
from tests.books import assert_books_balance
from tests.checkout.shopping import LAMP, Shop
from tests.console import live_world
from tests.factories import a_key
from tests.pages.looking import assert_is_good
from tests.processors.adyen_world import AdyenWorld
from tests.processors.stripe_world import StripeWorld

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

VISA, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002760003184"
_PAGE = """<!doctype html><html lang="en"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>Shop</h1><div id="checkout"></div></main>
<script src="{here}/stripe.js"></script><script>
window.heard = [];
Stripe('{key}').createEmbeddedCheckoutPage({{
  clientSecret: '{secret}',
  onComplete: () => {{ document.title = 'Thank you'; }},
  onAnalyticsEvent: ({{ eventType }}) => window.heard.push(eventType),
}}).then((checkout) => checkout.mount('#checkout'));
</script></html>"""


@pytest.fixture(scope="module")
def stripe_there(rialto_server):
    return StripeWorld(rialto_server)


@pytest.fixture(scope="module")
def adyen_there(tmp_path_factory):
    world = AdyenWorld(tmp_path_factory.mktemp("adyen"))
    yield world
    world.there.close()


@pytest.fixture(params=[(390, 844), (1280, 900)], ids=["phone", "desk"])
def page(request, chromium):
    """A browser that hears what is refused."""
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="en-US")
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.refused = []
    page.on(
        "console",
        lambda told: "Content Security Policy" in told.text and page.refused.append(told.text),
    )
    yield page
    context.close()
    assert page.refused == []


@pytest.fixture
def shop(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    return Shop()


def a_session(shop, **more):
    line = {"price_data": LAMP, "quantity": 1}
    ending = more or {"redirect_on_completion": "never"}
    return shop("POST", "checkout/sessions", ui_mode="embedded_page", line_items=[line], **ending)


def the_page(shop, session, live_server):
    key = a_key(shop.tenant, kind="publishable")
    html = _PAGE.format(here=live_server.url, key=key, secret=session["client_secret"])
    return live_world.answering(200, html.encode())


def inside(page):
    return page.frame_locator("#checkout iframe")


def fields(page):
    return inside(page).frame_locator("#card-frame").frame_locator("iframe")


def type_in(page, number):
    card = fields(page)
    for name, text in (("number", number), ("expiry", "12 / 34"), ("cvc", "123")):
        card.locator(f"#{name}").fill(text)


def press(page):
    """Press the button by the keyboard: a browser without a screen misses clicks behind frames."""
    inside(page).locator("button.pay").press("Enter")


def test_an_incomplete_a_declined_and_a_good_card_at_stripe(page, shop, live_server, stripe_there):
    with stripe_there.installed(shows_fields=True):
        session = a_session(shop)
        with the_page(shop, session, live_server) as address:
            page.goto(address)
            inside(page).locator("#email").fill("ada@example.com")
            fields(page).locator("#number").fill("4242")
            press(page)
            problem = inside(page).locator("#card-frame-problem")
            expect(problem).to_have_text("Your card number is incomplete.")
            assert page.evaluate("heard") == ["checkoutRendered", "deviceData"]
            type_in(page, DECLINED)
            press(page)
            expect(inside(page).get_by_role("alert")).to_have_text("Your card was declined.")
            type_in(page, VISA)
            assert_is_good(page)
            press(page)
            expect(page).to_have_title("Thank you")

    paying = ["checkoutSubmitted", "checkoutSubmitFailed", "checkoutSubmitted"]
    assert page.evaluate("heard")[2:] == paying
    assert shop.read(session)["payment_status"] == "paid"
    paid = Charge.objects.get(status="succeeded")
    assert (paid.processor, stripe_there.moved(paid.id)) == ("stripe", [2000])
    assert_books_balance()


def test_a_bank_at_stripe_that_asks_is_gone_to_and_come_back_from(
    page, shop, live_server, stripe_there
):
    with stripe_there.installed(shows_fields=True), ExitStack() as stack:
        back = stack.enter_context(live_world.answering())
        session = a_session(shop, return_url=f"{back}/?id={{CHECKOUT_SESSION_ID}}")
        with the_page(shop, session, live_server) as address:
            page.goto(address)
            inside(page).locator("#email").fill("ada@example.com")
            type_in(page, ASKS)
            press(page)
            page.wait_for_url(f"{stripe_there.server.base_url}/**")
            page.get_by_role("button", name="Approve in the bank").click()
            page.wait_for_url(f"{back}/?id={session['id']}")

    assert shop.read(session)["payment_status"] == "paid"
    assert_books_balance()


def test_a_card_in_the_fields_of_adyen(page, shop, live_server, adyen_there):
    with adyen_there.installed(shows_fields=True):
        session = a_session(shop)
        with the_page(shop, session, live_server) as address:
            page.goto(address)
            inside(page).locator("#email").fill("ada@example.com")
            press(page)
            problem = inside(page).locator("#card-frame-problem")
            expect(problem).to_have_text(re.compile("^Check the number, the date"))
            card = fields(page)
            card.get_by_label("Card number").fill(VISA)
            card.get_by_label("Expiry date").fill("03/30")
            card.get_by_label("Security code").fill("737")
            assert_is_good(page)
            press(page)
            expect(page).to_have_title("Thank you")

    assert shop.read(session)["payment_status"] == "paid"
    assert Charge.objects.get().processor == "adyen"
    adyen_there.assert_it_agrees()
    assert_books_balance()
