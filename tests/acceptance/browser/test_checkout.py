"""A shop has the payer pay inside its own page, with the published packages, in a real browser."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.acceptance.browser.paying import ASKS, DECLINED, GOOD, fields, press, result

pytestmark = pytest.mark.slow


def back_of(shop):
    return f"{shop.origin}/checkout.html?flow=back&key={shop.public_key}&id={{CHECKOUT_SESSION_ID}}"


def fill(page, number):
    inside = fields(page)
    inside.get_by_label("Card number").fill(number)
    inside.get_by_label("Expires").fill("12/34")
    inside.get_by_label("Security code").fill("123")
    inside.get_by_label("E-mail").fill("jenny@example.com")
    inside.get_by_role("button", name="Pay 20.00 EUR").press("Enter")


def status_of(shop, session):
    kept = shop.client.v1.checkout.sessions.retrieve(session.id)
    return kept.status, kept.payment_status


def test_a_payer_pays_inside_of_the_page_and_is_sent_to_where_the_shop_wants(shop, page):
    session = shop.session(ui_mode="embedded_page", return_url=back_of(shop))
    page.goto(shop.checkout_page("embedded", secret=session.client_secret))
    fill(page, DECLINED)
    fields(page).get_by_role("alert").wait_for()
    height = page.locator("iframe").evaluate("frame => frame.clientHeight")

    fill(page, GOOD)

    page.wait_for_url("**flow=back**")
    assert parse_qs(urlsplit(page.url).query)["id"] == [session.id]
    assert height > 500
    assert status_of(shop, session) == ("complete", "paid")
    assert [line for line in page.problems if "422" not in line] == []


def test_a_payer_proves_who_it_is_inside_and_the_shop_shows_its_own_thanks(shop, page):
    session = shop.session(ui_mode="embedded_page", redirect_on_completion="never")
    page.goto(shop.checkout_page("embedded", secret=session.client_secret))
    fill(page, ASKS)
    bank = fields(page).frame_locator("iframe")
    bank.get_by_role("button", name="Decline").click()
    fields(page).get_by_role("alert").wait_for()
    fill(page, ASKS)

    bank.get_by_role("button", name="Approve").click()

    assert result(page) == {"isDone": True}
    assert page.locator("iframe").count() == 0
    assert status_of(shop, session) == ("complete", "paid")
    assert page.problems == []


def test_a_bank_that_has_a_page_of_its_own_is_gone_to_and_come_back_from(shop, page):
    session = shop.session(
        ui_mode="embedded_page", return_url=back_of(shop), redirect_on_completion="if_required"
    )
    page.goto(shop.checkout_page("embedded", secret=session.client_secret))
    fields(page).get_by_label("iDEAL").check()
    fields(page).get_by_label("E-mail").fill("jenny@example.com")
    fields(page).get_by_role("button", name="Pay 20.00 EUR").press("Enter")

    page.get_by_role("button", name="Agree and pay", exact=True).click()

    page.wait_for_url("**flow=back**")
    assert status_of(shop, session) == ("complete", "paid")
    assert page.problems == []


def test_an_older_page_mounts_it_by_the_older_name_and_takes_it_away(shop, page):
    session = shop.session(ui_mode="embedded", return_url=back_of(shop))
    page.goto(shop.plain_page(session=session.client_secret))
    press(page, "Embedded")
    fields(page, "#embedded iframe").get_by_role("heading", name="Pay").wait_for()

    told = page.evaluate("window.embedded.destroy(), document.querySelector('#embedded').innerHTML")

    assert result(page) == {"mounted": True, "again": "IntegrationError"}
    assert told == ""
    assert page.problems == []
