"""No page of an operator is reached without a second factor."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.people.guard import PROVING
from tests.factories import an_operator
from tests.people.proving import enter_password, logged_in, recovery_codes, with_application

pytestmark = pytest.mark.django_db
NOON = "2026-11-29T12:00:00Z"


@pytest.fixture(autouse=True)
def _second_factors(settings):
    settings.ADMIN_WITHOUT_MFA = False


@pytest.fixture
def operator():
    return an_operator()


def walk(patterns, before=""):
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern.url_patterns, path)
        else:
            yield "/" + re.sub(r"\(\?P<[^)]*\)|<[^>]*>", "1", path).strip("^$").replace("\\Z", "")


def guarded_paths():
    every = sorted(set(walk(get_resolver().url_patterns)))
    inside = [path for path in every if path.startswith(("/admin/", "/oauth/", "/express/"))]
    programs = ("/oauth/token", "/oauth/deauthorize")
    return [path for path in inside if not path.startswith((*PROVING, *programs))]


def reached(browser, leads_to):
    return [
        (method, path)
        for path in guarded_paths()
        for method in ("get", "post")
        if not getattr(browser, method)(path).headers.get("Location", "").startswith(leads_to)
    ]


def test_there_are_pages_to_guard():
    assert len(guarded_paths()) > 150


def test_a_password_alone_reaches_no_page_but_that_of_a_new_factor(operator):
    browser = Client()
    enter_password(browser)

    assert reached(browser, "/admin/factors/add/?next=") == []


def test_a_recovery_code_reaches_no_page_but_that_of_a_new_factor(operator):
    with_application(operator)
    browser = Client()
    enter_password(browser)
    browser.post("/admin/login/second/", {"code": recovery_codes(operator)[0]})

    assert reached(browser, "/admin/factors/add/?next=") == []


def test_a_session_without_proof_reaches_no_page_of_whoever_has_a_factor(operator):
    browser = Client()
    enter_password(browser)
    with_application(operator)

    assert reached(browser, "/admin/confirm/?next=") == []


def test_a_second_factor_reaches_the_pages(operator):
    with_application(operator)
    browser = logged_in()

    assert browser.get("/admin/").status_code == 200
    assert browser.get("/admin/security/").status_code == 200


def test_members_of_accounts_who_are_no_operators_need_no_factor(django_user_model):
    django_user_model.objects.create_user("ann@example.com", "secret")
    browser = Client()
    browser.post("/login/", {"username": "ann@example.com", "password": "secret"})

    assert browser.get("/oauth/shared").status_code == 200
    assert browser.get("/admin/security/").status_code == 302
