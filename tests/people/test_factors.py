"""How factors are set up, kept, lost and removed."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import AuditEvent
from tests.factories import an_operator
from tests.people import proving
from tests.people.proving import code, enter_password, logged_in, recovery_codes, with_application

pytestmark = pytest.mark.django_db
NOON = "2026-11-29T12:00:00Z"
ADD = "/admin/factors/add/"


@pytest.fixture(autouse=True)
def _second_factors(settings):
    settings.ADMIN_WITHOUT_MFA = False


@pytest.fixture
def operator():
    return an_operator()


def secret_on(page) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.content.decode())
    assert found, page.content.decode()
    return found[1].replace(" ", "")


def kinds_of(person):
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def scan_and_enter(browser, wanted="/admin/"):
    """Scan what the page shows, and type in the code."""
    page = browser.get(f"{ADD}?next={wanted}")
    secret = secret_on(page)
    return secret, browser.post(ADD, {"code": code(secret=secret), "next": wanted})


def test_the_first_log_in_ends_with_a_factor_and_recovery_codes(operator):
    browser = Client()
    enter_password(browser)

    _, answer = scan_and_enter(browser, "/admin/security/")

    assert answer["Location"] == "/admin/factors/codes/"
    shown = browser.get("/admin/factors/codes/").content.decode()
    assert len(re.findall(r"<li>\d{8}</li>", shown)) == 10
    assert 'href="/admin/security/"' in shown
    # Once.
    assert browser.get("/admin/factors/codes/")["Location"] == "/admin/security/"
    assert browser.get("/admin/").status_code == 200
    assert kinds_of(operator) == ["recovery_codes", "totp"]
    told = AuditEvent.objects.get()
    assert (told.action, told.changes) == ("factor.added", {"type": [None, "totp"]})


def test_what_is_kept_of_a_factor_is_no_secret(operator):
    browser = Client()
    enter_password(browser)

    secret, _ = scan_and_enter(browser)

    rows = Authenticator.objects.filter(user=operator)
    assert all(secret not in str(row.data) for row in rows)
    totp = rows.get(type="totp")
    assert totp.wrap().validate_code(code(1, secret=secret))


def test_a_wrong_code_sets_nothing_up_and_keeps_what_was_scanned(operator):
    browser = Client()
    enter_password(browser)
    secret = secret_on(browser.get(ADD))

    wrong = browser.post(ADD, {"code": "000000"})

    assert wrong.status_code == 400
    assert secret_on(wrong) == secret
    assert kinds_of(operator) == []


def test_the_code_that_set_it_up_counts_no_more(operator):
    browser = Client()
    enter_password(browser)
    secret, _ = scan_and_enter(browser)

    thief = Client()
    enter_password(thief)

    answer = thief.post("/admin/login/second/", {"code": code(secret=secret)})
    assert answer.status_code == 400


def test_a_recovery_code_leads_to_a_factor_in_the_place_of_what_was_lost(operator):
    with_application(operator)
    first, second, *_ = recovery_codes(operator)
    browser = Client()
    enter_password(browser)
    browser.post("/admin/login/second/", {"code": first})

    secret, _ = scan_and_enter(browser)

    assert browser.get("/admin/").status_code == 200
    finder = Client()
    enter_password(finder)
    for lost in (code(1), second):
        assert finder.post("/admin/login/second/", {"code": lost}).status_code == 400
    new = finder.post("/admin/login/second/", {"code": code(1, secret=secret)})
    assert new.status_code == 302
    last = AuditEvent.objects.latest("pk")
    assert last.changes == {"type": [None, "totp"], "others": ["all", None]}


def test_a_recovery_code_counts_for_a_quarter_of_an_hour(operator):
    with_application(operator)
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        enter_password(browser)
        browser.post("/admin/login/second/", {"code": recovery_codes(operator)[0]})
        clock.shift(901)

        assert browser.get(ADD)["Location"].startswith("/admin/confirm/")


def test_a_password_counts_for_a_quarter_of_an_hour(operator):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        enter_password(browser)
        clock.shift(901)

        assert browser.get(ADD)["Location"].startswith("/admin/login/")
        assert browser.get("/admin/")["Location"].startswith("/admin/login/")


def test_whoever_has_a_factor_proves_it_before_adding_another(operator):
    with_application(operator)
    with time_machine.travel(NOON, tick=False) as clock:
        browser = logged_in()
        clock.shift(301)

        assert browser.get(ADD)["Location"].startswith("/admin/confirm/")
        assert browser.post(ADD, {"code": code()})["Location"].startswith("/admin/confirm/")
    assert kinds_of(operator) == ["totp"]


def test_the_last_factor_is_not_removed_and_another_persons_is_not_there(operator):
    mine = with_application(operator)
    theirs = with_application(an_operator("bo@example.com"))
    browser = logged_in()

    for factor in (mine.pk, theirs.pk, "x", 10**30, ""):
        browser.post("/admin/security/", {"do": "remove", "factor": factor})

    assert Authenticator.objects.filter(type="totp").count() == 2
    page = browser.get("/admin/security/").content.decode()
    assert "This is the last one: add another first." in page


def test_new_recovery_codes_take_the_place_of_the_old(operator):
    with_application(operator)
    old = recovery_codes(operator)
    browser = logged_in()

    browser.post("/admin/factors/codes/")

    new = re.findall(r"<li>(\d{8})</li>", browser.get("/admin/factors/codes/").content.decode())
    assert len(new) == 10
    assert not set(new) & set(old)
    assert proving.unused_codes(operator) == new
