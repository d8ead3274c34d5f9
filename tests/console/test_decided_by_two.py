"""Captures, cancellations and answers to disputes that another person must approve."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.approvals import registry
from accounts.models import ApprovalRequest, ApprovalRule, AuditEvent
from config.launcher.home import ROOT
from core.admin import page_of
from payments.models import Charge
from tests import factories
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller
from tests.payments.disputing import a_dispute

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Client:
    client = Client()
    client.force_login(factories.an_operator("bob@example.com", role="operator"))
    return client


def rule(action: str) -> None:
    ApprovalRule.objects.create(action=action, in_test_mode=True)


def decide(client: Client) -> str:
    row = ApprovalRequest.objects.get(state="waiting")
    page = reverse("admin:accounts_approval", args=[row.id])
    shown = client.get(page).content.decode()
    form = {"do": "approve", "reason": "Seen it"}
    return shown + client.post(page, form, follow=True).content.decode()


def test_the_guide_names_every_action_that_a_rule_can_ask_for():
    guide = (ROOT / "docs/how-to/have-two-people-decide.md").read_text()

    told = set(re.findall(r"^\| `([\w.]+)` \|", guide, re.M))

    # What always needs two is no choice of a rule; other tests add actions of their own.
    ours = {name for name in registry.names() if not name.startswith("tests.")}
    assert told == {name for name in ours if not registry.find(name).is_always}


def test_a_capture_is_previewed_approved_and_then_made_as_it_was_asked_for(operator, other):
    rule("payment_intent.capture")
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        capture_method="manual",
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )
    page = reverse("admin:payments_capture", args=[intent.id])

    looked = operator.get(page, {"amount": "60", "fee": "6"}).content.decode()
    wrong = operator.get(page, {"amount": "100.01"}).content.decode()
    form = {"amount": "60", "fee": "6", "reason": "They came"}
    asked = operator.post(page, form, follow=True).content.decode()

    # 60.00 come in, of which the seller gets 54.00, and the fee of 2.04 is the platform's.
    for words in ("54.00\u00a0USD", "3.96\u00a0USD", "40.00 USD is released to the payer"):
        assert words in looked
    assert "Ask for approval to" in looked
    assert 'role="alert"' in wrong
    assert "Who would pay what" not in wrong
    assert "Somebody else must approve it" in asked
    assert (total(platform), total(seller)) == (0, 0)
    shown = decide(other)
    assert "60.00 USD of 100.00 USD held for" in shown
    assert "What that does to balances" in shown
    assert "It is approved, and done." in shown
    intent.refresh_from_db()
    assert (intent.status, intent.amount_received) == ("succeeded", 60_00)
    assert (total(platform), total(seller)) == (3_96, 54_00)
    told = AuditEvent.objects.get(action="payment_intent.captured")
    assert (told.actor_email, told.reason) == ("bob@example.com", "They came")
    assert_books_balance()


def test_a_preview_of_a_capture_writes_nothing(operator):
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")

    operator.get(reverse("admin:payments_capture", args=[intent.id]))

    intent.refresh_from_db()
    assert (intent.status, intent.amount_received) == ("requires_capture", 0)
    assert Charge.objects.get().open_request is None
    assert total(platform) == 0


def test_a_cancellation_waits_and_is_not_done_if_it_was_captured_meanwhile(operator, other):
    rule("payment_intent.cancel")
    intents = [a_paid_intent(a_platform(), capture_method="manual") for _ in range(2)]
    for intent in intents:
        page = reverse("admin:payments_cancel", args=[intent.id])
        form = {"reason": "They asked", "code": "duplicate"}
        asked = operator.post(page, form, follow=True).content.decode()
        assert "Somebody else must approve it" in asked
        if intent is intents[0]:
            assert "It is approved, and done." in decide(other)
    capture = reverse("admin:payments_capture", args=[intents[1].id])
    other.post(capture, {"reason": "They came"})

    shown = decide(other)

    assert "It was not done" in shown
    states = []
    for intent in intents:
        intent.refresh_from_db()
        states.append((intent.status, intent.cancellation_reason))
    assert states == [("canceled", "duplicate"), ("succeeded", None)]
    assert_books_balance()


def test_an_answer_to_a_dispute_is_sent_as_it_was_when_it_was_asked_for(operator, other):
    rule("dispute.submit")
    dispute = a_dispute(a_platform(), payment_method="pm_card_createDispute")
    page = page_of("payments_dispute", dispute.id)
    form = {"do": "submit", "sure": "1", "reason": "It came", "customer_name": "Ada"}

    without = operator.post(page, form | {"reason": ""}, follow=True).content.decode()
    asked = operator.post(page, form, follow=True).content.decode()
    operator.post(page, {"do": "save", "customer_name": "Bert"})
    altered = decide(other)
    operator.post(page, form | {"customer_name": "Bert"})
    sent = decide(other)

    assert "Say why" in without
    assert "Somebody else must approve it" in asked
    assert "has changed since it was asked for" in altered
    assert "It is approved, and done." in sent
    dispute.refresh_from_db()
    assert (dispute.submission_count, dispute.evidence["customer_name"]) == (1, "Bert")
    assert_books_balance()


def test_a_dispute_is_given_up_by_two(operator, other):
    rule("dispute.accept")
    dispute = a_dispute(a_platform(), payment_method="pm_card_createDispute")
    page = page_of("payments_dispute", dispute.id)
    form = {"do": "accept", "reason": "It was lost"}

    assert "Ask for approval to give up" in operator.get(page).content.decode()
    operator.post(page, form)
    dispute.refresh_from_db()
    assert dispute.status == "needs_response"
    assert "It is approved, and done." in decide(other)

    dispute.refresh_from_db()
    assert dispute.status == "lost"
    told = AuditEvent.objects.get(action="dispute.accepted")
    assert (told.actor_email, told.reason) == ("bob@example.com", "It was lost")
    assert_books_balance()
