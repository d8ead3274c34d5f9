"""Refunds for which the payer has to give an account: asked, answered, wrong, never."""

import json
from datetime import timedelta

import pytest

from core.errors import InvalidRequest
from payments import resources
from payments.models import Refund
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, total
from tests.factories import a_platform, now
from tests.payments.scanning import a_code, a_thai_seller, press
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)

FEE = 29_30


def a_refund_that_asks(mailbox, **details):
    """Refund 400 of 1,000 baht to a payer who is asked for an account."""
    platform = a_platform(country="TH")
    seller = a_thai_seller(platform)
    intent = a_code(platform, mailbox, transfer_destination=seller.account_id)
    press(intent, "pay")
    refund = refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=400_00,
        reverse_transfer=True,
        at=now(),
        **details,
    )
    return platform, seller, refund


def time_passes(refund, seconds):
    SimulatedRequest.objects.filter(action="refund").update(
        created_at=now() - timedelta(seconds=seconds)
    )
    return refunds.poll(Refund.objects.select_related("charge").get(id=refund.id), at=now())


def test_a_refund_waits_for_the_account_and_goes_on_once_it_is_given():
    platform, seller, refund = a_refund_that_asks("rialto_refund_later")

    shown = resources.refund(refund)
    details = shown["next_action"]["display_details"]
    assert (shown["status"], shown["next_action"]["type"]) == ("requires_action", "display_details")
    assert details["email_sent"]["email_sent_to"] == "rialto_refund_later@example.com"
    assert details["expires_at"] - details["email_sent"]["email_sent_at"] >= 45 * 86_400 - 5
    assert shown["destination_details"]["type"] == "th_bank_transfer"
    # The money is set aside, and the seller bears nothing yet.
    assert (total(platform, "thb"), total(seller, "thb")) == (-400_00 - FEE, 1_000_00)
    assert_books_balance()

    done = time_passes(refund, 3)

    assert (done.status, done.pending_since) == ("succeeded", None)
    assert (total(platform, "thb"), total(seller, "thb")) == (-FEE, 600_00)
    told = Event.objects.filter(type="refund.updated").order_by("id")
    before = [json.loads(event.data)["previous_attributes"]["status"] for event in told]
    assert before == ["pending", "requires_action"]
    assert_books_balance()


@pytest.mark.parametrize(
    ("mailbox", "seconds", "reason"),
    [
        ("rialto_refund_wrong_account", 3, "declined"),
        ("rialto_refund_never", 45 * 86_400 + 1, "expired"),
    ],
)
def test_a_refund_without_an_account_fails_and_gives_the_money_back(mailbox, seconds, reason):
    platform, seller, refund = a_refund_that_asks(mailbox)
    assert time_passes(refund, 1).status == "requires_action"

    failed = time_passes(refund, seconds)

    assert (failed.status, failed.failure_reason) == ("failed", reason)
    assert failed.charge.amount_refunded == 0
    assert (total(platform, "thb"), total(seller, "thb")) == (-FEE, 1_000_00)
    assert Event.objects.filter(type="refund.failed").count() == 1
    assert_books_balance()


def test_a_refund_that_waits_can_be_canceled_or_let_expire():
    platform, _, refund = a_refund_that_asks("rialto_refund_never")

    canceled = refunds.cancel(tenant=platform, refund_id=refund.id, at=now())
    with pytest.raises(InvalidRequest):
        refunds.expire(tenant=platform, refund_id=refund.id, at=now())
    again = refunds.create(tenant=platform, charge_id=refund.charge_id, at=now())
    expired = refunds.expire(tenant=platform, refund_id=again.id, at=now())

    assert canceled.status == "canceled"
    assert (expired.status, expired.failure_reason) == ("failed", "expired")
    assert total(platform, "thb") == -FEE
    assert_books_balance()


def test_the_letter_goes_where_the_merchant_says():
    _, _, refund = a_refund_that_asks(
        "rialto_refund_never", instructions_email="somchai@shop.example"
    )

    sent = resources.refund(refund)["next_action"]["display_details"]["email_sent"]

    assert sent["email_sent_to"] == "somchai@shop.example"
    assert_books_balance()
