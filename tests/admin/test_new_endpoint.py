"""An endpoint is added by hand: once, for whom one may, and its secret is shown once."""

import re

import pytest
from django.test import Client

from accounts.models import AuditEvent, Membership
from tests.factories import a_platform, a_seller, an_operator, now
from webhooks.models import Endpoint
from webhooks.services import signing_secrets

pytestmark = pytest.mark.django_db
ADD = "/admin/webhooks/endpoint/add/"
SECRET = re.compile(r"whsec_[\w+/]+")


def a_form(client, account_id, **fields):
    token = client.get(ADD).context["token"]
    wanted = {"account": account_id, "url": "https://example.com/hooks", "events": ["payout.paid"]}
    return {"token": token, "reason": "They asked"} | wanted | fields


def test_an_endpoint_is_added_once_and_its_secret_shown_once(operator):
    form = a_form(operator, a_platform().account_id, connect="1", description="Till")

    made = operator.post(ADD, form)
    again = operator.post(ADD, form)

    row = Endpoint.objects.get()
    [shown] = SECRET.findall(made.content.decode())
    assert signing_secrets.in_use(row, at=now()) == [shown]
    assert (row.url, row.enabled_events, row.is_connect, row.description) == (
        "https://example.com/hooks",
        ["payout.paid"],
        True,
        "Till",
    )
    assert "This form was sent before" in again.content.decode()
    assert shown not in again.content.decode()
    recorded = AuditEvent.objects.get(action="endpoint.created")
    assert (recorded.target_id, recorded.reason) == (row.id, "They asked")
    assert shown not in str(recorded.changes)


WRONG = (
    ({"reason": ""}, "Say why"),
    ({"account": "acct_nobody"}, "no such account"),
    ({"url": "ftp://example.com/"}, "Invalid URL"),
    ({"events": []}, "Name at least one event type"),
    ({"token": "x"}, "not of this page"),
)


def test_what_is_wrong_is_told_and_the_form_is_kept(operator):
    form = a_form(operator, a_platform().account_id, description="T")

    for change, problem in WRONG:
        answer = operator.post(ADD, form | change)

        assert problem in answer.content.decode(), change
        assert 'value="T"' in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_members_add_endpoints_of_their_platform_alone():
    platform = a_platform()
    person = an_operator("dev@example.com", role="")
    Membership.objects.create(user=person, account_id=platform.account_id, role="developer")
    client = Client()
    client.force_login(person)

    for other in (a_platform(), a_seller(platform)):
        answer = client.post(ADD, a_form(client, other.account_id))
        assert "no such account" in answer.content.decode()
    assert SECRET.search(client.post(ADD, a_form(client, platform.account_id)).content.decode())
