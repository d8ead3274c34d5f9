"""Operators invite operators; nobody else makes any."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from accounts.models import AuditEvent, Invitation, RoleChange, Session, User
from accounts.people import invitations
from core.errors import Missing
from tests.factories import an_operator, as_owner
from tests.people.proving import enter_password, logged_in, with_application

pytestmark = pytest.mark.django_db
PAGE = "/admin/invitations/"
CHOSEN = {"name": "Bo", "password": "tall-green-tree", "again": "tall-green-tree"}


@pytest.fixture
def owner():
    return an_operator()


@pytest.fixture
def browser(owner):
    browser = Client()
    enter_password(browser)
    return browser


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def invited(browser, email="bo@example.com", role="support") -> str:
    """Invite somebody, and return the path of the link in the mail."""
    page = browser.post(PAGE, {"email": email, "role": role})
    assert page.status_code == 200, page.content.decode()
    found = re.search(r"http://[^/]+(/admin/invitation/\S+/)", mail.outbox[-1].body)
    assert found
    assert found[1] in page.content.decode()
    return found[1]


def test_whoever_is_invited_chooses_a_password_and_is_an_operator(browser, owner):
    link = invited(browser, "Bo@Example.com")
    guest = Client()
    assert "bo@example.com" in guest.get(link).content.decode()

    answer = guest.post(link, CHOSEN)

    assert answer["Location"] == "/admin/"
    assert guest.get("/admin/").status_code == 200
    bo = User.objects.get(email="bo@example.com")
    assert (bo.name, bo.is_staff, bo.is_superuser, bo.operator_role) == (
        "Bo",
        True,
        False,
        "support",
    )
    change = RoleChange.objects.get(user_id=bo.pk)
    assert (change.became, change.by_id) == ("support", owner.pk)
    told = list(AuditEvent.objects.order_by("pk").values_list("actor_id", "action"))
    assert told == [(owner.pk, "invitation.made"), (bo.pk, "invitation.accepted")]
    assert mail.outbox[0].to == ["bo@example.com"]


def test_a_second_factor_comes_next(browser, settings):
    link = invited(browser)
    settings.ADMIN_WITHOUT_MFA = False
    guest = Client()

    guest.post(link, CHOSEN)

    assert guest.get("/admin/")["Location"].startswith("/admin/factors/add/")


def test_a_link_works_once(browser):
    link = invited(browser)
    Client().post(link, CHOSEN)

    assert Client().get(link).status_code == 404
    assert Client().post(link, CHOSEN | {"password": "x" * 9, "again": "x" * 9}).status_code == 404
    assert User.objects.get(email="bo@example.com").check_password("tall-green-tree")


def test_a_link_is_in_no_table(browser):
    token = invited(browser).split("/")[-2]

    for table in ("accounts_invitation", "accounts_letter", "django_admin_log", "accounts_session"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{token}%"])
            assert cursor.fetchone() == (0,)


def test_a_link_ends_after_three_days(browser):
    link = invited(browser)
    row = Invitation.objects.get()
    assert row.expires_at - row.created_at == timedelta(days=3)

    as_owner("UPDATE accounts_invitation SET expires_at = now()")

    assert Client().get(link).status_code == 404
    assert Client().post(link, CHOSEN).status_code == 404
    with pytest.raises(Missing):
        invitations.accept(token=link.split("/")[-2], name="Bo", password="tall-green-tree")
    assert not User.objects.filter(email="bo@example.com").exists()


def test_a_link_ends_when_it_is_withdrawn_or_another_is_sent(browser):
    first = invited(browser)
    second = invited(browser)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200

    browser.post(PAGE, {"withdraw": Invitation.objects.get(withdrawn_at=None).pk})

    assert Client().get(second).status_code == 404
    assert Client().post(second, CHOSEN).status_code == 404


def test_a_link_ends_with_the_right_of_whoever_sent_it(browser, owner):
    link = invited(browser)
    as_owner(f"UPDATE accounts_user SET is_active = false WHERE id = '{owner.pk}'")

    assert Client().get(link).status_code == 404
    assert Client().post(link, CHOSEN).status_code == 404


@pytest.mark.parametrize(
    "chosen", [{"again": "other"}, {"password": "short", "again": "short"}, {"name": ""}]
)
def test_a_weak_choice_is_refused_and_the_link_stays(browser, chosen):
    link = invited(browser)

    assert Client().post(link, CHOSEN | chosen).status_code == 400
    assert Client().get(link).status_code == 200


def test_an_operator_is_not_invited_again(browser, owner):
    page = browser.post(PAGE, {"email": owner.email, "role": "support"})

    assert "An operator has this address already." in page.content.decode()
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_a_member_of_an_account_becomes_an_operator_and_is_logged_out(browser):
    ann = User.objects.create_user("ann@example.com", "secret")
    member = Client()
    member.post("/login/", {"username": "ann@example.com", "password": "secret"})
    link = invited(browser, "ann@example.com")

    Client().post(link, CHOSEN)

    ann.refresh_from_db()
    assert ann.is_staff
    assert ann.check_password("tall-green-tree")
    assert member.get("/oauth/shared").status_code == 302
    assert Session.objects.filter(user=ann).count() == 1


@pytest.mark.parametrize("role", ["", "king", "member"])
def test_a_role_that_there_is_not_is_refused(browser, role):
    page = browser.post(PAGE, {"email": "bo@example.com", "role": role})

    assert page.status_code == 200
    assert not Invitation.objects.exists()


def test_only_owners_invite():
    an_operator("clerk@example.com", role="admin")
    clerk = Client()
    enter_password(clerk, "clerk@example.com")

    assert clerk.get(PAGE).status_code == 403
    assert clerk.post(PAGE, {"email": "bo@example.com", "role": "owner"}).status_code == 403
    assert not Invitation.objects.exists()


def test_an_invitation_needs_a_proof_of_the_last_minutes(owner, settings):
    settings.ADMIN_WITHOUT_MFA = False
    with_application(owner)
    with time_machine.travel("2026-11-29T12:00:00Z", tick=False) as clock:
        browser = logged_in()
        clock.shift(301)
        page = browser.post(PAGE, {"email": "bo@example.com", "role": "owner"})

    assert "Confirm that it is you" in page.content.decode()
    assert not Invitation.objects.exists()


REFUSED = {
    "write an invitation": (
        "INSERT INTO accounts_invitation (id, email, role, digest, invited_by_id, created_at, "
        "expires_at) SELECT 'inv_1', 'e@example.com', 'owner', 'd', id, now(), now() "
        "FROM accounts_user"
    ),
    "prolong one": "UPDATE accounts_invitation SET expires_at = 'infinity'",
    "take one out": "DELETE FROM accounts_invitation",
    "invite as nobody": "SELECT accounts_invite('inv_1', 'e@example.com', 'owner', 'd', 'u', 60)",
    "invite as somebody who may not": (
        "SELECT accounts_invite('inv_1', 'e@example.com', 'owner', 'd', id, 60) FROM accounts_user "
        "WHERE email = 'clerk@example.com'"
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_application_may_not(what, owner):
    an_operator("clerk@example.com", role="admin")

    with pytest.raises(ProgrammingError) as refused, transaction.atomic():
        connection.cursor().execute(REFUSED[what])

    assert refused.value.__cause__.sqlstate == "42501"


def test_an_invitation_lasts_a_week_at_most_whatever_is_asked_for(owner):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT accounts_invite('inv_1', 'e@example.com', 'owner', 'd', %s, 999999999)",
            [owner.pk],
        )

    row = Invitation.objects.get()
    assert row.expires_at - row.created_at == timedelta(days=7)
