import pytest

from core.errors import InvalidRequest
from payments.intents.services import authorizations, cancellation, payment_intents
from payments.models import Charge
from payments.refunds.services import refunds
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


def test_an_authorisation_moves_no_money_until_it_is_captured():
    platform = a_platform()

    intent = a_paid_intent(platform, capture_method="manual")

    assert (intent.status, intent.amount_capturable) == ("requires_capture", 100_00)
    assert total(platform) == 0

    captured = authorizations.capture(tenant=platform, intent_id=intent.id, at=now())

    assert (captured.status, captured.amount_received) == ("succeeded", 100_00)
    assert total(platform) == 96_80
    assert_books_balance()


def test_a_part_can_be_captured_and_the_split_follows_it():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        capture_method="manual",
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )

    authorizations.capture(tenant=platform, intent_id=intent.id, amount_to_capture=60_00, at=now())

    # 2.9 % of 60.00 and 0.30 is 2.04.
    assert (total(platform), total(seller)) == (10_00 - 2_04, 50_00)
    charge = Charge.objects.get()
    assert (charge.amount, charge.amount_captured) == (100_00, 60_00)
    assert_books_balance()


def test_more_than_was_authorised_is_not_captured():
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")

    with pytest.raises(InvalidRequest) as refused:
        authorizations.capture(
            tenant=platform, intent_id=intent.id, amount_to_capture=100_01, at=now()
        )

    assert refused.value.code == "amount_too_large"
    assert total(platform) == 0


def test_only_what_was_captured_can_be_refunded():
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")
    authorizations.capture(tenant=platform, intent_id=intent.id, amount_to_capture=60_00, at=now())

    refund = refunds.create(tenant=platform, intent_id=intent.id, at=now())

    assert refund.amount == 60_00
    assert total(platform) == -2_04
    assert_books_balance()


def test_canceling_lets_the_authorisation_go():
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")

    canceled = cancellation.cancel(
        tenant=platform, intent_id=intent.id, cancellation_reason="duplicate", at=now()
    )

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "duplicate")
    assert total(platform) == 0
    assert_books_balance()


def test_what_is_paid_can_be_neither_canceled_nor_confirmed_again():
    platform = a_platform()
    intent = a_paid_intent(platform)

    for operation in (cancellation.cancel, payment_intents.confirm):
        with pytest.raises(InvalidRequest) as refused:
            operation(tenant=platform, intent_id=intent.id, at=now())
        assert refused.value.code == "payment_intent_unexpected_state"
        assert refused.value.extra["payment_intent"]["id"] == intent.id

    assert total(platform) == 96_80
