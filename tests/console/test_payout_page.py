"""The page of a payout: where it stands and why, what it pays, in few queries."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Account, Membership
from connect.models import ExternalAccount, Payout
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from core.admin import page_of
from tests import factories
from tests.books import assert_books_balance
from tests.console import reading
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller_with, now
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db


def text_of(client: Client, payout_id: str, query: str = "") -> str:
    return reading.text_of(client, page_of("connect_payout", payout_id) + query)


def a_payout(number: str = "000123456789", amount: int = 50_00, *, times: int = 1) -> Payout:
    """Make a payout of a seller that took money in so many times."""
    platform = a_platform()
    seller = a_seller_with(platform, 100_00, business_profile={"name": "Corner Shop"})
    for _ in range(times - 1):
        a_paid_intent(
            platform,
            amount=1_00,
            payment_method="pm_card_bypassPending",
            transfer_destination=seller.account_id,
        )
    a_bank_account(seller, number)
    endpoints.create(tenant=seller, url="http://127.0.0.1:9/", enabled_events=["*"], at=now())
    return payouts.create(tenant=seller, amount=amount, currency="usd", at=now())


def test_a_payout_that_waits_says_so_and_what_it_pays(operator):
    payout = a_payout()

    shown = text_of(operator, payout.id)

    assert f"50.00 USD Waits Test mode {payout.id}" in shown
    assert "Its money is set aside. It is sent" in shown
    for fact in ("Corner Shop", "RIALTO TEST BANK ••6789", "Arrives", "standard, asked for"):
        assert fact in shown
    assert "Payments from the platform 1 50.00 USD All of it 50.00 USD" in shown
    assert "50.00 USD of 100.00 USD" in shown
    assert "Asked for, its money set aside: 50.00 USD" in shown
    assert "payout.created" in shown
    home = " ".join(operator.get("/admin/").content.decode().split())
    assert "1 payout of 50.00 USD waits to be sent; the first arrives on" in home
    assert "The next run is on" in home
    assert_books_balance()


def test_a_payout_that_failed_says_why_what_to_do_and_where_its_money_went(operator, settings):
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    payout = a_payout("000111111116")
    sending.send_due(at=now() + timedelta(hours=1))
    sending.poll_due(at=now() + timedelta(hours=3))
    payout.refresh_from_db()
    ExternalAccount.objects.update(status="new")
    later = payouts.create(tenant=payout.tenant, amount=60_00, currency="usd", at=now())

    shown = text_of(operator, payout.id)

    assert payout.status == "failed"
    assert "50.00 USD Failed" in shown
    assert "Ask the seller to check routing and account number" in shown
    for moment in (
        "Sent (The bank account details",
        "Failed, its money is available again: 50.00 USD",
    ):
        assert moment in shown, shown
    assert f"Money of it was paid out later by {later.id}" in shown
    assert_books_balance()


def test_a_payout_that_is_held_up_or_canceled_says_so(operator):
    payout = a_payout()
    Account.objects.filter(id=payout.account_id).update(payouts_enabled=False)
    assert "Payouts of this account are disabled" in text_of(operator, payout.id)

    payouts.cancel(tenant=payout.tenant, payout_id=payout.id, at=now())

    shown = text_of(operator, payout.id)
    assert "It was never sent. Its money is available again." in shown
    assert "Canceled, its money is available again: 50.00 USD" in shown


def test_a_payout_page_asks_the_same_at_1_and_at_60_children(operator):
    few, many = a_payout(), a_payout(amount=159_00, times=60)

    first = reading.count(operator, page_of("connect_payout", few.id))

    assert first <= 25, first
    assert reading.count(operator, page_of("connect_payout", many.id)) == first
    shown = text_of(operator, many.id)
    assert "Payments from the platform 60 159.00 USD" in shown
    assert "The next 50" in shown
    page = operator.get(page_of("connect_payout", many.id)).content.decode()
    [last] = re.findall(r"on=(txn_\w+)", page)
    rest = text_of(operator, many.id, f"?kind=payment&on={last}")
    assert len(re.findall(r"Payments from the platform py_", rest)) == 10
    assert "From the first on" in rest
    assert "The next 50" not in rest


def test_what_is_not_there_or_anothers_is_missing(operator):
    payout, other = a_payout(), a_payout()
    platform_id = Account.objects.get(id=payout.account_id).opened_by_id
    person = factories.an_operator("person@example.com", role="")
    Membership.objects.create(user=person, account_id=platform_id, role="finance")
    member, helper = Client(), Client()
    member.force_login(person)
    helper.force_login(factories.an_operator("help@example.com", role="support"))

    def status(client: Client, id: str) -> int:
        return client.get(page_of("connect_payout", id)).status_code

    assert (status(member, payout.id), status(member, other.id)) == (200, 404)
    assert (status(operator, "po_1"), status(helper, payout.id)) == (404, 403)
    assert operator.post(page_of("connect_payout", payout.id)).status_code == 405
    operator.post("/admin/mode/", {"livemode": "true"})
    assert status(operator, payout.id) == 404
