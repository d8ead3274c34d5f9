"""Who is let into the admin, and with what."""

import pytest
import time_machine
from django.contrib.auth.views import LoginView
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import resolve

from accounts.people.forms import use_code
from accounts.people.views.log_in import LogInView
from tests import copies
from tests.factories import an_operator
from tests.people.proving import code, enter_password, logged_in, recovery_codes, with_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return an_operator()


def test_the_form_of_the_admin_is_ours(operator):
    assert resolve("/admin/login/").func.view_class is LogInView
    assert not issubclass(LogInView, LoginView)
    assert 'name="username"' in Client().get("/admin/login/").content.decode()


def test_without_a_second_factor_a_password_lets_in_where_the_switch_is_on(operator):
    browser = Client()

    assert enter_password(browser)["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_whoever_has_a_second_factor_is_asked_for_it(operator):
    with_application(operator)
    browser = Client()

    assert enter_password(browser)["Location"] == "/admin/login/second/"
    assert browser.get("/admin/").status_code == 302
    wrong = browser.post("/admin/login/second/", {"code": "000000"})
    assert wrong.status_code == 400
    right = browser.post("/admin/login/second/", {"code": code()})
    assert right["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_the_same_is_asked_where_members_sign_in(operator):
    with_application(operator)
    browser = Client()

    answer = browser.post("/login/", {"username": operator.email, "password": "secret"})

    assert answer["Location"] == "/admin/login/second/"
    assert browser.get("/oauth/shared")["Location"].startswith("/login/")


def test_a_code_counts_once_however_it_is_spelled(operator, redis_of_the_worker):
    with_application(operator)
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False) as clock:
        used = code()
        logged_in()

        for seconds in (29, 1):
            clock.shift(seconds)
            thief = Client()
            enter_password(thief)
            for spelled in (used, f" {used[:3]}-{used[3:]}"):
                answer = thief.post("/admin/login/second/", {"code": spelled})
                assert answer.status_code == 400
        assert thief.post("/admin/login/second/", {"code": code()}).status_code == 302
    # For as long as a code is good, the turns of the clock beside its own too.
    (key, *_) = redis_of_the_worker.keys(f"*people.code.used:*{used}")
    assert 60 < redis_of_the_worker.ttl(key) <= 90


def test_no_code_that_another_process_took_is_taken_again(operator):
    def take() -> None:
        print(sum(is_taken(f"{number:06}") for number in range(100)))

    def is_taken(used: str) -> bool:
        try:
            use_code(operator, used)
        except ValidationError:
            return False
        return True

    first, second = copies.run(take), copies.run(take)

    assert (first.stdout, second.stdout) == ("100\n", "0\n"), first.stderr + second.stderr


@pytest.mark.parametrize("page", ["/admin/login/", "/login/"])
def test_after_five_wrong_passwords_the_right_one_is_refused(operator, page):
    an_operator("bo@example.com")
    words = {"username": operator.email, "password": "secret"}
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False) as clock:
        for _ in range(5):
            Client().post(page, words | {"password": "wrong"})

        refused = Client().post(page, words)
        assert refused.status_code == 200
        # Others get in, and the same person after a quarter of an hour.
        other = Client().post(page, words | {"username": "bo@example.com"})
        assert other.status_code == 302
        clock.shift(901)
        assert Client().post(page, words).status_code == 302


@pytest.mark.attacks
def test_after_five_wrong_codes_the_right_one_is_refused(operator):
    with_application(operator)
    browser = Client()
    enter_password(browser)

    for _ in range(5):
        browser.post("/admin/login/second/", {"code": "000000"})

    refused = browser.post("/admin/login/second/", {"code": code()})
    assert "Too many wrong tries" in refused.content.decode()


@pytest.mark.parametrize("credential", ["{", "[]", '"x"', "{}", '{"id": 1}'])
def test_what_is_no_passkey_is_refused(operator, credential):
    with_application(operator)
    browser = Client()
    enter_password(browser)

    answer = browser.post("/admin/login/second/", {"code": "", "credential": credential})

    assert answer.status_code == 400


def test_a_recovery_code_counts_once(operator):
    with_application(operator)
    first, *_ = recovery_codes(operator)
    browser, thief = Client(), Client()
    enter_password(browser)
    enter_password(thief)

    assert browser.post("/admin/login/second/", {"code": first}).status_code == 302
    assert thief.post("/admin/login/second/", {"code": first}).status_code == 400


def test_only_people_of_the_admin_log_in_there(django_user_model):
    django_user_model.objects.create_user("ann@example.com", "secret")
    browser = Client()

    assert enter_password(browser, "ann@example.com").status_code == 200
    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_nobody_is_sent_elsewhere(operator, wanted):
    answer = Client().post(
        "/admin/login/", {"username": operator.email, "password": "secret", "next": wanted}
    )

    assert answer["Location"] == "/admin/"


def test_the_page_runs_no_program_but_ours(operator):
    page = Client().get("/admin/login/")

    policy = page["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; " in policy
    assert "unsafe" not in policy
    assert page["Cache-Control"].startswith("max-age=0") or "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("kind", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_a_cache_of_one_process_is_refused(settings, kind):
    settings.ADMIN_WITHOUT_MFA = False
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{kind}"}}

    assert [found.id for found in run_checks(tags=["security"])] == ["people.E001"]


def test_the_cache_that_all_processes_share_is_accepted(settings):
    settings.ADMIN_WITHOUT_MFA = False

    assert run_checks(tags=["security"]) == []


def test_without_redis_nobody_logs_in_and_the_page_says_why(operator, settings):
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}
    }

    answer = enter_password(Client())

    assert answer.status_code == 200
    assert "Redis does not answer" in answer.content.decode()


def test_every_log_in_and_every_refusal_is_logged_and_no_password(operator, caplog):
    with_application(operator)
    browser = Client()

    enter_password(browser, password="not-this-one")
    enter_password(browser)
    browser.post("/admin/login/second/", {"code": "000000"})
    browser.post("/admin/login/second/", {"code": code()})

    told = [one.getMessage() for one in caplog.records if one.name == "rialto.access"]
    assert told == [
        "Somebody was refused by password, from 127.0.0.1.",
        f"{operator.pk} was refused by second factor.",
        f"{operator.pk} was let in by password, totp, from 127.0.0.1.",
    ]
    assert "not-this-one" not in caplog.text
