"""A copy of the database lets nobody in."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import OAuthGrant, Session
from tests.connect.test_oauth import a_person, address, agree, an_application, ask
from tests.factories import a_key, a_platform, an_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return an_operator("ada@example.com")


def test_the_key_that_a_browser_has_is_not_in_the_database(person):
    browser = Client()
    browser.post("/login/", {"username": "ada@example.com", "password": "secret"})
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value

    (row,) = Session.objects.all()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key

    assert browser.get("/admin/").status_code == 200
    assert row.session_key != key
    assert key not in row.session_data
    assert thief.get("/admin/").status_code == 302


def test_a_new_key_is_given_when_somebody_signs_in_and_none_is_left_when_they_leave(person):
    browser = Client()
    browser.force_login(person)
    first = browser.cookies[settings.SESSION_COOKIE_NAME].value
    browser.session.cycle_key()

    assert Session.objects.count() == 1
    assert (
        Client(headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={first}"})
        .get("/admin/")
        .status_code
        == 302
    )

    browser.force_login(person)
    browser.logout()
    assert not Session.objects.filter(session_key__startswith=first).exists()


def test_the_code_that_shares_an_account_is_not_in_the_database():
    platform, account = a_platform(), a_platform()

    code = agree(a_person(account), address(an_application(platform)))["code"]

    (row,) = OAuthGrant.objects.values_list("code", flat=True)
    assert row != code
    stolen = ask("/oauth/token", a_key(platform), grant_type="authorization_code", code=row)
    assert stolen.status_code == 400
    meant = ask("/oauth/token", a_key(platform), grant_type="authorization_code", code=code)
    assert meant.status_code == 200
