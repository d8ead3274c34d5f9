"""The worked figures: charge 100.00, processing 3.20, application fee 10.00."""

import pytest

from payments.refunds.services import refunds
from tests.books import assert_books_balance, at_the_processor, in_transit, total
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


def test_a_platform_charge_leaves_the_platform_all_but_the_processing():
    platform = a_platform()

    a_paid_intent(platform)

    assert total(platform) == 96_80
    assert at_the_processor() == 96_80
    assert_books_balance()


def test_a_destination_charge_with_a_fee_of_10_gives_the_seller_90():
    platform = a_platform()
    seller = a_seller(platform)

    a_paid_intent(platform, transfer_destination=seller.account_id, application_fee_amount=10_00)

    assert (total(platform), total(seller)) == (6_80, 90_00)
    assert at_the_processor() == 96_80
    assert_books_balance()


def test_a_destination_charge_of_which_90_is_transferred_gives_the_seller_90():
    platform = a_platform()
    seller = a_seller(platform)

    a_paid_intent(platform, transfer_destination=seller.account_id, transfer_amount=90_00)

    assert (total(platform), total(seller)) == (6_80, 90_00)
    assert_books_balance()


@pytest.mark.parametrize(("fee", "platform_ends"), [(0, -3_20), (2_00, -1_20)])
def test_a_small_fee_leaves_the_platform_to_pay_for_the_processing(fee, platform_ends):
    platform = a_platform()
    seller = a_seller(platform)

    a_paid_intent(platform, transfer_destination=seller.account_id, application_fee_amount=fee)

    assert (total(platform), total(seller)) == (platform_ends, 100_00 - fee)
    assert_books_balance()


@pytest.mark.parametrize(
    ("refunded", "reverse", "fee_back", "platform_has", "seller_has"),
    [
        (100_00, False, False, -93_20, 90_00),
        (100_00, False, True, -103_20, 100_00),
        (100_00, True, False, 6_80, -10_00),
        (100_00, True, True, -3_20, 0),
        (40_00, False, False, -33_20, 90_00),
        (40_00, False, True, -37_20, 94_00),
        (40_00, True, False, 6_80, 50_00),
        (40_00, True, True, 2_80, 54_00),
    ],
)
def test_a_refund_of_a_destination_charge_in_fee_style(
    refunded, reverse, fee_back, platform_has, seller_has
):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00
    )

    refund = refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=refunded,
        reverse_transfer=reverse,
        refund_application_fee=fee_back,
        at=now(),
    )

    assert refund.status == "succeeded"
    assert (total(platform), total(seller)) == (platform_has, seller_has)
    assert in_transit(platform) == 0
    assert at_the_processor() == 96_80 - refunded
    assert_books_balance()


@pytest.mark.parametrize(
    ("refunded", "reverse", "platform_has", "seller_has"),
    [
        (100_00, False, -93_20, 90_00),
        (100_00, True, -3_20, 0),
        (40_00, False, -33_20, 90_00),
        (40_00, True, 2_80, 54_00),
    ],
)
def test_a_refund_of_a_destination_charge_in_amount_style(
    refunded, reverse, platform_has, seller_has
):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(platform, transfer_destination=seller.account_id, transfer_amount=90_00)

    refunds.create(
        tenant=platform, intent_id=intent.id, amount=refunded, reverse_transfer=reverse, at=now()
    )

    assert (total(platform), total(seller)) == (platform_has, seller_has)
    assert_books_balance()


def test_three_refunds_with_both_flags_return_the_fee_in_exactly_three_steps():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00
    )

    left = []
    for amount in (33_33, 33_33, 33_34):
        refunds.create(
            tenant=platform,
            intent_id=intent.id,
            amount=amount,
            reverse_transfer=True,
            refund_application_fee=True,
            at=now(),
        )
        left.append(total(seller))

    # Of 100.00 given and 10.00 taken: 33.33 back less 3.33, then 33.33 less 3.34, then the rest.
    assert left == [90_00 - 33_33 + 3_33, 90_00 - 66_66 + 6_67, 0]
    assert total(platform) == -3_20
    assert_books_balance()


def test_yen_have_no_decimals():
    platform = a_platform()
    seller = a_seller(platform)

    a_paid_intent(
        platform,
        amount=10_000,
        currency="jpy",
        transfer_destination=seller.account_id,
        application_fee_amount=1_000,
    )

    # 2.9 % of 10,000 yen and 30 yen.
    assert (total(platform, "jpy"), total(seller, "jpy")) == (1_000 - 320, 9_000)
    assert total(platform, "usd") == 0
    assert_books_balance()


def test_a_charge_that_is_available_at_once_is_shared_out_whatever_is_owed_meanwhile():
    platform = a_platform()
    seller = a_seller(platform)
    split = {
        "transfer_destination": seller.account_id,
        "application_fee_amount": 10_00,
        "payment_method": "pm_card_bypassPending",
    }
    first = a_paid_intent(platform, **split)
    refunds.create(tenant=platform, intent_id=first.id, at=now())

    second = a_paid_intent(platform, **split)

    assert second.status == "succeeded"
    assert (total(platform), total(seller)) == (-93_20 + 6_80, 180_00)
    assert_books_balance()
