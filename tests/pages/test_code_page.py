"""The page with PromptPay's code in a real browser: seen, pressed, and read by axe."""

import pytest

from payments import pages
from tests.books import assert_books_balance
from tests.factories import a_platform
from tests.pages.looking import assert_is_good
from tests.payments.scanning import a_code, again, press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    intent = a_code(a_platform(), return_url=f"{live_server.url}/livez")
    return intent, pages.code_address(intent.latest_charge_id)


def test_the_payer_sees_the_code_and_it_is_paid(page, shop):
    intent, address = shop

    page.goto(address)
    code = page.get_by_role("img")
    assert code.evaluate("image => image.naturalWidth") > 100
    assert "1,000.00" in page.get_by_text("1,000.00").inner_text()
    page.get_by_role("button", name="Pay", exact=True).click()

    assert "redirect_status=succeeded" in page.url
    assert again(intent).status == "succeeded"
    page.goto(address)
    assert page.get_by_role("heading", name="Your payment has come").is_visible()
    assert page.get_by_role("img").count() == 0
    assert_books_balance()


def test_the_page_goes_on_by_itself_once_the_payer_has_paid(phone, shop):
    intent, address = shop
    phone.goto(address)
    assert phone.get_by_role("status").is_visible()

    press(intent, "pay")
    phone.wait_for_url("**redirect_status=succeeded**", timeout=10_000)

    assert again(intent).status == "succeeded"


def test_the_payer_is_told_not_to_pay_an_old_code(page, shop):
    _, address = shop
    page.goto(address)

    page.get_by_role("button", name="Let the code expire").click()
    page.goto(address)

    assert page.get_by_role("heading", name="This code cannot be paid").is_visible()
    assert page.get_by_role("link", name="Back to Platform").is_visible()


def test_the_page_is_good_in_both_languages(phone, shop):
    _, address = shop

    phone.goto(address)
    assert_is_good(phone)
    phone.get_by_role("link", name="ไทย").click()
    assert phone.get_by_role("heading", name="สแกนเพื่อชำระเงิน").is_visible()
    assert phone.locator("html").get_attribute("lang") == "th"
    assert_is_good(phone)
