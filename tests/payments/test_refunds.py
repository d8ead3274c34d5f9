"""A refund is promised, asked for, and then settled or given back; also late, and elsewhere."""

from datetime import timedelta

import pytest

from connect.models import ApplicationFee, ApplicationFeeRefund, Transfer, TransferReversal
from core.errors import InvalidRequest, Missing
from payments.models import Charge, Refund, UnresolvedRequest
from payments.refunds.services import outside_refunds, refunds
from processors.models import SimulatedRequest
from processors.protocols.base import Outcome, OutcomeStatus, ProcessorUnavailable
from processors.protocols.declines import Decline
from tests import rails
from tests.books import assert_books_balance, at_the_processor, in_transit, total
from tests.factories import a_paid_intent, a_platform, a_seller, now
from webhooks.models import Event

pytestmark = pytest.mark.django_db

LATER = timedelta(minutes=1)
SENT_BACK = Decline("expired_or_canceled_card", "It came back.")


def a_split(platform, seller, **more):
    return a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00, **more
    )


def seconds_pass() -> None:
    SimulatedRequest.objects.update(created_at=now() - LATER)


def outcome_of(status: OutcomeStatus, amount: int = 40_00, **more) -> Outcome:
    return Outcome(status, "out_1", amount, "usd", **more)


def told(*types: str) -> list[str]:
    return list(Event.objects.filter(type__in=types).order_by("id").values_list("type", flat=True))


# Failing after success (rule 38)


def test_a_refund_that_fails_late_gives_everybody_back_what_they_bore():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_split(platform, seller, payment_method="pm_card_refundFail")

    refund = refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    assert refund.status == "succeeded"
    assert (total(platform), total(seller)) == (2_80, 54_00)
    assert_books_balance()
    assert refunds.repair(at=now() + LATER) == 0

    seconds_pass()
    assert refunds.repair(at=now() + LATER) == 1

    refund.refresh_from_db()
    assert (refund.status, refund.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (total(platform), total(seller)) == (6_80, 90_00)
    assert at_the_processor() == 96_80
    assert Charge.objects.get().amount_refunded == 0
    assert Transfer.objects.get().amount_reversed == 0
    assert ApplicationFee.objects.get().amount_refunded == 0
    assert TransferReversal.objects.get().restored_at
    assert ApplicationFeeRefund.objects.get().restored_at
    assert told("refund.failed", "transfer.updated") == ["transfer.updated", "refund.failed"]
    assert refunds.repair(at=now() + LATER) == 0
    assert_books_balance()


def test_after_a_late_failure_the_whole_charge_can_be_refunded_again():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_split(platform, seller)
    both = {"reverse_transfer": True, "refund_application_fee": True}
    first = refunds.create(tenant=platform, intent_id=intent.id, amount=33_33, at=now(), **both)
    refunds.create(tenant=platform, intent_id=intent.id, amount=33_33, at=now(), **both)

    refunds.settle(first.id, outcome_of(OutcomeStatus.DECLINED, decline=SENT_BACK), at=now())
    refunds.create(tenant=platform, intent_id=intent.id, at=now(), **both)

    assert (total(platform), total(seller)) == (-3_20, 0)
    assert Transfer.objects.get().amount_reversed == 100_00
    assert ApplicationFee.objects.get().amount_refunded == 10_00
    assert_books_balance()


def test_an_operator_may_leave_the_shares_as_they_are(settings):
    settings.REFUNDS_RESTORE_SPLITS = False
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_split(platform, seller)
    refund = refunds.create(
        tenant=platform, intent_id=intent.id, amount=40_00, reverse_transfer=True, at=now()
    )

    refunds.settle(refund.id, outcome_of(OutcomeStatus.DECLINED, decline=SENT_BACK), at=now())

    assert (total(platform), total(seller)) == (46_80, 50_00)
    assert_books_balance()


def test_answers_out_of_order_and_again_change_nothing_more():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    no = outcome_of(OutcomeStatus.DECLINED, decline=SENT_BACK)
    yes = outcome_of(OutcomeStatus.SUCCEEDED)

    for outcome in (no, yes, no, outcome_of(OutcomeStatus.PENDING), yes):
        settled = refunds.settle(refund.id, outcome, at=now())

    assert settled.status == "failed"
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert_books_balance()


# Cancelling (rule 37)


def test_a_pending_refund_can_be_stopped():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    canceled = refunds.cancel(tenant=platform, refund_id=refund.id, at=now())

    assert (canceled.status, canceled.failure_reason) == ("canceled", "merchant_request")
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert Charge.objects.get().amount_refunded == 0
    assert told("refund.failed", "refund.updated") == ["refund.updated"]
    assert refunds.repair(at=now() + LATER) == 0
    assert_books_balance()


def test_a_refund_that_is_with_the_payer_cannot_be_stopped():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    seconds_pass()

    with pytest.raises(InvalidRequest) as refused:
        refunds.cancel(tenant=platform, refund_id=refund.id, at=now())

    # Asking taught us what became of it.
    assert "status of succeeded" in refused.value.message
    assert Refund.objects.get().status == "succeeded"
    assert_books_balance()


def test_a_cancelation_whose_answer_is_lost_is_found_by_asking():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    lost = rails.losing_the_answer("cancel_refund", ProcessorUnavailable("Lost."))

    with rails.simulator_with(cancel_refund=lost):
        assert refunds.cancel(tenant=platform, refund_id=refund.id, at=now()).status == "pending"
    assert in_transit(platform) == 40_00
    assert refunds.repair(at=now() + LATER) == 1

    assert Refund.objects.get().status == "canceled"
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert_books_balance()


# Made outside (rule 40)


def test_a_refund_made_at_the_processor_is_booked_once_and_borne_by_the_owner():
    platform = a_platform()
    seller = a_seller(platform)
    a_split(platform, seller)
    charge = Charge.objects.get()

    for status in (OutcomeStatus.PENDING, OutcomeStatus.SUCCEEDED, OutcomeStatus.SUCCEEDED):
        refund = outside_refunds.record(charge_id=charge.id, outcome=outcome_of(status), at=now())

    assert Refund.objects.get() == refund
    assert (refund.status, refund.is_outside, refund.shared_at) == ("succeeded", True, None)
    assert (total(platform), total(seller)) == (-33_20, 90_00)
    assert at_the_processor() == 56_80
    charge.refresh_from_db()
    assert charge.amount_refunded == 40_00
    assert_books_balance()


def test_who_bears_an_outside_refund_is_decided_once_afterwards():
    platform = a_platform()
    seller = a_seller(platform)
    a_split(platform, seller)
    refund = outside_refunds.record(
        charge_id=Charge.objects.get().id, outcome=outcome_of(OutcomeStatus.SUCCEEDED), at=now()
    )
    wish = {
        "refund_id": refund.id,
        "reverse_transfer": True,
        "refund_application_fee": True,
        "at": now(),
    }

    outside_refunds.share(**wish)
    with pytest.raises(InvalidRequest):
        outside_refunds.share(**wish)

    assert (total(platform), total(seller)) == (2_80, 54_00)
    assert_books_balance()


def test_an_outside_refund_that_comes_back_is_undone():
    platform = a_platform()
    seller = a_seller(platform)
    a_split(platform, seller)
    charge = Charge.objects.get()
    refund = outside_refunds.record(
        charge_id=charge.id, outcome=outcome_of(OutcomeStatus.SUCCEEDED), at=now()
    )
    outside_refunds.share(
        refund_id=refund.id, reverse_transfer=True, refund_application_fee=False, at=now()
    )

    back = outcome_of(OutcomeStatus.DECLINED, decline=SENT_BACK)
    assert outside_refunds.record(charge_id=charge.id, outcome=back, at=now()).status == "failed"

    assert (total(platform), total(seller)) == (6_80, 90_00)
    assert at_the_processor() == 96_80
    assert_books_balance()


def test_more_outside_than_is_left_is_for_somebody_to_look_at():
    platform = a_platform()
    intent = a_paid_intent(platform)
    refunds.create(tenant=platform, intent_id=intent.id, amount=70_00, at=now())

    with pytest.raises(outside_refunds.OutsideRefundTooLarge):
        outside_refunds.record(
            charge_id=intent.latest_charge_id, outcome=outcome_of(OutcomeStatus.SUCCEEDED), at=now()
        )
    with pytest.raises(Missing):
        outside_refunds.record(
            charge_id="ch_nobodys", outcome=outcome_of(OutcomeStatus.SUCCEEDED), at=now()
        )

    assert Refund.objects.count() == 1
    assert_books_balance()


# Amounts (rules 28 and 41)


@pytest.mark.parametrize(("settled", "left"), [(41_00, 55_80), (39_00, 57_80), (40_00, 56_80)])
def test_what_the_processor_settled_is_booked_and_the_owner_has_the_difference(settled, left):
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    outcome = outcome_of(OutcomeStatus.SUCCEEDED, settled_amount=settled)
    refunds.settle(refund.id, outcome, at=now())
    refunds.settle(refund.id, outcome, at=now())

    assert (total(platform), in_transit(platform)) == (left, 0)
    assert at_the_processor() == left
    assert_books_balance()


def test_a_rail_that_gave_back_another_amount_is_not_believed():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_pendingRefund")
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())

    refunds.settle(refund.id, outcome_of(OutcomeStatus.SUCCEEDED, 39_99), at=now())

    assert UnresolvedRequest.objects.get().reason == "amount_differs"
    assert Refund.objects.get().status == "pending"
    assert (total(platform), in_transit(platform)) == (56_80, 40_00)
    assert_books_balance()
