"""Cancel, pay now and pay again from the console: once, with a reason, and recorded."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.models import Account, ApprovalRequest, ApprovalRule, AuditEvent, Letter
from connect.models import ExternalAccount, Payout
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from core.tenant import Tenant
from tests import factories
from tests.books import assert_books_balance, usable
from tests.connect.failing import a_failed_payout, a_new_account
from tests.factories import a_bank_account, a_platform, a_seller_with, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Tenant:
    """A seller with 100.00 and a bank account."""
    found = a_seller_with(
        a_platform(), 100_00, business_profile={"name": "Corner Shop"}, email="shop@example.com"
    )
    a_bank_account(found)
    return found


@pytest.fixture
def waiting(seller) -> Payout:
    return payouts.create(tenant=seller, amount=50_00, currency="usd", at=now())


@pytest.fixture
def failed(settings) -> Payout:
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    return a_failed_payout(a_platform())


def form_of(client: Client, page: str, id: str, **shown: str) -> dict[str, str]:
    """Look at a page, and return its form."""
    html = client.get(reverse(f"admin:{page}", args=[id]), shown).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', html)
    assert token, html
    return {"token": token[1], "reason": "They asked"}


def send(client: Client, page: str, id: str, form: dict[str, str]) -> str:
    answer = client.post(reverse(f"admin:{page}", args=[id]), form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def recorded(action: str) -> AuditEvent:
    return AuditEvent.objects.get(action=action)


def test_a_payout_that_waits_is_canceled_once_with_a_reason(operator, seller, waiting):
    form = form_of(operator, "connect_payout_cancel", waiting.id)

    without = send(operator, "connect_payout_cancel", waiting.id, form | {"reason": " "})
    assert "Say why" in without
    assert usable(seller) == 50_00
    first = send(operator, "connect_payout_cancel", waiting.id, form)
    second = send(operator, "connect_payout_cancel", waiting.id, form)

    assert "50.00 USD is not sent: it is available again." in first
    assert "50.00 USD is not sent: it is available again." in second
    assert usable(seller) == 100_00
    row = recorded("payout.canceled")
    assert (row.target_id, row.reason) == (waiting.id, "They asked")
    assert "They asked" in first
    assert_books_balance()


def test_what_was_sent_cannot_be_canceled_and_that_is_told(operator, seller, waiting):
    form = form_of(operator, "connect_payout_cancel", waiting.id)
    sending.send_due(at=now() + timedelta(hours=1))

    shown = send(operator, "connect_payout_cancel", waiting.id, form)

    assert "This one is in transit" in shown
    assert usable(seller) == 50_00
    assert not AuditEvent.objects.filter(action="payout.canceled").exists()
    assert_books_balance()


def test_a_balance_is_paid_out_now_once_whatever_is_pressed_how_often(operator, seller):
    whole = operator.get(reverse("admin:connect_pay_now", args=[seller.account_id]))
    first, other = (
        form_of(operator, "connect_pay_now", seller.account_id, amount="60.00") for _ in range(2)
    )

    shown = send(operator, "connect_pay_now", seller.account_id, first)
    again = send(operator, "connect_pay_now", seller.account_id, first)
    tab = send(operator, "connect_pay_now", seller.account_id, other)

    assert "100.00 USD of Corner Shop is paid to RIALTO TEST BANK" in whole.content.decode()
    assert "60.00 USD of Corner Shop is paid out" in shown
    assert "60.00 USD of Corner Shop is paid out" in again
    assert "40.00 USD is available now" in tab
    payout = Payout.objects.get()
    assert (payout.amount, usable(seller)) == (60_00, 40_00)
    assert (recorded("payout.created").target_id, recorded("payout.created").reason) == (
        payout.id,
        "They asked",
    )
    assert_books_balance()


@pytest.mark.parametrize(
    ("shown", "problem"),
    [
        ({"amount": "100.01"}, "100.00 USD is available"),
        ({"amount": "x"}, "“x” is no amount"),
        ({"amount": "0"}, "Write an amount up to that"),
    ],
)
def test_an_amount_that_is_not_there_has_no_button(operator, seller, shown, problem):
    page = operator.get(reverse("admin:connect_pay_now", args=[seller.account_id]), shown)

    assert problem in page.content.decode()
    assert 'name="token"' not in page.content.decode()
    assert (Payout.objects.count(), usable(seller)) == (0, 100_00)


def test_a_seller_who_may_not_be_paid_is_not_paid_now(operator, seller):
    form = form_of(operator, "connect_pay_now", seller.account_id)
    Account.objects.filter(id=seller.account_id).update(payouts_enabled=False)

    shown = send(operator, "connect_pay_now", seller.account_id, form)

    assert "payouts disabled" in shown
    assert (Payout.objects.count(), usable(seller)) == (0, 100_00)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_one_moment_pay_once(seller):
    user = factories.an_operator()

    def logged_in() -> Client:
        client = Client()
        client.force_login(user)
        return client

    form = form_of(logged_in(), "connect_pay_now", seller.account_id, amount="60.00")
    clients = [logged_in() for _ in range(2)]

    def click(client: Client) -> str:
        try:
            return send(client, "connect_pay_now", seller.account_id, form)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        shown = list(pool.map(click, clients))

    assert ["is paid out, by this payout" in one for one in shown] == [True, True]
    assert Payout.objects.get().amount == 60_00
    assert usable(seller) == 40_00
    assert_books_balance()


def test_a_failed_payout_is_paid_again_once_to_the_new_account(operator, failed):
    errored = operator.get(reverse("admin:connect_payout_again", args=[failed.id]))
    assert "could not be paid the last time" in errored.content.decode()
    target = a_new_account(failed)
    first, other = (form_of(operator, "connect_payout_again", failed.id) for _ in range(2))

    shown = send(operator, "connect_payout_again", failed.id, first)
    again = send(operator, "connect_payout_again", failed.id, first)
    tab = send(operator, "connect_payout_again", failed.id, other)

    assert "50.00 USD is paid again, by this payout." in shown
    assert "50.00 USD is paid again, by this payout." in again
    assert "was dealt with already" in tab
    made = Payout.objects.exclude(id=failed.id).get()
    assert (made.amount, made.destination_id, made.status) == (50_00, target.id, "pending")
    assert usable(failed.tenant) == 50_00
    failed.refresh_from_db()
    assert failed.resolved_at
    row = recorded("payout.sent_again")
    assert (row.target_id, row.changes) == (failed.id, {"sent_again": [None, made.id]})
    assert_books_balance()


def test_what_was_paid_out_meanwhile_is_not_paid_again(operator, failed):
    a_new_account(failed)
    form = form_of(operator, "connect_payout_again", failed.id)
    ExternalAccount.objects.update(status="new")
    later = payouts.create(tenant=failed.tenant, amount=100_00, currency="usd", at=now())

    shown = send(operator, "connect_payout_again", failed.id, form)

    assert f"was paid out by {later.id} already" in shown
    assert Payout.objects.count() == 2
    assert usable(failed.tenant) == 0
    assert_books_balance()


def test_the_owner_of_a_failed_payout_is_written_to_once_a_day(operator, failed):
    page = reverse("admin:connect_payout_ask", args=[failed.id])
    looked = operator.get(page).content.decode()
    form = {"do": "write", "reason": "It came back twice"}
    without = operator.post(page, form | {"reason": ""}, follow=True).content.decode()

    for _ in range(2):
        shown = operator.post(page, form, follow=True).content.decode()

    assert "shop@example.com" in looked
    assert "Say why" in without
    assert "The owner is written to, at 1 address" in shown
    letter = Letter.objects.get()
    assert "50.00 USD could not be paid to RIALTO TEST BANK ••1116" in letter.body
    told = AuditEvent.objects.filter(action="payout.owner_asked")
    assert {row.reason for row in told} == {"It came back twice"}
    Account.objects.update(email="")
    nobody = operator.post(page, form, follow=True).content.decode()
    assert "nobody can be written to" in nobody


def test_a_rule_sends_a_payout_to_another_person_first(operator, seller):
    ApprovalRule.objects.create(
        action="payout.pay_now", currency="usd", above_amount=50_00, in_test_mode=True
    )
    other = Client()
    other.force_login(factories.an_operator("bob@example.com"))
    form = form_of(operator, "connect_pay_now", seller.account_id, amount="60.00")

    shown = send(operator, "connect_pay_now", seller.account_id, form)

    assert "Somebody else must approve it" in shown
    assert (Payout.objects.count(), usable(seller)) == (0, 100_00)
    waiting = ApprovalRequest.objects.get()
    page = reverse("admin:accounts_approval", args=[waiting.id])
    other.post(page, {"do": "approve", "reason": "Seen it"}, follow=True)
    payout = Payout.objects.get()
    assert (payout.amount, usable(seller)) == (60_00, 40_00)
    row = recorded("payout.created")
    assert (row.actor_email, row.approval_id) == ("bob@example.com", waiting.id)
    assert_books_balance()


def test_whoever_may_not_do_it_cannot(seller, waiting):
    client = Client()
    client.force_login(factories.an_operator("books@example.com", role="auditor"))

    for page in ("connect_payout_cancel", "connect_payout_again", "connect_payout_ask"):
        address = reverse(f"admin:{page}", args=[waiting.id])
        assert client.post(address, {"reason": "x"}).status_code == 403
    address = reverse("admin:connect_pay_now", args=[seller.account_id])
    assert client.post(address, {"reason": "x"}).status_code == 403
    assert usable(seller) == 50_00
