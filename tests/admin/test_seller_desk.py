"""What operators decide about sellers."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEvent
from config.demo import sellers
from connect.models import AccountBlock, Person
from connect.onboarding.services import accounts, verification
from core.tenant import Tenant
from tests import factories
from tests.factories import a_bank_account, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

PAGE = "admin:connect_sellers_to_look_at"


def submit(client: Client, **fields) -> str:
    fields = {"reason": "Their papers"} | fields
    return client.post(reverse(PAGE), fields, follow=True).content.decode()


def test_in_live_mode_an_operator_says_who_somebody_is(operator):
    operator.post("/admin/mode/", {"livemode": "true"})
    platform = Tenant(a_platform().account_id, livemode=True)
    params = sellers.details("Ada's Shop")
    account = accounts.create(tenant=platform, type="custom", at=now(), **params)
    person = Person.objects.get()
    shown = operator.get(reverse(PAGE)).content.decode()
    assert "Verify Ada Shop" in shown
    for typed in ("1902-01-01", "address_full_match, Springfield, IL, 62701"):
        assert f"<dd>{typed}" in shown, "what was typed stands beside the documents"

    page = submit(
        operator, do="refuse", person=person.id, refusal="verification_document_not_readable"
    )
    assert "Ada Shop is not verified." in page
    assert "Nobody waits to be verified." in page
    accounts.update(
        tenant=platform,
        account_id=account.id,
        at=now(),
        individual={"address": {"line1": "2 Main Street"}},
    )
    page = submit(operator, do="verify", person=person.id)

    assert "Ada Shop is verified." in page
    account.refresh_from_db()
    assert account.charges_enabled is True
    assert "no longer" not in submit(operator, do="verify", person=person.id)


def test_an_operator_stops_payouts_and_lets_them_go_on(operator):
    seller = a_seller(a_platform())
    a_bank_account(seller)

    page = submit(
        operator,
        do="payouts",
        account=seller.account_id,
        livemode="false",
        message="Odd orders",
        release="by_hand",
    )
    block = AccountBlock.objects.get()
    assert "Odd orders (operator: operator@example.com)" in page
    assert Account.objects.get(id=seller.account_id).payouts_enabled is False
    shown = operator.get(
        reverse("admin:accounts_account_change", args=[seller.account_id.replace("_", "_5F")])
    ).content.decode()
    assert "Odd orders" in shown
    assert "Say why" in submit(operator, do="release", block=block.id, reason=" ")
    page = submit(operator, do="release", block=block.id)

    assert AuditEvent.objects.get(action="block.released").reason == "Their papers"
    assert "Nobody is stopped." in page
    assert Account.objects.get(id=seller.account_id).payouts_enabled is True


def test_an_operator_stops_charges_until_a_day(operator):
    seller = a_seller(a_platform())
    a_bank_account(seller)
    stop = {"do": "charges", "account": seller.account_id, "livemode": "false", "message": "Odd"}

    assert "Say on which day" in submit(operator, **stop, release="on_date", releases_on="")
    assert "Say on which day" in submit(
        operator, **stop, release="on_date", releases_on="2030-02-30"
    )
    assert "a day to come" in submit(operator, **stop, release="on_date", releases_on="2020-02-02")
    assert "Say how it ends" in submit(operator, **stop, release="whenever")
    assert not AccountBlock.objects.exists()
    page = submit(operator, **stop, release="on_date", releases_on="2199-12-31")

    assert "until 2199-12-31 00:00 UTC" in page
    assert Account.objects.get(id=seller.account_id).charges_enabled is False
    verification.reevaluate(
        seller.account_id, livemode=False, at=datetime(2199, 12, 31, tzinfo=UTC)
    )
    assert Account.objects.get(id=seller.account_id).charges_enabled is True


def test_whoever_may_only_look_changes_nothing(operator):
    client = Client()
    client.force_login(factories.an_operator("clerk@example.com", role=""))

    assert client.get(reverse(PAGE)).status_code == 403
    assert client.post(reverse(PAGE), {"do": "payouts"}).status_code == 403
