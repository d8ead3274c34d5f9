"""Refunds that another person must approve: by a rule, or since the role's limit is lower."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.approvals import requests
from accounts.models import ApprovalRequest, ApprovalRule, AuditEvent, Membership
from core.errors import Forbidden, InvalidRequest
from payments.models import Charge, Refund
from tests import factories
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller, now

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


@pytest.fixture
def rule():
    return ApprovalRule.objects.create(
        action="refund.create", currency="usd", above_amount=30_00, in_test_mode=True
    )


def logged_in(email: str, role: str = "operator") -> Client:
    client = Client()
    client.force_login(factories.an_operator(email, role=role))
    return client


def ask(client: Client, charge: Charge, amount: str, **more: str) -> str:
    """Preview a refund, and send the form under the preview."""
    values = {"amount": amount} | more
    page = client.get(reverse("admin:payments_preview", args=[charge.id]), values).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    form = values | {"token": token[1], "reason": "The cup broke"}
    address = reverse("admin:payments_refund_now", args=[charge.id])
    return page + client.post(address, form, follow=True).content.decode()


def decide(client: Client, row: ApprovalRequest, do: str = "approve") -> str:
    page = reverse("admin:accounts_approval", args=[row.id])
    return client.post(page, {"do": do, "reason": "Seen it"}, follow=True).content.decode()


def test_a_refund_above_the_rule_is_made_once_another_person_approves(operator, split, rule):
    platform, seller, charge = split
    other = logged_in("bob@example.com")

    below = ask(operator, charge, "10.00", reverse="1")
    asked = ask(operator, charge, "40.00", reverse="1", fee="1")
    again = ask(operator, charge, "40.00", reverse="1", fee="1")

    assert "10.00 USD was refunded" in below
    assert "Ask for approval to refund 40.00 USD" in asked
    assert "A rule asks that somebody else approves it." in asked
    assert "Somebody else must approve it: it waits on Approvals." in asked
    assert "The same waits for approval already." in again
    assert Refund.objects.count() == 1
    row = ApprovalRequest.objects.get()
    assert (row.amount, row.limited_amount, row.account_id) == (40_00, 50_00, platform.account_id)
    assert "It is approved, and done." in decide(other, row)
    decide(other, row)

    made = Refund.objects.exclude(amount=10_00).get()
    assert (made.amount, made.id) == (40_00, row.id.replace("appr_", "re_"))
    # Of 100.00 the seller had 90.00 and gave 9.00 and 36.00 back; of the fee 4.00 went to it.
    assert total(seller) == 90_00 - 10_00 - 36_00
    told = AuditEvent.objects.get(action="refund.created", target_id=made.id)
    assert (told.actor_email, told.approval_id) == ("bob@example.com", row.id)
    assert told.reason == "The cup broke"
    assert_books_balance()


def test_what_was_refunded_meanwhile_is_not_refunded_again(operator, split, rule):
    _, _, charge = split
    other = logged_in("bob@example.com")
    ask(operator, charge, "40.00")
    row = ApprovalRequest.objects.get()
    ask(other, charge, "30.00")

    shown = decide(other, row)

    assert "It was not done: 30.00 USD of" in shown
    assert [one.amount for one in Refund.objects.all()] == [30_00]
    assert_books_balance()


def test_support_asks_for_what_is_above_its_limit_and_only_more_than_support_approves(
    split, settings
):
    settings.SUPPORT_REFUNDS_UP_TO = {"usd": 50}
    charge = split[2]
    help_desk, second = logged_in("a@example.com", "support"), logged_in("b@example.com", "support")
    operator = logged_in("bob@example.com")
    ledger = logged_in("f@example.com", "finance")

    asked = ask(help_desk, charge, "60.00")

    assert "Your role does this up to 50.00 USD of a payment" in asked
    row = ApprovalRequest.objects.get()
    assert (row.rule_id, row.above_amount, row.state) == ("", 50_00, "waiting")
    page = reverse("admin:accounts_approval", args=[row.id])
    for client, why in (
        (help_desk, "Somebody else must approve what you asked for."),
        (second, "somebody with more must approve it"),
        (ledger, "Your role does not do this"),
    ):
        shown = client.get(page).content.decode()
        assert why in shown
        assert "Approve, and do it" not in shown
        assert why in decide(client, row)
        assert not Refund.objects.exists()
    shown = operator.get(page).content.decode()
    for words in ("Approve, and do it", "What that does to balances", "-60.00\u00a0USD"):
        assert words in shown
    assert "It is approved, and done." in decide(operator, row)
    assert Refund.objects.get().amount == 60_00
    assert_books_balance()


def test_people_of_a_platform_decide_on_its_requests_and_on_no_others(split, rule):
    platform, _, charge = split
    mine, stranger = Client(), Client()
    for client, email, account_id in (
        (mine, "mine@example.com", platform.account_id),
        (stranger, "theirs@example.com", a_platform().account_id),
    ):
        person = factories.an_operator(email, role="")
        Membership.objects.create(user=person, account_id=account_id, role="operator")
        client.force_login(person)
    asker = factories.an_operator("ann@example.com", role="operator")
    client = Client()
    client.force_login(asker)
    ask(client, charge, "40.00")
    row = ApprovalRequest.objects.get()
    page = reverse("admin:accounts_approval", args=[row.id])
    theirs = stranger.get(page)

    assert theirs.status_code == 404
    assert row.summary not in stranger.get(reverse("admin:accounts_approvals")).content.decode()
    by = Membership.objects.exclude(account_id=platform.account_id).get().user
    with pytest.raises(Forbidden, match="not of your platform"):
        requests.approve(request_id=row.id, by=by, at=now())
    with CaptureQueriesContext(connection) as captured:
        shown = mine.get(reverse("admin:accounts_approvals")).content.decode()
    assert row.summary in shown
    ask(client, charge, "41.00")
    with CaptureQueriesContext(connection) as more:
        mine.get(reverse("admin:accounts_approvals"))
    assert len(more) == len(captured) <= 12
    assert "It is approved, and done." in decide(mine, row)
    assert Refund.objects.get().amount == 40_00


@pytest.mark.django_db(transaction=True)
def test_two_hundred_approvals_at_once_refund_once(split, rule):
    platform, seller, charge = split
    client = logged_in("ann@example.com")
    approvers = [factories.an_operator(f"{name}@example.com") for name in ("bob", "carol")]
    ask(client, charge, "40.00", reverse="1")
    row = ApprovalRequest.objects.get()

    def approve(turn: int) -> str:
        try:
            return requests.approve(request_id=row.id, by=approvers[turn % 2], at=now()).state
        except InvalidRequest:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        states = list(pool.map(approve, range(200)))

    assert (states.count("executed"), states.count("refused")) == (1, 199)
    assert Refund.objects.get().amount == 40_00
    assert (total(platform), total(seller)) == (6_80, 90_00 - 40_00)
    assert_books_balance()
