"""How much an instant payout costs, and whom."""

import pytest

from connect.models import ApplicationFee
from connect.payouts import resources
from tests.books import assert_books_balance, usable
from tests.connect.test_payout_fees import a_free_platform, a_paid_out_seller, a_price, instant
from tests.factories import a_bank_account, a_paid_intent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("price", "amount", "fee"),
    [
        ({"bps": 150}, 10_00, 15),
        ({"bps": 150}, 33, 0),  # 0.495
        ({"bps": 100}, 50, 1),  # a half is rounded up
        ({"bps": 100}, 49, 0),
        ({"fixed_amount": 75}, 10_00, 75),
        ({"bps": 100, "fixed_amount": 25, "least_amount": 50}, 10_00, 50),
        ({"bps": 1_000, "most_amount": 2_00}, 50_00, 2_00),
        ({"least_amount": 50}, 20, 20),  # never more than the payout
        ({"bps": 10_000}, 10_00, 10_00),
    ],
)
def test_the_fee_is_worked_out_as_other_fees_are(price, amount, fee):
    platform = a_free_platform()
    a_price(platform, **price)
    seller = a_paid_out_seller(platform)

    payout = instant(seller, amount)

    assert payout.application_fee_amount == (fee or None)
    assert (usable(seller), usable(platform)) == (100_00 - amount - fee, fee)
    assert_books_balance()


def test_only_sellers_of_a_platform_with_a_price_pay_one():
    a_price(platform := a_free_platform(), bps=100, fixed_amount=50)
    a_price(platform, livemode=True, currency="eur", bps=9_000)
    a_price(other := a_free_platform(), currency="eur", bps=9_000)
    a_price(other, livemode=True, bps=9_000)
    seller, elsewhere = a_paid_out_seller(platform), a_paid_out_seller(other)
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    a_bank_account(platform)
    had = usable(platform)

    made = [instant(seller, 10_00, method="standard"), instant(elsewhere), instant(platform, 10_00)]

    assert [payout.application_fee_amount for payout in made] == [None, None, None]
    wire = resources.payout(made[1])
    assert (wire["application_fee"], wire["application_fee_amount"]) == (None, None)
    assert (usable(seller), usable(elsewhere), usable(platform)) == (90_00, 40_00, had - 10_00)
    assert not ApplicationFee.objects.exists()
    assert_books_balance()
