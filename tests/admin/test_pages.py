"""What operators see, and what they cannot do."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.encoding import force_str

from accounts.models import ApiKey, ApprovalRule, Membership, OAuthApplication, User
from connect.models import (
    ExchangeRate,
    LocationCash,
    PayoutPrice,
)
from ledger.models import LedgerAccount
from payments.models import FeeSchedule
from payments.refunds.services import refunds
from processors.models import ProcessorAccount
from tests import factories
from tests.factories import a_paid_intent, a_platform, now
from webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db

CHANGED_BY_HAND = {ApprovalRule, User, Membership}
# Made and changed by hand, and never deleted.
SET_BY_HAND = {
    ApiKey,
    Endpoint,
    ExchangeRate,
    FeeSchedule,
    LocationCash,
    OAuthApplication,
    PayoutPrice,
    ProcessorAccount,
}
# Their pages take forms of their own.
HAVE_BUTTONS = {
    "accounts.Account", "accounts.ApiKey", "accounts.SecurityAlarm", "webhooks.Endpoint",
}  # fmt: skip
PAGES = sorted(admin.site._registry, key=lambda model: model._meta.label)


def path(model, page: str, *args: str) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[quote(arg) for arg in args])


def test_operators_log_in_with_their_address():
    factories.an_operator()
    client = Client()

    answer = client.post(
        "/admin/login/?next=/admin/", {"username": "operator@example.com", "password": "secret"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_a_search_finds_a_row_by_its_whole_id(operator, business):
    lost = []
    for model in [one for one in PAGES if one is not Membership]:
        # A list shows the rows of the session's mode.
        row = next(one for one in model._default_manager.all() if not getattr(one, "livemode", 0))
        query = row.email if model is User else row.pk
        answer = operator.get(path(model, "changelist"), {"q": str(query)})
        if path(model, "change", row.pk) not in force_str(answer.content):
            lost.append(model._meta.label)

    assert lost == []


def test_money_and_history_can_only_be_looked_at(operator, business):
    changed = []
    for model in [one for one in PAGES if one not in CHANGED_BY_HAND | SET_BY_HAND]:
        page, label = path(model, "change", model._default_manager.first().pk), model._meta.label
        statuses = [
            operator.get(path(model, "add")).status_code,
            operator.post(page.replace("/change/", "/delete/"), {"post": "yes"}).status_code,
        ]
        if label not in HAVE_BUTTONS:
            statuses.append(operator.post(page, {}).status_code)
        if set(statuses) - {403, 405}:
            changed.append(f"{label}: {statuses}")

    assert changed == []


def test_an_operator_sets_what_an_account_pays_and_nothing_else(operator, business):
    from accounts.models import Account

    account = Account.objects.filter(opened_by=None).first()
    changed = {
        "name": "New name",
        "fee_bps": "100",
        "fee_fixed_amount": "0",
        "settlement_delay_days": "1",
        "charges_enabled": "",
        "default_currency": "eur",
    }

    answer = operator.post(path(Account, "change", account.id), changed)

    assert answer.status_code == 302
    account.refresh_from_db()
    assert (account.name, account.fee_bps, account.fee_fixed_amount) == ("New name", 100, 0)
    assert (account.charges_enabled, account.default_currency) == (True, "usd")


def test_a_delivery_shows_its_headers_and_can_be_sent_again(operator, business):
    delivery = Delivery.objects.get()
    sent, answered = {"webhook-id": "evt_1"}, {"retry-after": "30"}
    Attempt.objects.update(request_headers=sent, response_headers=answered)

    page = operator.get(path(Delivery, "change", delivery.id))
    for line in ("webhook-id: evt_1", "retry-after: 30"):
        assert f"<div>{line}</div>" in force_str(page.content)
    (button,) = set(re.findall(r'action="([^"]*/resend/)"', force_str(page.content)))
    assert operator.get(button).status_code == 405, "whoever follows a link changes nothing"
    answer = operator.post(button, follow=True)

    assert "It is being sent again." in force_str(answer.content)
    delivery.refresh_from_db()
    assert delivery.status == "pending"
    assert delivery.next_attempt_at is not None


@pytest.mark.parametrize("state", [{"is_enabled": False}, {"deleted_at": now()}])
def test_a_disabled_endpoint_is_sent_nothing_again(operator, business, state):
    Endpoint.objects.update(**state)
    delivery = Delivery.objects.get()

    page = operator.get(path(Delivery, "change", delivery.id))
    answer = operator.post(f"/admin/webhooks/delivery/{delivery.id}/resend/", follow=True)

    assert "/resend/" not in force_str(page.content)
    (told,) = answer.context["messages"]
    assert told.level_tag == "error"
    assert delivery.endpoint_id in told.message
    delivery.refresh_from_db()
    assert (delivery.status, delivery.next_attempt_at) == ("exhausted", None)


def test_who_may_only_look_has_no_button_and_sends_nothing(business):
    client, delivery = Client(), Delivery.objects.get()
    person = factories.an_operator("staff@example.com", role="auditor")
    client.force_login(person)

    page = client.get(path(Delivery, "change", delivery.id))
    answer = client.post(f"/admin/webhooks/delivery/{delivery.id}/resend/")

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "/resend/" not in force_str(page.content)


def test_no_secret_is_shown(operator, business):
    intent_page = operator.get("/admin/payments/paymentintent/", follow=True)
    key = ApiKey.objects.first()

    assert "_secret_" not in force_str(intent_page.content)
    assert key.hint in force_str(operator.get(path(ApiKey, "change", key.id)).content)


def test_strangers_see_the_login_only():
    for model in PAGES:
        assert Client().get(path(model, "changelist")).status_code == 302


def test_a_page_runs_our_programs_alone_and_stands_in_no_frame(operator):
    policy = operator.get("/admin/")["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; script-src 'self' 'unsafe-eval'; ")
    assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")


def test_what_is_on_its_way_is_listed_or_stated_to_be_nothing(operator, business):
    empty = operator.get("/admin/ledger/ledgeraccount/clearing/").content.decode()
    assert "Nothing is on its way" in empty

    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refunds.create(tenant=platform, intent_id=intent.id, amount=1_00, at=now())

    page = operator.get("/admin/ledger/ledgeraccount/clearing/").content.decode()
    assert intent.id in page
    assert "1.00" in page


def test_a_balance_is_proved_line_by_line(operator, business):
    account = LedgerAccount.objects.filter(code="available").first()
    page = operator.get(path(LedgerAccount, "change", str(account.id))).content.decode()
    assert f"/admin/ledger/ledgeraccount/{account.id}/proof/" in page

    with CaptureQueriesContext(connection) as captured:
        proof = operator.get(f"/admin/ledger/ledgeraccount/{account.id}/proof/")
    assert len(captured) <= 6
    shown = proof.content.decode()
    assert "All lines add up to" in shown
    assert "charge_captured" in shown

    then = operator.get(
        f"/admin/ledger/ledgeraccount/{account.id}/proof/", {"at": "2020-01-01T00:00"}
    )
    assert "Nothing had been posted by 2020-01-01T00:00 UTC." in then.content.decode()
    assert operator.get("/admin/ledger/ledgeraccount/999999/proof/").status_code == 404


def test_strangers_see_neither(client):
    for page in ("clearing/", "1/proof/"):
        assert client.get(f"/admin/ledger/ledgeraccount/{page}").status_code == 302
