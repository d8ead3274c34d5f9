"""What processing costs: the schedule that fits a payment best, and what it really cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.errors import InvalidRequest, Missing
from payments import fees
from payments.charges.services import fee_true_ups
from payments.fees import Returns
from payments.intents.services import authorizations, payment_intents
from payments.models import Charge, FeeSchedule, FeeTrueUp
from payments.refunds.services import refunds
from processors.protocols.base import Outcome, OutcomeStatus
from processors.protocols.declines import Decline
from tests.books import assert_books_balance, at_the_processor, total
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db

BACK = Decline("unknown", "It came back.")


def a_schedule(**details: Any) -> FeeSchedule:
    return FeeSchedule.objects.create(
        **{"bps": 100, "starts_at": now() - timedelta(days=1)} | details
    )


def the_fee(platform, **details: Any) -> int:
    intent = a_paid_intent(platform, **details)
    return Charge.objects.get(payment_intent=intent).fee_amount


@pytest.mark.parametrize(
    ("amount", "least", "most", "fee"),
    [
        (100_00, 0, None, 3_20),
        (100_00, 4_00, None, 4_00),
        (100_00, 0, 2_00, 2_00),
        (1_000_00, 4_00, 20_00, 20_00),
        (50, 75, None, 50),
        (50, 75, 60, 50),
        (1_50, 0, None, 34),  # 2.9 % of 1.50 is 4.35 cents, and 30
        (0, 75, None, 0),
    ],
)
def test_a_fee_is_a_part_and_a_fixed_amount_between_a_least_and_a_most(amount, least, most, fee):
    assert (
        fees.processing_fee(amount=amount, bps=290, fixed_amount=30, least=least, most=most) == fee
    )


@pytest.mark.parametrize(
    ("returns", "returnable"),
    [(Returns.NONE, 0), (Returns.VARIABLE, 2_90), (Returns.ALL, 3_20)],
)
def test_what_a_refund_brings_back_of_a_fee(returns, returnable):
    assert fees.returnable(fee=3_20, fixed_amount=30, returns=returns) == returnable
    assert fees.returnable(fee=20, fixed_amount=30, returns=Returns.VARIABLE) == 0


def test_without_a_schedule_an_accounts_own_terms_hold():
    platform = a_platform(fee_bps=100, fee_fixed_amount=5)

    assert the_fee(platform) == 1_05
    assert Charge.objects.get().fee_schedule_id is None


def test_the_schedule_that_says_most_of_a_payment_wins():
    platform, other = a_platform(), a_platform()
    a_schedule(bps=100)
    a_schedule(bps=200, method="card")
    a_schedule(bps=300, currency="eur")
    a_schedule(bps=400, card_country="other")
    a_schedule(bps=500, account_id=other.account_id)
    a_schedule(bps=600, account_id=other.account_id, card_country="US")
    a_schedule(bps=700, method="sepa_debit", account_id=platform.account_id)

    # A US card for a US account; then euros; then the other account, whose own come first.
    assert the_fee(platform) == 2_00
    assert the_fee(platform, currency="eur") == 3_00
    assert the_fee(other, currency="eur") == 6_00
    # A US card is a foreign one for a German account.
    assert the_fee(a_platform(country="DE")) == 2_00
    FeeSchedule.objects.filter(method="card").update(ends_at=now())
    assert the_fee(a_platform(country="DE")) == 4_00
    assert the_fee(platform) == 1_00
    assert_books_balance()


def test_a_schedule_holds_from_its_start_to_its_end():
    platform = a_platform(fee_bps=0, fee_fixed_amount=0)
    a_schedule(bps=100, starts_at=now() - timedelta(days=2), ends_at=now() - timedelta(days=1))
    a_schedule(bps=200, starts_at=now() + timedelta(days=1))
    assert the_fee(platform) == 0

    a_schedule(bps=300, starts_at=now() - timedelta(hours=2))
    last = a_schedule(bps=400, starts_at=now() - timedelta(hours=1))

    assert the_fee(platform) == 4_00
    assert Charge.objects.latest("id").fee_schedule_id == last.id
    assert_books_balance()


def test_a_later_capture_is_priced_when_it_is_asked_for():
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")
    a_schedule(bps=100, most_amount=50)

    authorizations.capture(tenant=platform, intent_id=held.id, amount_to_capture=80_00, at=now())

    assert Charge.objects.get().fee_amount == 50
    assert total(platform) == 79_50
    assert_books_balance()


def test_an_answer_that_comes_late_is_priced_by_the_same_schedules():
    platform = a_platform()
    a_schedule(bps=100, card_country="US")
    a_paid_intent(platform, payment_method="pm_card_rialto_timeoutAfterCharge")

    payment_intents.repair(at=now() + timedelta(minutes=1))

    assert total(platform) == 99_00
    assert_books_balance()


def test_the_price_costs_no_round_trip_of_its_own():
    platform = a_platform()
    a_paid_intent(platform)
    with CaptureQueriesContext(connection) as without:
        a_paid_intent(platform)
    a_schedule()
    with CaptureQueriesContext(connection) as with_schedule:
        a_paid_intent(platform)

    assert len(with_schedule) == len(without)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bps": 10_001}, {"fixed_amount": -1}, {"least_amount": 2, "most_amount": 1},
        {"returns": "half"}, {"ends_at": now() - timedelta(days=2)},
    ],
)  # fmt: skip
def test_a_schedule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_schedule(**wrong)


def test_two_schedules_for_the_same_payments_from_the_same_moment_are_refused():
    start = now()
    a_schedule(starts_at=start)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_schedule(starts_at=start)


# Rule 36: the processor returns a part of its fee


@pytest.mark.parametrize(
    ("returns", "back"),
    [("none", [0, 0, 0]), ("variable", [97, 96, 97]), ("all", [1_07, 1_06, 1_07])],
)
def test_a_fee_comes_back_step_by_step_with_the_refunds(returns, back):
    platform = a_platform()
    a_schedule(bps=290, fixed_amount=30, returns=returns)
    intent = a_paid_intent(platform)

    made = [
        refunds.create(tenant=platform, intent_id=intent.id, amount=amount, at=now())
        for amount in (33_33, 33_33, 33_34)
    ]

    assert [refund.fee_returned_amount for refund in made] == back
    assert total(platform) == at_the_processor() == -3_20 + sum(back)
    assert_books_balance()


def test_a_refund_that_comes_back_takes_the_returned_fee_with_it():
    platform = a_platform()
    a_schedule(bps=290, fixed_amount=30, returns="all")
    intent = a_paid_intent(platform)
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=50_00, at=now())
    assert total(platform) == 96_80 - 50_00 + 1_60

    back = Outcome(OutcomeStatus.DECLINED, "out_1", 50_00, "usd", decline=BACK)
    refunds.settle(refund.id, back, at=now())

    assert total(platform) == at_the_processor() == 96_80
    assert Charge.objects.get().fee_returned_amount == 0
    assert_books_balance()


# Rule 11: what it really cost


@pytest.mark.parametrize(
    ("actual", "has"), [(3_50, 96_50), (2_90, 97_10), (3_20, 96_80), (0, 100_00)]
)
def test_an_estimated_fee_becomes_what_the_processor_says(actual, has):
    platform = a_platform()
    charge_id = str(a_paid_intent(platform).latest_charge_id)
    wish = {"charge_id": charge_id, "actual_amount": actual, "reference": "st_1", "at": now()}

    made = fee_true_ups.true_up(**wish)
    again = fee_true_ups.true_up(**wish)

    assert again == made == FeeTrueUp.objects.get()
    assert Charge.objects.get().fee_amount == actual
    assert total(platform) == at_the_processor() == has
    assert_books_balance()


def test_a_fee_may_be_corrected_more_than_once():
    platform = a_platform()
    charge_id = str(a_paid_intent(platform).latest_charge_id)

    for reference, actual in (("st_1", 3_50), ("st_2", 3_00), ("st_1", 3_50)):
        fee_true_ups.true_up(
            charge_id=charge_id, actual_amount=actual, reference=reference, at=now()
        )

    assert total(platform) == at_the_processor() == 97_00
    assert_books_balance()


def test_what_has_no_fee_cannot_be_corrected():
    held = a_paid_intent(a_platform(), capture_method="manual")

    for charge_id, actual in ((held.latest_charge_id, 1), ("ch_nobodys", 1)):
        with pytest.raises((InvalidRequest, Missing)):
            fee_true_ups.true_up(
                charge_id=str(charge_id), actual_amount=actual, reference="st_1", at=now()
            )
    assert FeeTrueUp.objects.count() == 0
