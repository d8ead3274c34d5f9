"""What is refused changes nothing."""

import pytest

from connect.models import Transfer
from connect.transfers.services import reversals
from core.errors import CardError, InvalidRequest, Missing
from payments.intents.services import payment_intents
from payments.models import Charge, PaymentIntent, Refund
from payments.refunds.services import refunds
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (1_000_000_000_000, "usd", "amount_too_large"),
        (1_005, "kwd", "parameter_invalid_integer"),
        (150_50, "isk", "parameter_invalid_integer"),
        (123_45, "ugx", "parameter_invalid_integer"),
        (50, "ugx", "amount_too_small"),
    ],
)
def test_an_amount_that_no_charge_may_have_is_refused(amount, currency, code):
    platform = a_platform()

    with pytest.raises(InvalidRequest) as refused:
        a_paid_intent(platform, amount=amount, currency=currency)

    assert (refused.value.code, refused.value.param) == (code, "amount")
    assert not PaymentIntent.objects.exists()


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_declined_card_keeps_the_try_and_moves_no_money(token, code, decline_code):
    platform = a_platform()

    with pytest.raises(CardError) as declined:
        a_paid_intent(platform, payment_method=token)

    assert declined.value.code == code
    assert declined.value.extra["decline_code"] == decline_code
    intent = PaymentIntent.objects.get()
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error["code"] == code
    assert Charge.objects.get().status == "failed"
    assert total(platform) == 0
    assert_books_balance()


def test_an_intent_that_was_declined_can_be_paid_with_another_card():
    platform = a_platform()
    with pytest.raises(CardError):
        a_paid_intent(platform, payment_method="pm_card_chargeDeclined")
    intent = PaymentIntent.objects.get()

    paid = payment_intents.confirm(
        tenant=platform, intent_id=intent.id, payment_method="pm_card_visa", at=now()
    )

    assert paid.status == "succeeded"
    assert paid.last_payment_error is None
    assert total(platform) == 96_80
    assert_books_balance()


def test_more_than_what_is_left_is_not_refunded():
    platform = a_platform()
    intent = a_paid_intent(platform)
    refunds.create(tenant=platform, intent_id=intent.id, amount=60_00, at=now())

    with pytest.raises(InvalidRequest) as refused:
        refunds.create(tenant=platform, intent_id=intent.id, amount=40_01, at=now())

    assert refused.value.code == "amount_too_large"
    assert total(platform) == 96_80 - 60_00
    assert Refund.objects.count() == 1
    assert_books_balance()


def test_a_charge_is_refunded_in_full_once():
    platform = a_platform()
    intent = a_paid_intent(platform)
    refunds.create(tenant=platform, intent_id=intent.id, at=now())

    with pytest.raises(InvalidRequest) as refused:
        refunds.create(tenant=platform, intent_id=intent.id, at=now())

    assert refused.value.code == "charge_already_refunded"
    assert_books_balance()


def test_a_fee_and_a_transfer_amount_exclude_each_other():
    platform = a_platform()
    seller = a_seller(platform)

    with pytest.raises(InvalidRequest) as refused:
        a_paid_intent(
            platform,
            transfer_destination=seller.account_id,
            application_fee_amount=1_00,
            transfer_amount=90_00,
        )

    assert refused.value.param == "application_fee_amount"
    assert not PaymentIntent.objects.exists()


def test_another_platforms_seller_is_missing():
    platform, other = a_platform(), a_platform()
    theirs = a_seller(other)

    with pytest.raises(Missing) as refused:
        a_paid_intent(platform, transfer_destination=theirs.account_id)

    assert refused.value.param == "transfer_data[destination]"
    assert not PaymentIntent.objects.exists()


def test_a_transfer_that_is_reversed_already_is_not_reversed_by_a_refund():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        transfer_amount=60_00,
        payment_method="pm_card_bypassPending",
    )
    reversals.create(tenant=platform, transfer_id=Transfer.objects.get().id, at=now())

    with pytest.raises(InvalidRequest, match="already fully reversed") as refused:
        refunds.create(tenant=platform, intent_id=intent.id, reverse_transfer=True, at=now())

    assert refused.value.param == "reverse_transfer"
    assert (total(platform), total(seller)) == (96_80, 0)
    assert_books_balance()


def test_refunds_that_leave_less_than_a_cent_to_reverse_are_made():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(platform, transfer_destination=seller.account_id, transfer_amount=1)

    for amount in (60_00, 40_00):
        refunds.create(
            tenant=platform, intent_id=intent.id, amount=amount, reverse_transfer=True, at=now()
        )

    assert (total(platform), total(seller)) == (-3_20, 0)
    assert_books_balance()


def test_a_charge_that_was_shared_without_a_fee_has_none_to_return():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(platform, transfer_destination=seller.account_id, transfer_amount=60_00)

    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=50_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )

    assert (total(platform), total(seller)) == (36_80 - 50_00 + 30_00, 30_00)
    assert_books_balance()


def test_flags_of_a_refund_need_something_to_reverse():
    platform = a_platform()
    intent = a_paid_intent(platform)

    for flag in ("reverse_transfer", "refund_application_fee"):
        with pytest.raises(InvalidRequest) as refused:
            refunds.create(tenant=platform, intent_id=intent.id, at=now(), **{flag: True})
        assert refused.value.param == flag

    assert total(platform) == 96_80
    assert_books_balance()
