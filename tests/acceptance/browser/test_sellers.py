"""A marketplace shows its sellers our pages inside its own, with the published package."""

import json
from urllib.parse import urlencode

import pytest

from tests import factories

pytestmark = pytest.mark.slow


@pytest.fixture
def seller(shop, rialto_server):
    with rialto_server.using_its_database():
        seller = factories.a_seller(shop.tenant)
        factories.a_paid_intent(
            shop.tenant, transfer_destination=seller.account_id, description="Lamp"
        )
    return seller


def a_secret(shop, seller):
    parts = ("account_onboarding", "balances", "payments", "notification_banner")
    wanted = {part: {"enabled": True} for part in parts}
    account = {"account": seller.account_id, "components": wanted}
    return shop.client.v1.account_sessions.create(account).client_secret


def address(shop, secrets, *tags, **more):
    words = more | {"key": shop.public_key, "secret": secrets, "tag": tags}
    return f"{shop.origin}/sellers.html?{urlencode(words, doseq=True)}"


def heard(page, what):
    page.wait_for_function(
        "what => document.querySelector('output').textContent.includes(what)", arg=what
    )
    return json.loads(page.locator("output").text_content())


def frame(page, tag):
    return page.frame_locator(f"stripe-connect-{tag} iframe")


def test_a_sellers_money_stands_on_the_marketplaces_page_in_parts(shop, seller, page):
    secret = a_secret(shop, seller)
    page.goto(address(shop, [secret], "balances", "payments", "notification-banner"))

    frame(page, "payments").get_by_role("heading", name="Orders").wait_for()
    frame(page, "balances").get_by_role("heading", name="Balance").wait_for()

    assert heard(page, "1") == [1]
    assert frame(page, "balances").get_by_role("heading").count() == 1
    height = "frame => frame.clientHeight"
    assert page.locator("stripe-connect-payments iframe").evaluate(height) > 80
    page.evaluate("window.instance.logout()")
    page.wait_for_function("document.querySelectorAll('iframe').length === 0")
    assert [line for line in page.problems if "Rialto" in line] == []


def test_the_parts_look_and_speak_as_the_marketplaces_page_wants(shop, seller, page):
    warnings = []
    page.on("console", lambda line: line.type == "warning" and warnings.append(line.text))
    secret = a_secret(shop, seller)
    page.goto(
        address(shop, [secret], "balances", "account-onboarding", locale="th-TH", color="#0a5")
    )
    balances, setup = frame(page, "balances"), frame(page, "account-onboarding")
    first = setup.get_by_role("button").first
    first.wait_for()

    assert balances.locator("html").get_attribute("lang") == "th"
    color = "element => getComputedStyle(element).backgroundColor"
    assert first.evaluate(color) == "rgb(0, 170, 85)"
    assert balances.locator("body").evaluate(color) == "rgb(16, 20, 24)"
    scheme = "element => getComputedStyle(element).colorScheme"
    assert balances.locator("html").evaluate(scheme) == "dark"
    first.press("Enter")
    setup.locator("[aria-invalid=true]").first.wait_for()
    assert setup.locator("html").get_attribute("lang") == "th"
    page.evaluate(
        """window.instance.update({
          locale: 'en', appearance: { overlays: 'dialog', variables: { colorPrimary: '#a00' } },
        })"""
    )
    balances.get_by_role("heading", name="Balance").wait_for()
    assert balances.locator("html").get_attribute("lang") == "en"
    assert setup.get_by_role("button").first.evaluate(color) == "rgb(170, 0, 0)"
    assert [one for one in warnings if "Rialto" in one] == ["Rialto: overlays change nothing."]


def test_a_seller_tells_what_is_asked_inside_of_the_marketplaces_page(shop, seller, page):
    page.goto(address(shop, [a_secret(shop, seller)], "account-onboarding"))
    inside = frame(page, "account-onboarding")
    inside.get_by_label("Name of the account's holder").fill("Ada")
    inside.get_by_label("Account number").fill("000123456789")
    inside.get_by_label("Routing number").fill("1")
    inside.get_by_role("button", name="Save and go on").click()
    inside.locator("[aria-invalid=true]").wait_for()
    inside.get_by_label("Routing number").fill("110000000")

    inside.get_by_role("button", name="Save and go on").click()

    assert heard(page, "exit")[0] == "bank"


def test_what_has_no_page_and_a_secret_that_was_used_are_told(shop, seller, page):
    secret = a_secret(shop, seller)
    page.goto(address(shop, [secret], "tax-settings"))
    assert heard(page, "api_error") == ["api_error"]
    page.goto(address(shop, [secret], "payouts"))
    frame(page, "payouts").get_by_role("heading", name="Next payout").wait_for()

    page.goto(address(shop, [secret], "payouts"))

    assert heard(page, "api_error") == ["api_error"]
