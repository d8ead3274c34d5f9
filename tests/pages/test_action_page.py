"""The way to the processor and back in a real browser at phone width: a second Rialto asks."""

import re

import pytest

from payments import pages
from payments.inbound.services import returns
from payments.models import Charge
from processors.protocols.accounts import RailAccount
from processors.protocols.next_actions import ActionKind, NextAction
from processors.stripe import browser
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform
from tests.pages.looking import assert_is_good
from tests.payments import stepping
from tests.payments.challenging import BACK
from tests.payments.stepping import again, asking
from tests.processors.stripe_world import StripeWorld
from tests.truth import assert_the_processor_agrees

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ASKS = "pm_card_authenticationRequired"
LANDED = re.compile(r"/livez\?order=7&")


@pytest.fixture(scope="module")
def place(rialto_server):
    return StripeWorld(rialto_server)


@pytest.fixture
def shop(live_server, settings, place):
    settings.PUBLIC_URL = live_server.url
    with place.installed():
        yield place


def asked(live_server, **details):
    """Begin a payment of a shop elsewhere: at a name of its own, as shops are."""
    back = f"{live_server.url.replace('localhost', '127.0.0.1')}/livez?order=7"
    return stepping.asked(
        a_platform(), payment_method=ASKS, session=type(stepping.BACK)(return_url=back), **details
    )


def test_the_payer_answers_there_and_lands_in_the_shop(phone, shop, live_server):
    intent = asked(live_server)
    address = pages.action_address(stepping.attempt_of(intent))

    phone.goto(address)
    assert phone.url.startswith(shop.server.base_url)
    # Back and forth before anything is done: nothing changes.
    phone.goto(f"{address}/return?redirect_status=succeeded")
    assert phone.get_by_role("heading", name="You are not done yet").is_visible()
    assert again(intent).status == "requires_action"
    assert_is_good(phone)
    phone.get_by_role("link", name="Go on").click()
    phone.get_by_role("button", name="Approve in the bank").click()
    phone.wait_for_url(LANDED)

    assert "redirect_status=succeeded" in phone.url
    assert f"payment_intent={intent.id}" in phone.url
    assert again(intent).status == "succeeded"
    phone.go_back()
    phone.goto(address)
    assert phone.get_by_role("heading", name="Your payment is confirmed").is_visible()
    assert_is_good(phone)
    assert shop.moved(intent.latest_charge_id) == [100_00]
    assert total(intent.tenant) == 96_80
    assert_the_processor_agrees()
    assert_books_balance()


def test_the_payer_who_declines_there_has_not_paid(phone, shop, live_server):
    intent = asked(live_server)
    phone.goto(pages.action_address(stepping.attempt_of(intent)))

    phone.get_by_role("button", name="Decline: it was not me").click()
    phone.wait_for_url(LANDED)

    assert "redirect_status=failed" in phone.url
    assert again(intent).status == "requires_payment_method"
    assert Charge.objects.get().status == "failed"
    assert shop.moved(intent.latest_charge_id) == [0]
    assert_books_balance()


def test_a_form_goes_by_itself_and_by_a_button(phone, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    with asking() as rail:
        rail.steps = [stepping.form_to(f"{live_server.url}/livez")]
        intent = a_paid_intent(a_platform())
        address = pages.action_address(stepping.attempt_of(intent))
        assert returns.find(*address.split("/")[-2:]).action.method == "POST"

        with phone.expect_request("**/livez") as sent:
            phone.goto(address)
        assert sent.value.method == "POST"
        assert sent.value.post_data == "MD=m%221&PaReq=%3Cr%3E"

        with phone.context.browser.new_context(java_script_enabled=False) as quiet:
            page = quiet.new_page()
            page.goto(f"{address}?lang=th")
            with page.expect_request("**/livez") as pressed:
                page.get_by_role("button", name="ดำเนินการต่อ").click()
            assert pressed.value.method == "POST"


_FAKE = """
window.Stripe = key => ({ handleNextAction: async one => window.act(key, one.clientSecret) });
"""


def test_a_script_of_the_processor_performs_the_step_in_our_page(phone, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    fields = {"publishable_key": "pk_1", "client_secret": "pi_1_secret_</script>"}
    step = NextAction(ActionKind.SCRIPT, script=browser.SCRIPT, fields=fields)
    with asking(step) as rail:
        rail.scripts = {browser.SCRIPT: browser.script_of(RailAccount("stripe", "stripe"))}
        intent = a_paid_intent(a_platform(), session=BACK)
        key = stepping.attempt_of(intent)
        seen = []

        def act(*told):
            seen.append(told)
            rail.act(key)

        phone.expose_function("act", act)
        phone.route("https://js.stripe.com/v3/", lambda route: route.fulfill(body=_FAKE))
        phone.route("https://shop.example/**", lambda route: route.fulfill(body="shop"))

        page = phone.goto(pages.action_address(key))
        phone.wait_for_url("https://shop.example/**")

        assert seen == [("pk_1", "pi_1_secret_</script>")]
        policy = page.headers["content-security-policy"]
        assert "script-src 'nonce-" in policy
        assert "https://js.stripe.com https://*.js.stripe.com https://api.stripe.com" in policy
        assert "redirect_status=succeeded" in phone.url
    assert again(intent).status == "succeeded"
    assert_books_balance()
