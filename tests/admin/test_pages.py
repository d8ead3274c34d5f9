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

from accounts.models import ApiKey, Membership, User
from api.models import RequestLog
from core.ids import new_id
from payments.services import customers, refunds
from tests.factories import a_key, a_paid_intent, a_platform, a_seller, now
from webhooks.models import Attempt, Delivery, Event
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db

CHANGED_BY_HAND = {User, Membership}
PAGES = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator@example.com", "secret"))
    return client


@pytest.fixture
def business() -> None:
    """At least one row for every page."""
    platform = a_platform()
    seller = a_seller(platform)
    endpoint, _ = endpoints.create(
        tenant=platform, url="http://127.0.0.1:9/", enabled_events=["*"], at=now()
    )
    a_key(platform)
    customers.create(tenant=platform, at=now())
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )  # fmt: skip
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=10_00, reverse_transfer=True,
        refund_application_fee=True, at=now(),
    )  # fmt: skip
    delivery = Delivery.objects.create(
        id=new_id("dlv"), account_id=platform.account_id, livemode=False, body="{}",
        event=Event.objects.first(), endpoint=endpoint, status="exhausted", created_at=now(),
    )  # fmt: skip
    Attempt.objects.create(delivery=delivery, number=1, latency_ms=1, created_at=now())
    RequestLog.objects.create(
        id=new_id("req"), method="GET", path="/v1/balance", status_code=200, duration_ms=1,
        created_at=now(),
    )  # fmt: skip
    person = User.objects.create_user("person@example.com")
    Membership.objects.create(user=person, account_id=platform.account_id, role="owner")


def path(model, page: str, *args: str) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[quote(arg) for arg in args])


def test_operators_log_in_with_their_address():
    User.objects.create_superuser("operator@example.com", "secret")
    client = Client()

    answer = client.post(
        "/admin/login/?next=/admin/", {"username": "operator@example.com", "password": "secret"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("model", PAGES, ids=lambda m: m._meta.label)
def test_every_list_and_page_opens_with_few_queries_and_no_full_count(model, operator, business):
    row = model._default_manager.first()
    assert row is not None

    with CaptureQueriesContext(connection) as captured:
        listed = operator.get(path(model, "changelist"))
    assert listed.status_code == 200
    assert len(captured) <= 8
    if model not in CHANGED_BY_HAND:
        assert not [q for q in captured.captured_queries if "COUNT(" in q["sql"]]

    assert operator.get(path(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", PAGES, ids=lambda m: m._meta.label)
def test_a_search_finds_a_row_by_its_whole_id(model, operator, business):
    row = model._default_manager.first()
    said = row.email if model is User else row.pk

    answer = operator.get(path(model, "changelist"), {"q": str(said)})

    if model is not Membership:
        assert path(model, "change", row.pk) in force_str(answer.content)


@pytest.mark.parametrize(
    "model", [m for m in PAGES if m not in CHANGED_BY_HAND], ids=lambda m: m._meta.label
)
def test_money_and_history_can_only_be_looked_at(model, operator, business):
    row = model._default_manager.first()

    assert operator.get(path(model, "add")).status_code == 403
    assert operator.post(path(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    if model._meta.label not in ("accounts.Account", "accounts.ApiKey"):
        assert operator.post(path(model, "change", row.pk), {}).status_code == 403


def test_an_operator_sets_what_an_account_pays_and_nothing_else(operator, business):
    from accounts.models import Account

    account = Account.objects.filter(opened_by=None).first()
    changed = {
        "name": "New name", "fee_bps": "100", "fee_fixed_amount": "0",
        "settlement_delay_days": "1", "charges_enabled": "", "default_currency": "eur",
    }  # fmt: skip

    answer = operator.post(path(Account, "change", account.id), changed)

    assert answer.status_code == 302
    account.refresh_from_db()
    assert (account.name, account.fee_bps, account.fee_fixed_amount) == ("New name", 100, 0)
    assert (account.charges_enabled, account.default_currency) == (True, "usd")


def test_a_delivery_can_be_sent_again(operator, business):
    delivery = Delivery.objects.get()

    page = operator.get(path(Delivery, "change", delivery.id))
    (button,) = set(re.findall(r'href="([^"]*/resend/)"', force_str(page.content)))
    answer = operator.get(button, follow=True)

    assert "It is being sent again." in force_str(answer.content)
    delivery.refresh_from_db()
    assert delivery.status == "pending"
    assert delivery.next_attempt_at is not None


def test_no_secret_is_shown(operator, business):
    intent_page = operator.get("/admin/payments/paymentintent/", follow=True)
    key = ApiKey.objects.first()

    assert "_secret_" not in force_str(intent_page.content)
    assert key.hint in force_str(operator.get(path(ApiKey, "change", key.id)).content)


def test_strangers_see_the_login_only():
    for model in PAGES:
        assert Client().get(path(model, "changelist")).status_code == 302
