"""Unknown is never failed: the rail is asked by our own key until it says something."""

from datetime import timedelta

import pytest

from payments.models import Charge, Refund
from payments.services import payment_intents, refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, in_transit, total
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=1)


@pytest.mark.parametrize(
    "token", ["pm_card_rialto_timeoutAfterCharge", "pm_card_rialto_timeoutBeforeCharge"]
)
def test_a_lost_answer_leaves_the_intent_processing_until_the_rail_is_asked(token):
    platform = a_platform()

    intent = a_paid_intent(platform, payment_method=token)

    assert intent.status == "processing"
    assert Charge.objects.get().status == "pending"
    assert total(platform) == 0

    assert payment_intents.repair(at=now() + LATER) == 1

    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert total(platform) == 96_80
    assert SimulatedRequest.objects.filter(action="charge").count() == 1
    assert_books_balance()


def test_asking_twice_changes_nothing_more():
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")

    payment_intents.repair(at=now() + LATER)
    assert payment_intents.repair(at=now() + LATER) == 0

    assert total(platform) == 96_80
    assert_books_balance()


def test_a_late_refund_keeps_its_money_in_transit_until_it_is_confirmed():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")

    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    assert refund.status == "pending"
    assert (total(platform), in_transit(platform)) == (56_80, 40_00)
    assert_books_balance()

    SimulatedRequest.objects.filter(action="refund").update(created_at=now() - LATER)
    assert refunds.repair(at=now() + LATER) == 1

    assert Refund.objects.get().status == "succeeded"
    assert (total(platform), in_transit(platform)) == (56_80, 0)
    assert_books_balance()


def test_a_refused_refund_gives_the_money_back_to_where_it_came_from():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_rialto_refundDeclined")

    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    assert refund.status == "failed"
    assert refund.failure_balance_transaction_id
    assert Charge.objects.get().amount_refunded == 0
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert_books_balance()


def test_a_rail_that_moved_another_amount_is_not_believed_and_keeps_nobody_waiting():
    platform = a_platform()
    wrong = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    right = a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")
    said = SimulatedRequest.objects.get(key=wrong.latest_charge_id)
    said.outcome["amount"] += 1
    said.save()

    assert payment_intents.repair(at=now() + LATER) == 1

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.status, right.status) == ("processing", "succeeded")
    assert total(platform) == 96_80
    assert_books_balance()
