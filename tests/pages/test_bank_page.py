"""The simulated bank's page in a real browser, on a phone and without JavaScript."""

from urllib.parse import parse_qs, urlsplit

import pytest

from payments import pages
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import PaymentIntent
from tests.books import assert_books_balance
from tests.factories import a_paid_intent, a_platform
from tests.pages.looking import assert_is_good
from tests.payments.agreeing import an_agreement

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(live_server, settings):
    """A payment that waits for its payer, and the shop's page to come back to."""
    settings.PUBLIC_URL = live_server.url
    intent = a_paid_intent(
        a_platform(),
        payment_method="pm_card_threeDSecure2Required",
        session=ConfirmationOptions(return_url=f"{live_server.url}/livez?order=7"),
    )
    return intent, pages.address(intent.authentication_id)


def status_of(intent):
    return PaymentIntent.objects.get(id=intent.id).status


def test_the_payer_types_the_code_and_comes_back(page, shop):
    intent, address = shop
    page.goto(address)
    assert page.get_by_role("heading", name="Is this you?").is_visible()
    assert "100.00" in page.get_by_text("usd", exact=False).first.inner_text()

    page.get_by_label("Code from your bank").fill("999999")
    page.get_by_role("button", name="Confirm").click()
    assert page.get_by_role("alert").inner_text() == "That code is wrong. You have 2 more tries."
    page.get_by_label("Code from your bank").fill("123456")
    page.get_by_role("button", name="Confirm").click()

    back = parse_qs(urlsplit(page.url).query)
    assert back["order"] == ["7"]
    assert back["redirect_status"] == ["succeeded"]
    assert status_of(intent) == "succeeded"
    page.goto(address)
    assert page.get_by_role("heading", name="Your payment is confirmed").is_visible()
    assert_books_balance()


@pytest.mark.parametrize(
    "button", ["Decline: it was not me", "Close the window", "The bank does not answer"]
)
def test_the_payer_does_not_pay_and_comes_back(page, shop, button):
    intent, address = shop
    page.goto(address)

    page.get_by_role("button", name=button).click()

    assert parse_qs(urlsplit(page.url).query)["redirect_status"] == ["failed"]
    assert status_of(intent) == "requires_payment_method"


def test_the_page_fits_a_phone_and_asks_nobody_else(page, shop):
    _, address = shop
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(address)

    assert asked == [address]
    main = page.locator("main").bounding_box()
    assert main["width"] <= 360
    for button in page.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44


def test_the_payer_agrees_at_its_wallet_on_a_phone_and_comes_back(phone, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    intent = an_agreement(a_platform(), "klarna", return_url=f"{live_server.url}/livez?order=7")

    phone.goto(pages.action_address(intent.latest_charge_id))
    assert phone.get_by_role("heading", name="Do you agree to this payment?").is_visible()
    assert_is_good(phone)
    phone.get_by_role("button", name="Agree and pay", exact=True).click()
    phone.wait_for_url("**redirect_status=succeeded**", timeout=10_000)

    assert status_of(intent) == "succeeded"
    assert_books_balance()
