"""Operators log in with Chromium: codes, passkeys, and what they look like."""

import os
import re
import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts.people import invitations
from core.security.role_words import Role
from tests.factories import an_operator
from tests.pages.looking import assert_is_good

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("RIALTO_SCREENSHOTS")


@pytest.fixture(autouse=True)
def _second_factors(settings):
    settings.ADMIN_WITHOUT_MFA = False


@pytest.fixture
def desk(chromium):
    """A desk whose computer makes passkeys."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(15_000)
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.problems = []
    page.on("console", lambda line: _keep(page.problems, line))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()


def _keep(problems, line):
    # No page of ours says where its icon is.
    if line.type == "error" and not line.location["url"].endswith("/favicon.ico"):
        problems.append(line.text)


def look(page, name):
    """Check that the page is not wider than the screen, and keep a picture if it is wanted."""
    page.wait_for_load_state()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def enter_password(page, live_server, wanted="/admin/"):
    page.goto(f"{live_server.url}{wanted}")
    look(page, "log-in")
    page.get_by_label("E-mail address").fill("operator@example.com")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in", exact=True).click()


def read_code(page, turns=0):
    secret = page.locator("code").inner_text().replace(" ", "")
    return secret, format_hotp_value(hotp_value(secret, int(time.time()) // 30 + turns))


def test_an_operator_sets_up_an_application_and_logs_in_with_it(desk, live_server):
    an_operator()

    enter_password(desk, live_server)
    desk.wait_for_url("**/admin/factors/add/**")
    look(desk, "add-factor")
    secret, shown = read_code(desk)
    desk.get_by_label("The code that it shows").fill(shown)
    desk.get_by_role("button", name="Set it up").click()
    assert desk.locator("li").count() == 10
    look(desk, "codes")
    desk.get_by_role("link", name="I have kept them").click()
    assert desk.url == f"{live_server.url}/admin/"
    desk.goto(f"{live_server.url}/admin/security/")
    look(desk, "security")
    assert "Application for codes" in desk.locator("#content").inner_text()

    desk.context.clear_cookies()
    enter_password(desk, live_server)
    look(desk, "second-factor")
    desk.get_by_label("Code of your application").fill(
        format_hotp_value(hotp_value(secret, int(time.time()) // 30 + 1))
    )
    desk.get_by_role("button", name="Log in").click()
    assert desk.url == f"{live_server.url}/admin/"
    assert desk.problems == []


def test_an_operator_makes_a_passkey_and_logs_in_with_it_alone(desk, live_server):
    person = an_operator()

    enter_password(desk, live_server)
    desk.get_by_label("What you call it").fill("Desk")
    desk.get_by_role("button", name="Make a passkey").click()
    desk.get_by_role("link", name="I have kept them").click()
    assert desk.url == f"{live_server.url}/admin/"
    assert Authenticator.objects.get(user=person, type="webauthn").wrap().name == "Desk"

    # As a second factor,
    desk.context.clear_cookies()
    enter_password(desk, live_server)
    desk.get_by_role("button", name="Use your passkey").click()
    desk.wait_for_url(f"{live_server.url}/admin/")
    # and instead of the password.
    desk.context.clear_cookies()
    desk.goto(f"{live_server.url}/admin/login/?next=/admin/security/")
    desk.get_by_role("button", name="Log in with a passkey").click()
    desk.wait_for_url(f"{live_server.url}/admin/security/")
    assert re.search(r"Passkey:\s+Desk", desk.locator("#content").inner_text())
    assert desk.problems == []


def test_a_passkey_confirms_what_is_dangerous(desk, live_server):
    an_operator()
    other = an_operator("bo@example.com")
    enter_password(desk, live_server)
    desk.get_by_role("button", name="Make a passkey").click()
    desk.get_by_role("link", name="I have kept them").click()

    desk.goto(f"{live_server.url}/admin/confirm/?next=/admin/security/")
    look(desk, "step-up")
    desk.get_by_role("button", name="Use your passkey").click()
    desk.wait_for_url(f"{live_server.url}/admin/security/")

    assert other.pk
    assert desk.problems == []


def test_the_pages_are_good_on_a_telephone(phone, live_server):
    an_operator()

    phone.goto(f"{live_server.url}/admin/login/")
    assert_is_good(phone)
    phone.get_by_label("E-mail address").fill("operator@example.com")
    phone.get_by_label("Password").fill("secret")
    phone.get_by_role("button", name="Log in", exact=True).click()
    assert_is_good(phone)
    _, shown = read_code(phone)
    phone.get_by_label("The code that it shows").fill(shown)
    phone.get_by_role("button", name="Set it up").click()
    assert_is_good(phone)
    phone.get_by_role("link", name="I have kept them").click()
    phone.goto(f"{live_server.url}/admin/confirm/")
    assert_is_good(phone)


def test_whoever_is_invited_ends_up_in_the_admin(desk, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    owner = an_operator("owner@example.com")
    link = invitations.invite(email="bo@example.com", role=Role.OWNER, by=owner).link

    desk.goto(link)
    look(desk, "take-up")
    desk.get_by_label("Your name").fill("Bo")
    desk.get_by_label("A password of at least").fill("tall-green-tree")
    desk.get_by_label("The same again").fill("tall-green-tree")
    desk.get_by_role("button", name="Go on").click()
    desk.get_by_role("button", name="Make a passkey").click()
    desk.get_by_role("link", name="I have kept them").click()
    assert desk.url == f"{live_server.url}/admin/"
    desk.goto(f"{live_server.url}/admin/invitations/")
    desk.get_by_label("E-mail address").fill("cy@example.com")
    desk.get_by_role("button", name="Invite").click()
    assert "cy@example.com is invited" in desk.locator("#content").inner_text()
    look(desk, "invitations")
    assert desk.problems == []
