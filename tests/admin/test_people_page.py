"""Owners give roles on the page of a person; who is no owner becomes none there."""

import pytest
from django.test import Client

from accounts.models import RoleChange, User
from core.admin import page_of
from tests.factories import an_operator

pytestmark = pytest.mark.django_db


def log_in(person):
    client = Client()
    client.force_login(person)
    return client


def page(person):
    return page_of("accounts_user", person.pk)


def form(person, **changes):
    return {"email": person.email, "name": "Ann", "is_active": "on"} | changes


def test_an_owner_gives_a_role_and_takes_it(operator):
    person = User.objects.create_user("ann@example.com")

    for role, is_staff in (("finance", True), ("", False)):
        assert operator.post(page(person), form(person, operator_role=role)).status_code == 302
        person.refresh_from_db()
        assert (person.operator_role, person.is_staff, person.name) == (role, is_staff, "Ann")

    owner = User.objects.get(email="operator@example.com")
    changes = RoleChange.objects.filter(user_id=person.pk).order_by("pk")
    assert [(row.became, row.by_id) for row in changes] == [("finance", owner.pk), ("", owner.pk)]


def test_nobody_changes_the_own_role(operator):
    owner = User.objects.get(email="operator@example.com")

    operator.post(page(owner), form(owner, operator_role="auditor"))

    owner.refresh_from_db()
    assert owner.operator_role == "owner"


def test_an_admin_gives_no_role_and_touches_no_owner():
    client = log_in(an_operator("adam@example.com", role="admin"))
    owner, clerk = an_operator("olga@example.com"), an_operator("c@example.com", role="support")

    client.post(page(clerk), form(clerk, operator_role="owner"))
    answers = [
        client.post(page(owner), form(owner, is_active="")),
        client.get(page(owner).replace("/change/", "/password/")),
    ]

    clerk.refresh_from_db()
    owner.refresh_from_db()
    assert (clerk.operator_role, clerk.name) == ("support", "Ann")
    assert (owner.is_active, owner.name) == (True, "")
    assert [answer.status_code for answer in answers] == [403, 403]
