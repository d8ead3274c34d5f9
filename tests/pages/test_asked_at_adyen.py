"""Payers whom the played Adyen asks, in a real browser, on a phone and without JavaScript."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.db import connections
from playwright.sync_api import expect

from payments import pages
from payments.inbound.services import delayed_polling, notices
from payments.intents.services import cancellation
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, PaymentIntent
from processors.models import ToldEvent
from tests.books import assert_books_balance, total
from tests.checkout.shopping import Shop
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.adyen_world import AdyenWorld
from tests.processors.test_conformance import LATER, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    world = AdyenWorld(tmp_path_factory.mktemp("adyen"))
    yield world
    world.there.close()


@pytest.fixture
def shop(place, live_server, settings):
    """A payment whose payer Adyen asks, and the shop's page to come back to."""
    settings.PUBLIC_URL = live_server.url
    back = ConfirmationOptions(return_url=f"{live_server.url}/livez?order=7")
    with place.installed():
        platform = a_platform()
        intent = a_paid_intent(
            platform, payment_method="pm_card_authenticationRequired", session=back
        )
        assert intent.status == "requires_action"
        yield platform, intent, pages.action_address(intent.latest_charge_id)
    place.assert_it_agrees()
    assert_books_balance()


def status_of(intent):
    return PaymentIntent.objects.get(id=intent.id).status


def came_back(page):
    # Our page goes on to the shop by itself.
    page.wait_for_url("**/livez?**")
    return parse_qs(urlsplit(page.url).query)


def hear(place):
    for notice in place.outstanding(at=now()):
        assert tell(place, notice) == 200
    notices.sweep(at=now() + LATER)


def test_a_payer_is_asked_and_comes_back_twice_and_has_paid_once(page, shop, place):
    platform, intent, address = shop
    visited = []
    page.on("request", lambda request: visited.append(request.url))
    page.goto(address)
    assert page.get_by_role("heading", name="Your bank").is_visible()

    page.get_by_role("button", name="Yes, it is me").click()

    assert (came_back(page)["redirect_status"], came_back(page)["order"]) == (["succeeded"], ["7"])
    assert status_of(intent) == "succeeded"
    # Back and forth, as people do.
    (returned,) = [url for url in visited if "redirectResult" in url]
    page.goto(returned)
    assert came_back(page)["redirect_status"] == ["succeeded"]
    page.goto(address)
    assert page.get_by_role("heading", name="Your payment is confirmed").is_visible()
    assert page.locator("main").bounding_box()["width"] <= 360
    hear(place)
    assert place.moved(intent.latest_charge_id) == [100_00]
    assert total(platform) == 96_80


def test_a_payer_who_says_no_has_not_paid_and_can_pay_otherwise(page, shop, place):
    platform, intent, address = shop
    page.goto(address)

    page.get_by_role("button", name="No", exact=True).click()

    assert came_back(page)["redirect_status"] == ["failed"]
    assert status_of(intent) == "requires_payment_method"
    failure = Charge.objects.get().failure
    assert failure["code"] == "payment_intent_authentication_failure"
    assert total(platform) == 0


def test_whoever_forges_a_return_or_brings_anothers_has_not_paid(page, shop, place):
    platform, intent, address = shop
    page.goto(f"{address}/return?redirectResult=X!FORGED&resultCode=Authorised")
    assert page.get_by_role("heading", name="You are not done yet").is_visible()
    assert status_of(intent) == "requires_action"
    cheap = a_paid_intent(
        platform,
        amount=1_00,
        payment_method="pm_card_authenticationRequired",
        session=ConfirmationOptions(return_url="https://shop.example/"),
    )
    psp = place.there.book.payments(cheap.latest_charge_id)[0]["psp"]
    # What the bank sends back of the cheap one, caught on its way.
    answer = requests.post(
        f"{place.there.base_url}/redirect/{psp}",
        {"answer": "yes"},
        allow_redirects=False,
        timeout=10,
    )

    page.goto(f"{address}/return?{urlsplit(answer.headers['Location']).query}")

    assert status_of(intent) == "requires_action"
    assert place.moved(intent.latest_charge_id) == [0]
    # The genuine one still counts.
    page.goto(address)
    page.get_by_role("button", name="Yes, it is me").click()
    assert came_back(page)["redirect_status"] == ["succeeded"]
    assert status_of(intent) == "succeeded"


def test_a_payer_whose_browser_is_lost_has_paid_once_adyen_says_so(page, shop, place):
    platform, intent, address = shop
    page.goto(address)
    place.there.failures = ["lost after"]

    page.get_by_role("button", name="Yes, it is me").click()

    assert status_of(intent) == "processing"
    assert not ToldEvent.objects.filter(is_success=True).exists()
    hear(place)
    assert status_of(intent) == "succeeded"
    assert total(platform) == 96_80


def test_a_payer_who_never_comes_back_is_not_charged(page, shop, place):
    platform, intent, address = shop
    page.goto(address)
    Charge.objects.update(next_poll_at=now())
    delayed_polling.poll_due(at=now())
    assert status_of(intent) == "requires_action"

    cancellation.cancel(tenant=platform, intent_id=intent.id, at=now())

    assert status_of(intent) == "canceled"
    connections.close_all()
    # The page is still open somewhere.
    page.get_by_role("button", name="Yes, it is me").click()
    hear(place)
    assert status_of(intent) == "canceled"
    assert place.moved(intent.latest_charge_id) == [0]
    assert total(platform) == 0


def test_a_card_typed_into_adyens_fields_on_our_page_is_asked_and_pays(
    phone, place, live_server, settings
):
    settings.PUBLIC_URL = live_server.url
    sent, complaints = [], []
    phone.on("request", lambda one: sent.append((one.url, one.post_data or "")))
    phone.on("console", lambda told: complaints.append(told.text))
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.route("https://shop.example.com/**", lambda route: route.fulfill(body="Thanks"))
    with place.installed(shows_fields=True):
        shop = Shop()
        session = shop.session()
        phone.goto(session["url"])
        phone.fill("#email", "ada@example.com")
        inside = phone.frame_locator("#card-frame").frame_locator("iframe")
        inside.get_by_label("Card number").fill("4212345678910006")
        phone.locator("button.pay").press("Enter")
        expect(phone.locator("#card-frame-problem")).to_contain_text("Check the number")
        inside.get_by_label("Expiry date").fill("03/30")
        inside.get_by_label("Security code").fill("737")
        phone.locator("button.pay").press("Enter")
        phone.get_by_role("button", name="Yes, it is me").click()
        phone.wait_for_url("https://shop.example.com/thanks**")

        assert shop.read(session)["payment_status"] == "paid"
        assert Charge.objects.get().processor == "adyen"
    assert not [url for url, body in sent if "4212345678910006" in body]
    assert {urlsplit(url).netloc for url, _ in sent} == {
        urlsplit(live_server.url).netloc,
        urlsplit(place.there.base_url).netloc,
        "shop.example.com",
    }
    assert not [told for told in complaints if "Content Security Policy" in told]
    place.assert_it_agrees()
    assert_books_balance()


def test_adyens_fields_speak_thai_to_a_payer_who_reads_it(chromium, place, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="th-TH")
    try:
        page = context.new_page()
        with place.installed(shows_fields=True):
            page.goto(Shop().session()["url"])
            inside = page.frame_locator("#card-frame").frame_locator("iframe")
            expect(inside.get_by_label("หมายเลขบัตร")).to_be_visible()
            inside.get_by_label("วันหมดอายุ").fill("03/30")
            expect(inside.get_by_label("รหัสความปลอดภัย")).to_be_visible()
            page.fill("#email", "ada@example.com")
            page.locator("button.pay").press("Enter")
            problem = page.locator("#card-frame-problem")
            expect(problem).to_contain_text("โปรดตรวจสอบหมายเลขบัตร")
    finally:
        context.close()
