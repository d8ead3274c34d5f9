"""What operators ask of each other, and what money actions wait for another person."""

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from accounts.models import ApprovalRequest, ApprovalRule, AuditEvent
from connect.models import AccountBlock, LocationCash
from connect.onboarding.services import blocks
from tests import factories
from tests.books import assert_books_balance
from tests.connect.test_negative_balances import a_seller_who_owes, rich, usable
from tests.factories import a_platform, a_seller, now

pytestmark = pytest.mark.django_db

DEBTS = "admin:connect_negative_balances"


@pytest.fixture
def other() -> Client:
    client = Client()
    client.force_login(factories.an_operator("bob@example.com"))
    return client


@pytest.fixture
def debt(settings):
    """A seller owes 40.00 in test mode, and covering more than 10.00 needs another person."""
    settings.SIMULATED_PAYOUTS_PAID_AFTER = -3_600
    platform = a_platform()
    rich(platform)
    seller = a_seller_who_owes(platform)
    ApprovalRule.objects.create(
        action="negative_balance.cover", currency="usd", above_amount=10_00, in_test_mode=True
    )
    return platform, seller


def cover(client, debt, reason="They left.", owed=40_00):
    platform, seller = debt
    fields = {
        "platform": platform.account_id,
        "seller": seller.account_id,
        "currency": "usd",
        "mode": "test",
        "reason": reason,
        "owed": owed,
    }
    return client.post(reverse(DEBTS), fields, follow=True).content.decode()


def decide(client, row, do, reason="Seen it"):
    page = reverse("admin:accounts_approval", args=[row.id])
    return client.post(page, {"do": do, "reason": reason}, follow=True).content.decode()


def test_a_debt_above_the_rule_is_covered_once_another_person_approves(operator, other, debt):
    _, seller = debt
    assert "Somebody else must approve it" in cover(operator, debt)
    assert usable(seller) == -40_00
    row = ApprovalRequest.objects.get()

    listed = other.get(reverse("admin:accounts_approvals")).content.decode()
    shown = other.get(reverse("admin:accounts_approval", args=[row.id])).content.decode()
    own = operator.get(reverse("admin:accounts_approval", args=[row.id])).content.decode()

    for words in ("pays 40.00 USD for", "operator@example.com: They left.", "test mode"):
        assert words in listed
    for words in ("40.00 USD", "above 10.00 USD", seller.account_id, "Approve, and do it"):
        assert words in shown
    assert "Approve, and do it" not in own
    assert "Withdraw" in own
    assert "Somebody else must approve what you asked for." in decide(operator, row, "approve")
    assert usable(seller) == -40_00

    assert "Say why" in decide(other, row, "approve", reason="")

    assert "It is approved, and done." in decide(other, row, "approve")

    assert usable(seller) == 0
    covered = AuditEvent.objects.get(action="negative_balance.covered")
    assert (covered.approval_id, covered.actor_email) == (row.id, "bob@example.com")
    assert "does not wait any more" in decide(other, row, "approve")
    assert_books_balance()


def test_a_debt_that_has_changed_meanwhile_is_not_covered(operator, other, debt):
    platform, seller = debt
    cover(operator, debt)
    row = ApprovalRequest.objects.get()
    factories.a_paid_intent(
        platform,
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
        transfer_amount=5_00,
    )

    page = decide(other, row, "approve")

    assert "It was not done: What it is about has changed" in page
    assert usable(seller) == -35_00
    assert_books_balance()


def test_a_request_is_rejected_with_a_reason(operator, other, debt):
    _, seller = debt
    cover(operator, debt)
    row = ApprovalRequest.objects.get()

    assert "Say why" in decide(other, row, "reject", reason="")
    assert "Nothing was done" in decide(other, row, "anything")
    assert "It is rejected." in decide(other, row, "reject", reason="Wait a week")

    assert (
        "Nothing waits for approval."
        in other.get(reverse("admin:accounts_approvals")).content.decode()
    )
    assert usable(seller) == -40_00
    row.refresh_from_db()
    assert (row.state, row.decision_reason) == ("rejected", "Wait a week")


@pytest.mark.parametrize("do", ["approve", "reject"])
def test_a_reason_that_is_too_long_is_refused_and_still_there(operator, other, debt, do):
    cover(operator, debt)
    row = ApprovalRequest.objects.get()
    long = "So much is to be said. " * 50

    page = decide(other, row, do, reason=long)

    assert "Say why in 1,000 characters at most." in page
    assert long in page
    row.refresh_from_db()
    assert (row.state, row.decision_reason) == ("waiting", "")
    decide(other, row, "reject", reason=long[:1_000].rstrip())
    row.refresh_from_db()
    assert (row.state, row.decision_reason) == ("rejected", long[:1_000].rstrip())


def test_what_needs_another_person_needs_a_reason(operator, other, debt):
    assert "Say why" in cover(operator, debt, reason="")
    assert "It is 40.00 USD by now" in cover(operator, debt, owed=30_00)
    assert not ApprovalRequest.objects.exists()


def test_a_person_alone_cannot_ask(operator, debt):
    assert "nobody else here may" in cover(operator, debt)
    assert not ApprovalRequest.objects.exists()


def test_a_block_is_released_by_two(operator, other):
    seller = a_seller(a_platform())
    block = blocks.add(
        tenant=seller, kind="payouts", source="operator", reason="other", author="me", at=now()
    )
    ApprovalRule.objects.create(action="block.release", in_test_mode=True)
    fields = {"do": "release", "block": block.id, "reason": "Papers came"}

    page = operator.post(reverse("admin:connect_sellers_to_look_at"), fields, follow=True)

    assert "Somebody else must approve it" in page.content.decode()
    assert AccountBlock.objects.get().released_at is None
    decide(other, ApprovalRequest.objects.get(), "approve")
    row = AccountBlock.objects.get()
    assert row.released_at is not None
    assert row.released_by == "operator@example.com"


def test_prefunding_above_the_rule_waits_and_is_then_what_was_asked_for(operator, other):
    ApprovalRule.objects.create(
        action="location_cash.set", currency="eur", above_amount=500_00, in_test_mode=True
    )
    fields = {
        "location": "main",
        "currency": "EUR",
        "livemode": "",
        "prefunded_amount": "500",
        "note": "Our loan",
    }
    add = reverse("admin:connect_locationcash_add")
    assert operator.post(add, fields).status_code == 302
    cash = LocationCash.objects.get()
    assert cash.prefunded_amount == 500_00

    change = reverse("admin:connect_locationcash_change", args=[quote(cash.id)])
    page = operator.post(change, fields | {"prefunded_amount": "1500"}, follow=True)

    assert "Somebody else must approve it" in page.content.decode()
    cash.refresh_from_db()
    assert cash.prefunded_amount == 500_00
    assert AuditEvent.objects.filter(action="location_cash.changed").count() == 0
    assert "done" in decide(other, ApprovalRequest.objects.get(), "approve")
    cash.refresh_from_db()
    assert cash.prefunded_amount == 1_500_00
    told = AuditEvent.objects.get(action="location_cash.changed")
    assert told.changes["prefunded_amount"] == ["500.00 EUR", "1,500.00 EUR"]


def test_of_what_broke_off_somebody_looks_and_says_what_became_of_it(operator, other, debt):
    cover(operator, debt)
    row = ApprovalRequest.objects.get()
    factories.as_owner(
        "UPDATE accounts_approvalrequest SET state = 'approved', decided_by_id = 'user_1', "
        "decided_at = now(), tried_at = now(), message = 'It broke off.'"
    )

    listed = other.get(reverse("admin:accounts_approvals")).content.decode()
    shown = other.get(reverse("admin:accounts_approval", args=[row.id])).content.decode()

    assert f"Look at it: {row.summary}" in listed
    for words in ("What to check:", "It was done", "It was not done"):
        assert words in shown
    assert "Somebody else must approve" in decide(operator, row, "was_done")
    assert "Say what you have seen" in decide(other, row, "was_not_done", reason="")
    assert "It is noted." in decide(other, row, "was_not_done", reason="Nothing has moved")
    row.refresh_from_db()
    assert (row.state, row.message) == ("failed", "Nothing has moved")
    assert "Look at it" not in other.get(reverse("admin:accounts_approvals")).content.decode()


def test_whoever_may_not_see_approvals_sees_none(debt, operator, other):
    cover(operator, debt)
    row = ApprovalRequest.objects.get()
    client = Client()
    client.force_login(factories.an_operator("n@example.com", role="developer"))

    assert client.get(reverse("admin:accounts_approvals")).status_code == 403
    page = reverse("admin:accounts_approval", args=[row.id])
    assert client.post(page, {"do": "approve"}).status_code == 403
    assert other.get(reverse("admin:accounts_approval", args=["appr_none"])).status_code == 404


def test_rules_are_made_changed_and_deleted_by_two_and_each_is_recorded(operator, other):
    admin = Client()
    admin.force_login(factories.an_operator("admin@example.com", role="admin"))
    add = reverse("admin:accounts_approvalrule_add")
    fields = {"action": "refund.share", "above_amount": "10", "reason": "Less trust"}
    assert "Say of which currency" in operator.post(add, fields).content.decode()
    whole = fields | {"currency": "USD"}
    assert "Say why: whoever" in operator.post(add, whole | {"reason": ""}).content.decode()

    def agree(client):
        return decide(client, ApprovalRequest.objects.get(state="waiting"), "approve")

    page = operator.post(add, whole, follow=True).content.decode()
    assert "Somebody else must approve it" in page
    assert not ApprovalRule.objects.exists()
    assert "Somebody else must approve what you asked for." in agree(operator)
    assert "It is approved, and done." in agree(admin)
    rule = ApprovalRule.objects.get()
    assert (rule.currency, rule.above_amount) == ("usd", 10_00)
    change = reverse("admin:accounts_approvalrule_change", args=[quote(rule.id)])
    operator.post(change, whole | {"above_amount": "20"})
    rule.refresh_from_db()
    assert rule.above_amount == 10_00
    assert "becomes refund.share, above 20.00 USD, in live mode" in _shown(other)
    agree(other)
    gone = reverse("admin:accounts_approvalrule_delete", args=[quote(rule.id)])
    assert "Say why" in operator.post(gone, {"reason": ""}).content.decode()
    operator.post(gone, {"reason": "Enough"})
    assert ApprovalRule.objects.get().above_amount == 20_00
    agree(admin)

    assert not ApprovalRule.objects.exists()
    told = AuditEvent.objects.filter(target_id=rule.id).order_by("id")
    assert [(row.action, row.actor_email, row.reason) for row in told] == [
        ("approval_rule.created", "admin@example.com", "Less trust"),
        ("approval_rule.changed", "bob@example.com", "Less trust"),
        ("approval_rule.deleted", "admin@example.com", "Enough"),
    ]
    assert told[1].changes == {"above_amount": ["10.00 USD", "20.00 USD"]}


def _shown(client):
    return client.get(reverse("admin:accounts_approvals")).content.decode()


def test_who_is_alone_makes_a_first_rule_and_weakens_none(operator):
    factories.an_operator("help@example.com", role="operator")
    add = reverse("admin:accounts_approvalrule_add")
    fields = {"action": "refund.share", "above_amount": "0", "reason": "To begin"}

    page = operator.post(add, fields, follow=True).content.decode()
    assert "nobody else could have agreed" in page
    rule = ApprovalRule.objects.get()
    second = operator.post(add, fields | {"action": "block.release"}, follow=True)
    gone = reverse("admin:accounts_approvalrule_delete", args=[quote(rule.id)])
    refused = operator.post(gone, {"reason": "Away"}).content.decode()

    for words in (second.content.decode(), refused):
        assert "nobody else here may" in words
    assert 'value="To begin"' in second.content.decode()
    assert ApprovalRule.objects.get() == rule
