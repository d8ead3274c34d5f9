"""The page on which an account is shared, on a phone and without JavaScript."""

from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.models import Account, Connection, Membership, OAuthGrant, User
from connect.oauth.services import oauth
from tests.connect.test_oauth import BACK, address, an_application
from tests.factories import a_platform, now
from tests.pages.looking import assert_is_good

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_signs_in_chooses_an_account_and_shares_it(page, live_server):
    application = an_application(a_platform(), resources=["balance"])
    person = User.objects.create_user("ada@example.com", "secret")
    accounts = [a_platform(), a_platform()]
    for number, account in enumerate(accounts):
        Account.objects.filter(id=account.account_id).update(name=f"Shop {number}")
        Membership.objects.create(user=person, account_id=account.account_id, role="owner")
    page.route(f"{BACK}**", lambda route: route.fulfill(body="back"))

    page.goto(live_server.url + address(application, redirect_uri=BACK, state="s"))
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Budget wants to see your account"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("Shop 1").check()
    page.get_by_role("button", name="Share it").click()

    page.wait_for_url(f"{BACK}**")
    assert "state=s" in page.url
    assert "scope=read_only" in page.url
    assert OAuthGrant.objects.get().account_id == accounts[1].account_id


def test_what_is_shared_can_be_seen_and_ended_on_pages_that_everybody_can_use(phone, live_server):
    platform, account = a_platform(), a_platform()
    application = an_application(platform, resources=["balance"])
    Account.objects.filter(id=account.account_id).update(name="Ada's Shop")
    person = User.objects.create_user("ada@example.com", "secret")
    Membership.objects.create(user=person, account_id=account.account_id, role="owner")
    phone.context.route(f"{BACK}**", lambda route: route.fulfill(body="back"))

    phone.goto(live_server.url + address(application, redirect_uri=BACK))
    assert_is_good(phone)
    phone.get_by_label("E-mail address").fill("ada@example.com")
    phone.get_by_label("Password").fill("secret")
    phone.get_by_role("button", name="Sign in").click()
    assert_is_good(phone)
    phone.get_by_role("button", name="Share it").click()
    phone.wait_for_url(f"{BACK}**")
    (code,) = parse_qs(urlsplit(phone.url).query)["code"]
    oauth.redeem(platform=platform, code=code, at=now())
    phone.goto(f"{live_server.url}/oauth/shared")
    assert_is_good(phone)
    assert "Ada's Shop" in phone.inner_text("main")
    phone.get_by_role("button", name="Shut out Budget").click()

    phone.wait_for_selector("text=None. Nobody but you")
    assert_is_good(phone)
    assert Connection.objects.get(platform_id=platform.account_id).ended_at is not None
