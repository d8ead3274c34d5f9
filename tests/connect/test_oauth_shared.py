"""Whoever let an application into an account can shut it out again."""

import pytest
from django.test import Client

from accounts.models import Connection, Membership, User
from connect.oauth.services import oauth
from tests.connect.test_oauth import a_person, address, agree, an_application, get
from tests.factories import a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def test_an_owner_sees_whom_it_let_in_and_shuts_it_out():
    platform, account = a_platform(), a_platform()
    browser = a_person(account)
    code = agree(browser, address(an_application(platform)))["code"]
    token = oauth.redeem(platform=platform, code=code, at=now())
    page = browser.get("/oauth/shared")
    assert "Shut out Budget" in page.content.decode()
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]

    answer = browser.post("/oauth/shared", {"connection": Connection.objects.get().id})

    assert answer.status_code == 302
    assert "None." in browser.get("/oauth/shared").content.decode()
    assert get("balance", token.access_token) == 401
    assert Event.objects.filter(type="account.application.deauthorized").count() == 1


def test_nobody_ends_what_is_anothers_or_was_opened_for_it():
    platform, account = a_platform(), a_platform()
    code = agree(a_person(account), address(an_application(platform)))["code"]
    oauth.redeem(platform=platform, code=code, at=now())
    seller = a_seller(platform)
    stranger = Client()
    assert stranger.get("/oauth/shared")["Location"].startswith("/login/")
    assert stranger.post("/oauth/shared", {"connection": 1})["Location"].startswith("/login/")
    Membership.objects.update(account_id=seller.account_id)
    browser = Client()
    browser.force_login(User.objects.get())

    for row in Connection.objects.all():
        browser.post("/oauth/shared", {"connection": row.id})
    for params in ("", "x", "9" * 40, "\0"):
        assert browser.post("/oauth/shared", {"connection": params}).status_code == 302

    assert Connection.objects.filter(ended_at=None).count() == 2
    assert "None." in browser.get("/oauth/shared").content.decode()
