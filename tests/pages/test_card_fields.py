"""Cards typed into the processor's own fields on our pages, in a real browser of 390 pixels.

A second Rialto plays the processor: its browser library speaks Stripe's names. No card number
reaches the first.
"""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from payments.models import Charge, PaymentMethod
from tests.books import assert_books_balance
from tests.checkout.shopping import Shop
from tests.console import live_world
from tests.factories import a_key
from tests.pages.looking import assert_is_good
from tests.processors.stripe_world import StripeWorld

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

VISA, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002760003184"
THANKS = re.compile(r"^https://shop\.example\.com/thanks\?id=cs_test_")


@pytest.fixture(scope="module")
def place(rialto_server):
    return StripeWorld(rialto_server)


@pytest.fixture
def shop(live_server, settings, place):
    settings.PUBLIC_URL = live_server.url
    with place.installed(shows_fields=True):
        yield Shop()


@pytest.fixture
def page(chromium, live_server, place):
    """A phone that hears where each request goes, and that the shop's page is there."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="en-US")
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda told: page.complaints.append(told.text))
    page.on("request", lambda one: page.asked.append((one.url, one.post_data or "")))
    context.route(
        "https://shop.example.com/thanks**",
        lambda route: route.fulfill(body="Thanks", content_type="text/html"),
    )
    yield page
    context.close()


def fields(page, frame="#card-frame"):
    return page.frame_locator(frame).frame_locator("iframe")


def fill(page, number, frame="#card-frame"):
    inside = fields(page, frame)
    for name, text in (("number", number), ("expiry", "12 / 34"), ("cvc", "123")):
        inside.locator(f"#{name}").fill(text)


def press(page):
    """Press the button by the keyboard: a browser without a screen misses clicks behind frames."""
    page.locator("button.pay").press("Enter")


def pay(page, number):
    page.fill("#email", "ada@example.com")
    fill(page, number)
    press(page)


def assert_no_number_came_here(page, live_server, place):
    """Assert that numbers went to the processor alone, and that nobody else was asked."""
    here, there = urlsplit(live_server.url).netloc, urlsplit(place.server.base_url).netloc
    shops = {"shop.example.com", urlsplit(page.url).netloc}
    sent = [(urlsplit(url).netloc, body) for url, body in page.asked]
    assert {host for host, _ in sent} <= {here, there, *shops}
    assert there in {host for host, body in sent if re.search(r"\d{16}", body)}
    assert not [body for host, body in sent if host != there and re.search(r"\d{16}", body)]
    policies = [told for told in page.complaints if "Content Security Policy" in told]
    assert policies == []


def test_a_declined_card_another_that_is_saved_and_the_saved_one_again(
    page, shop, live_server, place
):
    customer = shop("POST", "customers", email="ada@example.com")["id"]
    saving = {"payment_method_save": "enabled"}
    first, second = (
        shop.session(customer=customer, saved_payment_method_options=saving) for _ in "12"
    )

    page.goto(first["url"])
    fill(page, DECLINED)
    assert_is_good(page)
    press(page)
    expect(page.locator(".alert")).to_have_text("Your card was declined.")
    fill(page, VISA)
    page.check("input[name=save_card]")
    press(page)
    page.wait_for_url(THANKS)
    page.goto(second["url"])
    expect(page.get_by_label("Visa •••• 4242")).to_be_checked()
    press(page)
    page.wait_for_url(THANKS)

    assert_no_number_came_here(page, live_server, place)
    paid = Charge.objects.filter(status="succeeded")
    assert [one.processor for one in paid] == ["stripe", "stripe"]
    kept = PaymentMethod.objects.get(customer_id=customer)
    assert (kept.instrument, kept.known_at, kept.last4) == ("", ["stripe"], "4242")
    assert [shop.read(one)["payment_status"] for one in (first, second)] == ["paid", "paid"]
    assert [place.moved(one.id) for one in paid] == [[2000], [2000]]
    assert_books_balance()


def test_what_is_missing_is_told_there_and_the_bank_is_asked_and_comes_back(
    page, shop, live_server, place
):
    session = shop.session()
    page.goto(session["url"])

    page.fill("#email", "ada@example.com")
    fields(page).locator("#number").fill("4242")
    press(page)
    expect(page.locator("#card-frame-problem")).to_have_text("Your card number is incomplete.")
    assert not Charge.objects.exists()
    pay(page, ASKS)
    page.wait_for_url(f"{place.server.base_url}/**")
    page.get_by_role("button", name="Approve in the bank").click()
    page.wait_for_url(THANKS)

    assert_no_number_came_here(page, live_server, place)
    assert shop.read(session)["payment_status"] == "paid"
    assert Charge.objects.get(status="succeeded").processor == "stripe"
    assert_books_balance()


_FORM = """<!doctype html><title>Shop</title><div id="form"></div><button id="pay">Pay</button>
<script src="{here}/stripe.js"></script><script>
const stripe = Stripe('{key}');
const elements = stripe.elements({{
  clientSecret: '{secret}', customerSessionClientSecret: '{customer}',
}});
const payment = elements.create('payment');
payment.on('savedpaymentmethodremove', ({{ payment_method: method }}) => {{
  document.title = `${{method.card.last4}} is gone`;
}});
payment.mount('#form');
document.getElementById('pay').addEventListener('click', async () => {{
  const result = await stripe.confirmPayment({{ elements, redirect: 'if_required' }});
  document.title = result.error ? result.error.message : result.paymentIntent.status;
}});
</script>"""


def test_the_element_of_our_library_shows_the_processors_fields_in_the_shops_page(
    page, shop, live_server, place
):
    intent = shop("POST", "payment_intents", amount=2000, currency="usd")
    customer = shop("POST", "customers")["id"]
    kept = shop(
        "POST", "payment_methods", type="card", card={"token": "tok_visa"}, allow_redisplay="always"
    )
    shop("POST", f"payment_methods/{kept['id']}/attach", customer=customer)
    features = {"payment_method_redisplay": "enabled", "payment_method_remove": "enabled"}
    element = {"payment_element": {"enabled": True, "features": features}}
    form = _FORM.format(
        here=live_server.url,
        key=a_key(shop.tenant, kind="publishable"),
        secret=intent["client_secret"],
        customer=shop("POST", "customer_sessions", customer=customer, components=element)[
            "client_secret"
        ],
    )
    with live_world.answering(200, form.encode()) as address:
        page.goto(address)
    card = page.frame_locator("#form iframe").frame_locator("#card iframe").frame_locator("iframe")

    ours = page.frame_locator("#form iframe")
    ours.get_by_role("button", name="Remove Visa •••• 4242").press("Enter")
    ours.get_by_role("button", name="Remove for good").press("Enter")
    expect(page).to_have_title("4242 is gone")
    assert shop("GET", "payment_methods", customer=customer)["data"] == []
    page.locator("#pay").press("Enter")
    expect(page).to_have_title("Your card number is incomplete.")
    for name, text in (("number", VISA), ("expiry", "12 / 34"), ("cvc", "123")):
        card.locator(f"#{name}").fill(text)
    page.locator("#pay").press("Enter")
    expect(page).to_have_title("succeeded")

    assert_no_number_came_here(page, live_server, place)
    assert Charge.objects.get().processor == "stripe"
    assert_books_balance()


_PARTS = """<!doctype html><title>Shop</title><div id="number"></div><div id="expiry"></div>
<div id="code"></div><button id="pay">Pay</button><button id="token">Token</button>
<script src="{here}/stripe.js"></script><script>
const stripe = Stripe('{key}');
const elements = stripe.elements();
const number = elements.create('cardNumber');
const [expiry, code] = [elements.create('cardExpiry'), elements.create('cardCvc')];
window.complete = {{}};
for (const [name, element] of Object.entries({{ number, expiry, code }})) {{
  element.on('ready', () => {{ window.complete[name] = false; }});
  element.on('change', (event) => {{ window.complete[name] = event.complete; }});
  element.on('loaderror', () => {{ document.title = `${{name}} failed`; }});
  element.mount(`#${{name}}`);
}}
document.getElementById('pay').addEventListener('click', async () => {{
  const paid = {{ payment_method: {{ card: number }} }};
  const result = await stripe.confirmCardPayment('{secret}', paid);
  document.title = result.error ? result.error.message : result.paymentIntent.status;
}});
document.getElementById('token').addEventListener('click', async () => {{
  document.title = (await stripe.createToken(number)).error.code;
}});
</script>"""


def test_a_page_with_a_field_for_each_part_shows_all_of_the_card_beside_its_number(
    page, shop, live_server, place
):
    intent = shop("POST", "payment_intents", amount=2000, currency="usd")
    key = a_key(shop.tenant, kind="publishable")
    html = _PARTS.format(here=live_server.url, key=key, secret=intent["client_secret"])
    with live_world.answering(200, html.encode()) as address:
        page.goto(address)
    card = (
        page.frame_locator("#number iframe").frame_locator("#card iframe").frame_locator("iframe")
    )

    for place_of in ("#expiry", "#code"):
        inside = page.frame_locator(f"{place_of} iframe")
        expect(inside.locator("#note")).to_have_text("You enter it with the card number.")
        assert inside.locator("input:visible").count() == 0
    page.locator("#pay").press("Enter")
    expect(page).to_have_title("Your card number is incomplete.")
    for name, text in (("number", VISA), ("expiry", "12 / 34"), ("cvc", "123")):
        card.locator(f"#{name}").fill(text)
    page.wait_for_function("Object.values(window.complete).join() === 'true,true,true'")
    page.locator("#token").press("Enter")
    expect(page).to_have_title("feature_not_supported")
    page.locator("#pay").press("Enter")
    expect(page).to_have_title("succeeded")

    assert_no_number_came_here(page, live_server, place)
    assert Charge.objects.get().processor == "stripe"
    assert_books_balance()
