"""The sidebar lists what somebody may open, and nothing else."""

import pytest
from django.test import Client, RequestFactory

from accounts.models import Membership
from console.sidebar import navigation
from core.security.role_words import Role
from tests.factories import a_platform, an_operator

pytestmark = pytest.mark.django_db


def entries(person):
    request = RequestFactory().get("/admin/")
    request.user = person
    return {item["title"]: item["link"] for group in navigation(request) for item in group["items"]}


@pytest.mark.parametrize("role", Role.values)
def test_every_entry_opens(role):
    person, client = an_operator(role=role), Client()
    client.force_login(person)

    links = entries(person).values()

    assert links
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_a_role_sees_its_rooms():
    support = an_operator("s@example.com", role="support")
    developer = an_operator("d@example.com", role="developer")

    assert {"Charges", "Refunds", "Customers"} <= set(entries(support))
    assert not {"Bank files", "Payouts", "API keys", "People", "Seals"} & set(entries(support))
    assert {"API keys", "Request log", "Endpoints"} <= set(entries(developer))
    assert not {"Charges", "Payouts", "Bank files", "People"} & set(entries(developer))


def test_members_have_no_pages_of_the_whole():
    member = an_operator(role="")
    Membership.objects.create(user=member, account_id=a_platform().account_id, role="owner")

    seen = set(entries(member))

    assert {"Charges", "Payouts", "API keys", "Accounts"} <= seen
    assert not {"Bank files", "Journal entries", "Seals", "People", "Cash at locations"} & seen
    assert entries(an_operator("n@example.com", role="")) == {}
