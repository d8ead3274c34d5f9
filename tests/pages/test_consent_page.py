"""The page on which an account is shared, on a phone and without JavaScript."""

import pytest

from accounts.models import Account, Membership, OAuthGrant, User
from tests.connect.test_oauth import BACK, address, an_application
from tests.factories import a_platform

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
