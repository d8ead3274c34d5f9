"""Whoever does what is dangerous proves who they are just then."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.factories import an_operator
from tests.people.proving import code, enter_password, logged_in, recovery_codes, with_application

pytestmark = pytest.mark.django_db
NOON = "2026-11-29T12:00:00Z"


@pytest.fixture(autouse=True)
def _second_factors(settings):
    settings.ADMIN_WITHOUT_MFA = False


@pytest.fixture
def operator():
    person = an_operator()
    with_application(person)
    return person


@pytest.fixture
def page():
    other = an_operator("bo@example.com")
    return reverse("admin:auth_user_password_change", args=[other.pk.replace("_", "_5F")])


NEW = {"password1": "a-long-new-word", "password2": "a-long-new-word", "usable_password": "true"}


@pytest.mark.parametrize(("age", "status"), [(299, 200), (301, 302)])
def test_a_proof_counts_for_five_minutes(operator, page, age, status):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = logged_in()
        clock.shift(age)

        assert browser.get(page).status_code == status


def test_a_page_is_shown_after_the_proof(operator, page):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = logged_in()
        key = browser.cookies["sessionid"].value
        clock.shift(301)
        asked = browser.get(page)["Location"]
        assert asked.startswith("/admin/confirm/?next=")

        assert browser.post(asked, {"step_up-code": "000000"}).status_code == 400
        back = browser.post(asked, {"step_up-code": code()})

        assert back["Location"] == page
        assert browser.get(page).status_code == 200
        assert browser.cookies["sessionid"].value != key


def test_what_was_sent_is_carried_through_the_proof(operator, page, django_user_model):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = logged_in()
        clock.shift(301)
        asked = browser.post(page, NEW)
        assert asked.status_code == 200
        assert 'name="password1" value="a-long-new-word"' in asked.content.decode()
        assert django_user_model.objects.get(email="bo@example.com").check_password("secret")

        wrong = browser.post(page, NEW | {"step_up-code": "000000"})
        assert wrong.status_code == 400
        assert django_user_model.objects.get(email="bo@example.com").check_password("secret")
        browser.post(page, NEW | {"step_up-code": code()})

    bo = django_user_model.objects.get(email="bo@example.com")
    assert bo.check_password("a-long-new-word")


def test_a_recovery_code_is_no_proof(operator, page):
    first, *_ = recovery_codes(operator)
    with time_machine.travel(NOON, tick=False) as clock:
        browser = logged_in()
        clock.shift(301)

        assert browser.post(page, NEW | {"step_up-code": first}).status_code == 400
        assert browser.get(page).status_code == 302


def test_a_password_is_no_proof(operator, page):
    with time_machine.travel(NOON, tick=False) as clock:
        browser = logged_in()
        clock.shift(301)
        enter_password(browser)

        assert browser.get(page).status_code == 302


def test_nobody_else_is_asked(page):
    assert Client().get(page)["Location"].startswith("/admin/login/?next=")
    assert Client().post(page, NEW)["Location"].startswith("/admin/login/?next=")


def test_with_the_switch_nothing_is_asked(page, settings):
    settings.ADMIN_WITHOUT_MFA = True
    an_operator()
    browser = Client()
    enter_password(browser)

    assert browser.get(page).status_code == 200
