"""Refund, capture and cancel from the console: once, with a reason, and recorded."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from payments.models import Charge, Refund
from tests import factories
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller

pytestmark = pytest.mark.django_db


@pytest.fixture
def split():
    platform = a_platform()
    seller = a_seller(platform)
    a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
        payment_method="pm_card_bypassPending",
    )
    return platform, seller, Charge.objects.get()


def form_of(client: Client, charge: Charge, **fields: str) -> dict[str, str]:
    """Preview a refund, and return the form under the preview."""
    page = client.get(reverse("admin:payments_preview", args=[charge.id]), {"amount": ""} | fields)
    token = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert token
    return {"amount": "", "reason": "The cup broke"} | fields | {"token": token[1]}


def send(client: Client, charge: Charge, form: dict[str, str]) -> str:
    address = reverse("admin:payments_refund_now", args=[charge.id])
    return client.post(address, form, follow=True).content.decode()


def test_a_previewed_refund_is_made_and_recorded_with_its_reason(operator, split):
    platform, seller, charge = split
    form = form_of(operator, charge, amount="40.00", reverse="1", fee="1")

    shown = send(operator, charge, form)

    assert "40.00 USD was refunded" in shown
    assert (total(platform), total(seller)) == (2_80, 54_00)
    recorded = AuditEvent.objects.get(action="refund.created")
    assert recorded.target_id == Refund.objects.get().id
    assert (recorded.reason, recorded.actor_email) == ("The cup broke", "operator@example.com")
    assert_books_balance()


def test_a_form_that_is_sent_twice_refunds_once(operator, split):
    platform, seller, charge = split
    form = form_of(operator, charge, amount="40.00", reverse="1")

    send(operator, charge, form)
    again = send(operator, charge, form)

    assert "40.00 USD was refunded" in again
    assert Refund.objects.count() == 1
    assert (total(platform), total(seller)) == (6_80, 50_00)
    assert AuditEvent.objects.filter(action="refund.created").count() == 1
    assert_books_balance()


def test_the_form_of_a_second_tab_is_refused_once_the_first_one_refunded(operator, split):
    platform, seller, charge = split
    first, second = (form_of(operator, charge, amount="40.00") for _ in range(2))

    send(operator, charge, first)
    shown = send(operator, charge, second)

    assert "40.00 USD of" in shown
    assert "Look at what a refund would do now" in shown
    assert Refund.objects.count() == 1
    assert (total(platform), total(seller)) == (-33_20, 90_00)
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_one_moment_refund_once(split):
    charge = split[2]
    user = factories.an_operator()

    def logged_in() -> Client:
        client = Client()
        client.force_login(user)
        return client

    form = form_of(logged_in(), charge, amount="40.00")
    clients = [logged_in() for _ in range(2)]

    def click(client: Client) -> str:
        try:
            return send(client, charge, form)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        shown = list(pool.map(click, clients))

    assert ["40.00" in one for one in shown] == [True, True]
    assert Refund.objects.count() == 1
    charge.refresh_from_db()
    assert charge.amount_refunded == 40_00
    assert_books_balance()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"reason": " "}, "Say why"),
        ({"amount": "1000"}, "greater than unrefunded"),
        ({"amount": "x"}, "“x”"),
        ({"token": "x"}, "not of this payment"),
    ],
)
def test_what_is_wrong_is_told_with_the_form_kept_and_nothing_moves(
    operator, split, change, problem
):
    platform, seller, charge = split
    form = form_of(operator, charge, amount="40.00") | change

    shown = send(operator, charge, form)

    assert problem in shown
    assert 'role="alert"' in shown
    assert Refund.objects.count() == 0
    assert (total(platform), total(seller)) == (6_80, 90_00)


def test_a_refund_without_an_answer_is_called_so(operator):
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    charge = Charge.objects.get()

    shown = send(operator, charge, form_of(operator, charge, amount="10.00"))

    assert "has not said the last word" in shown
    assert "do not refund it a second time" in shown
    assert_books_balance()


def test_support_refunds_up_to_its_limit(split, settings):
    settings.SUPPORT_REFUNDS_UP_TO = {"usd": 50}
    charge = split[2]
    client = Client()
    client.force_login(factories.an_operator("help@example.com", role="support"))

    refused = send(client, charge, form_of(client, charge, amount="60.00"))
    made = send(client, charge, form_of(client, charge, amount="50.00"))

    assert "Your role does this up to 50.00 USD of a payment" in refused
    assert "nobody else here may" in refused
    assert "50.00 USD was refunded" in made
    assert_books_balance()


def test_whoever_may_not_refund_cannot(split):
    client = Client()
    client.force_login(factories.an_operator("books@example.com", role="auditor"))
    address = reverse("admin:payments_refund_now", args=[split[2].id])

    assert client.post(address, {}).status_code == 403
    assert client.get(address).status_code == 405
    assert Refund.objects.count() == 0


def act(client: Client, verb: str, intent_id: str) -> Callable[..., str]:
    address = reverse(f"admin:payments_{verb}", args=[intent_id])

    def send_form(**fields: str) -> str:
        return client.post(address, {"reason": "They asked"} | fields, follow=True).content.decode()

    return send_form


def test_an_authorization_is_captured_in_part_once(operator):
    platform = a_platform()
    intent = a_paid_intent(
        platform, capture_method="manual", payment_method="pm_card_bypassPending"
    )
    capture = act(operator, "capture", intent.id)

    too_much = capture(amount="100.01")
    first = capture(amount="60.00")
    second = capture(amount="60.00")

    assert 'role="alert"' in too_much
    assert "60.00 USD is captured." in first
    assert "60.00 USD is captured." in second
    intent.refresh_from_db()
    assert (intent.status, intent.amount_received) == ("succeeded", 60_00)
    assert total(platform) == 60_00 - 2_04
    recorded = AuditEvent.objects.get(action="payment_intent.captured")
    assert (recorded.target_id, recorded.reason) == (intent.id, "They asked")
    assert_books_balance()


def test_an_authorization_is_canceled_with_a_reason(operator):
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")
    cancel = act(operator, "cancel", intent.id)

    without = cancel(reason="")
    shown = cancel(code="duplicate")
    again = cancel(code="duplicate")

    assert "Say why" in without
    assert "It is canceled" in shown
    assert "It is canceled" in again
    intent.refresh_from_db()
    assert (intent.status, intent.cancellation_reason) == ("canceled", "duplicate")
    assert AuditEvent.objects.get(action="payment_intent.canceled").target_id == intent.id
    assert total(platform) == 0
    assert_books_balance()


def test_what_is_paid_cannot_be_canceled_and_that_is_told(operator):
    intent = a_paid_intent(a_platform())

    shown = act(operator, "cancel", intent.id)()

    assert 'role="alert"' in shown
    assert not AuditEvent.objects.filter(action="payment_intent.canceled").exists()
