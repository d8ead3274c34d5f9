"""The operators' page on which a platform is opened."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEvent
from tests import factories
from tests.tenancy.asking import ask

pytestmark = pytest.mark.django_db
PAGE = "admin:connect_open_platform"
FORM = {"name": "A Market", "email": "ann@example.com", "country": "JP", "currency": ""}


def test_a_platform_is_opened_and_its_keys_are_shown_once(operator):
    page = operator.post(reverse(PAGE), FORM)

    opened = page.context["opened"]
    assert opened.secret_key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert opened.account.default_currency == "jpy"
    assert ask(opened.secret_key, "GET", "balance").status_code == 200
    assert AuditEvent.objects.get(target_id=opened.account.id).action == "platform.opened"
    assert opened.secret_key not in operator.get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("email", "ann", "valid email"), ("name", "", "required"), ("country", "ZZ", "ZZ"),
        ("currency", "xyz", "no currency"), ("country", "AQ", "Say which currency"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_platform_is_stated_at_its_field(operator, field, value, complaint):
    page = operator.post(reverse(PAGE), FORM | {field: value}).content.decode()

    assert complaint in page
    assert not Account.objects.exists()


def test_whoever_may_only_look_opens_none():
    clerk = Client()
    clerk.force_login(factories.an_operator(role=""))

    assert clerk.get(reverse(PAGE)).status_code == 403
    assert clerk.post(reverse(PAGE), FORM).status_code == 403
    assert not Account.objects.exists()
