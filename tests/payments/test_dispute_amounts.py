"""How much a dispute takes of a payment, after refunds and when banks take another amount."""

from datetime import timedelta

import pytest

from ledger.audit.verify import verify
from payments.disputes.services import disputes
from payments.models import Charge, Dispute
from payments.refunds.services import outside_refunds, refunds
from processors.models import SimulatedRequest
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.disputes import DisputeStage
from tests.books import assert_books_balance, at_the_processor, total
from tests.factories import a_paid_intent, a_platform, a_seller, now
from tests.payments.disputing import a_dispute, a_report, answer, record

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_dispute_after_a_partial_refund_takes_what_is_left_of_the_charge():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        payment_method="pm_card_rialto_disputeLate",
        application_fee_amount=10_00,
        transfer_destination=seller.account_id,
    )
    refunds.create(
        tenant=platform,
        charge_id=intent.latest_charge_id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    assert disputes.fetch(at=now()) == 0

    a_minute_passes()
    disputes.fetch(at=now())

    row = Dispute.objects.get()
    assert (row.amount, row.excess_amount) == (60_00, 0)
    assert (total(platform), total(seller)) == (2_80 - 60_00 - 15_00, 54_00)
    assert at_the_processor() == 96_80 - 40_00 - 60_00 - 15_00
    assert_books_balance()


def test_a_charge_that_was_refunded_in_full_is_not_disputed_any_more():
    platform = a_platform()
    intent = a_paid_intent(platform, payment_method="pm_card_rialto_disputeLate")
    refunds.create(tenant=platform, charge_id=intent.latest_charge_id, at=now())

    a_minute_passes()
    assert disputes.fetch(at=now()) == 0

    assert total(platform) == at_the_processor() == -3_20
    assert_books_balance()


def test_a_part_of_a_payment_is_disputed_and_won():
    platform = a_platform()

    row = a_dispute(platform, payment_method="pm_card_rialto_disputePartial")

    assert (row.amount, total(platform)) == (40_00, 96_80 - 40_00 - 15_00)
    answer(platform, row, "winning_evidence")
    assert total(platform) == at_the_processor() == 81_80
    assert_books_balance()


def test_what_a_bank_takes_beyond_the_charge_is_booked_and_flagged():
    platform = a_platform()

    row = a_dispute(platform, payment_method="pm_card_rialto_disputeLarger")

    assert (row.amount, row.excess_amount) == (110_00, 10_00)
    assert total(platform) == at_the_processor() == 96_80 - 110_00 - 15_00
    assert_books_balance()
    Dispute.objects.update(excess_amount=0)
    assert [(found.check, found.id) for found in verify()] == [("disputes", row.charge_id)]


@pytest.mark.parametrize(("back", "excess"), [(30_00, 0), (5_00, 5_00), (0, 10_00)])
def test_what_comes_back_of_a_dispute_is_the_excess_first(back, excess):
    platform = a_platform()
    a_paid_intent(platform)

    record(
        a_report(Charge.objects.get(), stage=DisputeStage.LOST, amount=110_00, returned_amount=back)
    )

    assert Dispute.objects.get().excess_amount == excess
    assert total(platform) == at_the_processor() == 96_80 - 125_00 + back
    assert_books_balance()


def test_a_refund_that_was_made_outside_of_a_disputed_charge_is_excess():
    platform = a_platform()
    row = a_dispute(platform)

    outside_refunds.record(
        charge_id=row.charge_id,
        outcome=Outcome(OutcomeStatus.SUCCEEDED, "simre_1", 25_00, "usd"),
        at=now(),
    )

    row.refresh_from_db()
    assert row.excess_amount == 25_00
    assert total(platform) == 96_80 - 115_00 - 25_00
    assert_books_balance()


def a_minute_passes():
    SimulatedRequest.objects.update(created_at=now() - timedelta(minutes=1))
