"""How long a session lasts, where it is, and how it ends."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from accounts.models import Session, User
from accounts.people import agents, services, sessions
from tests.factories import an_operator
from tests.people.proving import code, enter_password, logged_in, with_application

pytestmark = pytest.mark.django_db
NOON = "2026-11-29T12:00:00Z"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def operator():
    return an_operator()


def open_for(browser) -> bool:
    return browser.get("/admin/security/").status_code == 200


def browser_of(agent=FIREFOX, password="secret"):
    browser = Client(headers={"User-Agent": agent})
    assert enter_password(browser, password=password).status_code == 302
    return browser


@pytest.mark.parametrize(("minutes", "is_open"), [(29, True), (31, False)])
def test_a_session_ends_half_an_hour_after_the_last_page(operator, minutes, is_open):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = browser_of()
        for _ in range(3):
            clock.shift(29 * 60)
            assert open_for(browser)
        clock.shift(minutes * 60)

        assert open_for(browser) == is_open


@pytest.mark.parametrize(("minutes", "is_open"), [(11 * 60 + 59, True), (12 * 60 + 1, False)])
def test_a_session_ends_after_twelve_hours_however_much_it_is_used(operator, minutes, is_open):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = browser_of()
        for _ in range(35):
            clock.shift(20 * 60)
            assert open_for(browser)
        clock.shift((minutes - 700) * 60)

        assert open_for(browser) == is_open


def test_a_proof_does_not_prolong_the_twelve_hours(operator, settings):
    settings.ADMIN_WITHOUT_MFA = False
    with_application(operator)
    with time_machine.travel(NOON, tick=False) as clock:
        browser = logged_in()
        for _ in range(35):
            clock.shift(20 * 60)
            assert open_for(browser)
        browser.post("/admin/confirm/", {"step_up-code": code()})
        assert open_for(browser)
        clock.shift(21 * 60)

        assert not open_for(browser)


def test_a_page_writes_that_a_session_is_used_once_a_minute(
    operator, django_assert_max_num_queries
):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = browser_of()
        clock.shift(59)
        open_for(browser)
        assert Session.objects.get().seen_at.minute == 0
        clock.shift(2)
        open_for(browser)
        assert Session.objects.get().seen_at.minute == 1


def test_the_page_says_where_one_is_logged_in(operator):
    browser_of(CHROME)
    browser = browser_of()
    browser_of_another = an_operator("bo@example.com")

    page = browser.get("/admin/security/").content.decode()

    assert "Firefox on Linux at" in page
    assert "Chrome on Android at" in page
    assert page.count('value="end"') == 1
    assert browser_of_another.sessions.count() == 0


def test_a_session_is_ended_from_another(operator):
    lost, browser = browser_of(CHROME), browser_of()
    key = Session.objects.get(agent=CHROME).pk

    browser.post("/admin/security/", {"do": "end", "key": key})

    assert not open_for(lost)
    assert open_for(browser)


def test_nobody_ends_the_session_of_somebody_else(operator):
    an_operator("bo@example.com")
    theirs = Client()
    enter_password(theirs, "bo@example.com")
    key = Session.objects.get().pk
    browser = browser_of()

    for wanted in (key, "x", ""):
        browser.post("/admin/security/", {"do": "end", "key": wanted})

    assert open_for(theirs)


def test_all_others_are_ended_at_once(operator):
    others, browser = [browser_of(), browser_of(CHROME)], browser_of()

    browser.post("/admin/security/", {"do": "end_others"})

    assert [open_for(other) for other in others] == [False, False]
    assert open_for(browser)


def test_with_a_new_password_all_other_sessions_end(operator):
    other, browser = browser_of(), browser_of()
    key = browser.cookies["sessionid"].value
    words = {"old_password": "secret", "new_password1": "tall-green-tree"}

    weak = browser.post("/admin/password_change/", words | {"new_password2": "tall-green-tre"})
    assert weak.status_code == 400
    browser.post("/admin/password_change/", words | {"new_password2": "tall-green-tree"})

    assert not open_for(other)
    assert open_for(browser)
    assert browser.cookies["sessionid"].value != key
    assert Session.objects.count() == 1
    assert browser_of(password="tall-green-tree")


def test_nobody_changes_their_own_password_without_the_old_one(operator):
    browser = browser_of()
    new = {"new_password1": "tall-green-tree", "new_password2": "tall-green-tree"}
    by_people = reverse("admin:auth_user_password_change", args=[quote(operator.pk)])

    page = browser.get("/admin/password_change/").content.decode()
    without = browser.post("/admin/password_change/", new | {"old_password": "wrong"})
    elsewhere = browser.post(
        by_people, {"password1": "tall-green-tree", "password2": "tall-green-tree"}
    )

    assert "Forgotten?" in page
    assert without.status_code == 400
    assert elsewhere["Location"] == "/admin/password_change/"
    operator.refresh_from_db()
    assert operator.check_password("secret")


def test_with_a_new_factor_all_other_sessions_end(operator, settings):
    settings.ADMIN_WITHOUT_MFA = False
    with_application(operator)
    other, browser = logged_in(), logged_in(1)
    services.add_passkey(user=operator, name="Key", credential={}, replaces_all=False)
    factor = Authenticator.objects.get(type="totp")

    browser.post("/admin/security/", {"do": "remove", "factor": factor.pk})

    assert not open_for(other)
    assert open_for(browser)


def test_whoever_is_logged_out_by_the_owner_sets_up_a_new_factor(operator, settings):
    settings.ADMIN_WITHOUT_MFA = False
    with_application(operator)
    browser = logged_in()

    assert services.forget_factors(user=operator) == 1

    assert not open_for(browser)
    again = Client()
    enter_password(again)
    assert again.get("/admin/")["Location"].startswith("/admin/factors/add/")


def test_the_key_of_a_session_is_kept_only_as_a_digest(operator):
    browser = browser_of()
    key = browser.cookies["sessionid"].value

    (row,) = Session.objects.all()
    assert row.pk == sessions.digest(key)
    assert key not in row.session_data
    assert row.user == User.objects.get()
    thief = Client()
    thief.cookies["sessionid"] = row.pk
    assert not open_for(thief)


def test_the_cookie_of_a_session_is_for_no_program_and_goes_with_the_browser(operator):
    cookie = browser_of().cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == cookie["expires"] == cookie["domain"] == ""


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (CHROME, "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Something that does not say what it is"),
        ("Something/1.0", "Something/1.0"),
    ],
)
def test_browsers_have_names(agent, name):
    assert agents.name_of(agent) == name


def test_the_owner_forgets_factors_by_the_command():
    from config.cli.operators import app

    listed = CliRunner().invoke(app, ["--help"]).output

    assert "forget-factors" in listed
