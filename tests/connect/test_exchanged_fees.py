"""The platform's cut of a destination charge whose seller settles in another currency.

The seller gets the whole charge in its currency and gives the cut in it; the platform gets the
cut in the charge's, to the amount that it asked for.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from connect.models import ApplicationFee, ExchangeRate, SellerPayment, Transfer
from connect.transfers.services import application_fees, reversals
from core.errors import InvalidRequest
from ledger.chart import FX_POSITION
from ledger.entries import OPERATOR
from ledger.models import BalanceTransaction
from ledger.posting import maturation
from ledger.queries import account_balance
from payments.disputes.services import disputes
from payments.inbound.services import delayed_polling
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, Refund
from payments.refunds.services import refund_previews, refunds
from payments.refunds.services.refund_drafts import RefundRequest
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, pending, total, usable
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

AT_ONCE = "pm_card_bypassPending"


def a_rate(sold, bought, rate) -> None:
    ExchangeRate.objects.create(
        sold=sold, bought=bought, rate=Decimal(rate), starts_at=now() - timedelta(days=1)
    )


@pytest.fixture
def platform():
    a_rate("usd", "eur", "0.92")
    return a_platform()


@pytest.fixture
def seller(platform):
    return a_seller(platform, default_currency="eur")


def position() -> dict[str, int]:
    return {code: account_balance(FX_POSITION, OPERATOR, code) for code in ("usd", "eur")}


def a_charge(platform, seller, **details) -> Charge:
    terms = {"transfer_destination": seller.account_id, "application_fee_amount": 10_00}
    return Charge.objects.get(id=a_paid_intent(platform, **terms | details).latest_charge_id)


def refund(platform, charge, amount=None, *, reverse=True, fee=True) -> None:
    refunds.create(
        tenant=platform,
        charge_id=charge.id,
        amount=amount,
        reverse_transfer=reverse,
        refund_application_fee=fee,
        at=now(),
    )


@pytest.mark.parametrize("card", ["pm_card_visa", AT_ONCE])
def test_the_platform_gets_what_it_asked_for_and_the_seller_its_own_currency(
    platform, seller, card
):
    a_charge(platform, seller, payment_method=card)

    assert (total(platform), total(seller), total(seller, "eur")) == (6_80, 0, 82_80)
    assert position() == {"usd": 90_00, "eur": -82_80}
    assert_books_balance()


def test_the_fee_is_in_the_currency_of_the_charge_and_shown_to_the_seller_in_its_own(
    platform, seller
):
    charge = a_charge(platform, seller)

    fee = ApplicationFee.objects.get()
    assert (fee.amount, fee.currency) == (10_00, "usd")
    assert (fee.payment_amount, fee.payment_currency) == (9_20, "eur")
    payment = SellerPayment.objects.get()
    assert (payment.amount, payment.application_fee_amount, payment.currency) == (
        92_00,
        9_20,
        "eur",
    )
    line = BalanceTransaction.objects.get(source=payment.id)
    assert (line.amount, line.fee, line.net, line.currency) == (92_00, 9_20, 82_80, "eur")
    assert (line.fee_details[0]["amount"], line.fee_details[0]["currency"]) == (9_20, "eur")
    got = BalanceTransaction.objects.get(source=fee.id)
    assert (got.net, got.currency, got.exchange_rate) == (10_00, "usd", Decimal("0.92"))
    assert got.available_on == line.available_on == charge.available_on
    assert (pending(platform), pending(seller, "eur")) == (6_80, 82_80)

    maturation.mature(at=now() + timedelta(days=10))
    assert (usable(platform), usable(seller, "eur")) == (6_80, 82_80)
    assert_books_balance()


@pytest.mark.parametrize(
    ("reverse", "fee", "platforms", "sellers"),
    [
        (False, False, -93_20, 82_80),
        (False, True, -1_03_20, 92_00),
        (True, False, 6_80, -9_20),
        (True, True, -3_20, 0),
    ],
)
def test_a_full_refund_by_its_flags(platform, seller, reverse, fee, platforms, sellers):
    charge = a_charge(platform, seller)

    refund(platform, charge, reverse=reverse, fee=fee)

    assert (total(platform), total(seller, "eur")) == (platforms, sellers)
    assert_books_balance()


@pytest.mark.parametrize("card", ["pm_card_visa", AT_ONCE])
def test_a_part_takes_and_returns_its_proportion_at_the_first_rate(platform, seller, card):
    charge = a_charge(platform, seller, payment_method=card)
    ExchangeRate.objects.create(sold="usd", bought="eur", rate=Decimal("0.5"), starts_at=now())
    wish = RefundRequest(
        charge_id=charge.id, amount=40_00, reverse_transfer=True, refund_application_fee=True
    )
    foreseen = refund_previews.preview(tenant=platform, request=wish, at=now())
    assert {share.type: share.amount for share in foreseen.shares} == {
        "refund": 40_00,
        "transfer_reversal": 40_00,
        "application_fee_refund": 4_00,
    }

    refund(platform, charge, 40_00)
    assert (total(platform), total(seller, "eur")) == (2_80, 49_68)
    assert (usable(seller, "eur") < 0, pending(seller, "eur") < 0) == (False, False)

    refund(platform, charge)
    assert (total(platform), total(seller, "eur")) == (-3_20, 0)
    assert position() == {"usd": 0, "eur": 0}
    assert ApplicationFee.objects.get().payment_amount_refunded == 9_20
    assert_books_balance()


def test_three_parts_return_exactly_the_fee(platform, seller):
    charge = a_charge(platform, seller)

    for amount in (33_33, 33_33, 33_34):
        refund(platform, charge, amount)

    returned = ApplicationFee.objects.get().refunds.order_by("id")
    assert [each.amount for each in returned] == [3_33, 3_34, 3_33]
    assert [each.payment_amount for each in returned] == [3_06, 3_08, 3_06]
    assert (total(platform), total(seller, "eur")) == (-3_20, 0)
    assert_books_balance()


@pytest.mark.parametrize("card", ["pm_card_visa", AT_ONCE])
def test_all_of_a_transfer_comes_back_with_its_fee(platform, seller, card):
    a_charge(platform, seller, payment_method=card)
    transfer = Transfer.objects.get()

    reversals.create(
        tenant=platform, transfer_id=transfer.id, refund_application_fee=True, at=now()
    )

    assert (total(platform), total(seller, "eur")) == (96_80, 0)
    assert position() == {"usd": 0, "eur": 0}
    assert_books_balance()


def test_without_the_fee_a_seller_that_has_only_its_net_is_refused(platform, seller):
    a_charge(platform, seller, payment_method=AT_ONCE)

    with pytest.raises(InvalidRequest) as refused:
        reversals.create(tenant=platform, transfer_id=Transfer.objects.get().id, at=now())

    assert refused.value.code == "balance_insufficient"
    assert (total(platform), total(seller, "eur")) == (6_80, 82_80)
    assert_books_balance()


def test_a_fee_is_returned_by_itself_in_what_the_seller_gave(platform, seller):
    a_charge(platform, seller)
    fee = ApplicationFee.objects.get()

    made = application_fees.refund(tenant=platform, fee_id=fee.id, amount=2_50, at=now())

    assert (made.amount, made.currency, made.payment_amount) == (2_50, "usd", 2_30)
    lines = BalanceTransaction.objects.filter(source=made.id)
    assert {(line.net, line.currency) for line in lines} == {(-2_50, "usd"), (2_30, "eur")}
    assert (total(platform), total(seller, "eur")) == (4_30, 85_10)
    application_fees.refund(tenant=platform, fee_id=fee.id, at=now())
    assert (total(platform), total(seller, "eur")) == (-3_20, 92_00)
    assert_books_balance()


def test_a_refund_that_fails_gives_each_the_same_again(platform, seller):
    charge = a_charge(platform, seller, payment_method="pm_card_refundFail")
    before = (total(platform), total(seller, "eur"))
    refund(platform, charge, 33_33)
    assert total(seller, "eur") < before[1]

    SimulatedRequest.objects.update(created_at=now() - timedelta(days=3))
    refunds.repair(at=now() + timedelta(days=3))

    assert Refund.objects.get().status == "failed"
    assert (total(platform), total(seller, "eur")) == before
    fee = ApplicationFee.objects.get()
    assert (fee.amount_refunded, fee.payment_amount_refunded) == (0, 0)
    assert_books_balance()


def test_after_a_dispute_the_platform_takes_the_sellers_part_back_in_its_currency(platform, seller):
    a_charge(platform, seller, payment_method="pm_card_createDispute")
    SimulatedRequest.objects.update(created_at=now() - timedelta(days=3))
    disputes.fetch(at=now())
    assert (total(platform), total(seller, "eur")) == (-1_08_20, 82_80)

    reversals.create(
        tenant=platform,
        transfer_id=Transfer.objects.get().id,
        refund_application_fee=True,
        at=now(),
    )

    assert (total(platform), total(seller, "eur")) == (-18_20, 0)
    assert_books_balance()


def test_a_debit_that_is_taken_back_takes_all_of_it_back(platform, seller):
    a_charge(
        platform,
        seller,
        payment_method="pm_usBankAccount_rialto_takenBack",
        session=ConfirmationOptions(customer_acceptance={"type": "offline"}),
        payment_method_types=["us_bank_account"],
    )
    for age in (10, 3_600):
        SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=age))
        delayed_polling.poll_due(at=now() + timedelta(minutes=age))
        if age == 10:
            assert total(seller, "eur") == 82_80

    assert total(seller, "eur") == 0
    assert position() == {"usd": 0, "eur": 0}
    assert_books_balance()


@pytest.mark.parametrize(
    ("sold", "bought", "rate", "amount", "fee", "gets", "gives"),
    [
        # 100.00 dollars are 14,950 yen; of 14,950 the cut of 12.34 dollars is 1,844.83.
        ("usd", "jpy", "149.5", 100_00, 12_34, 14_950, 1_845),
        # 10,000 yen are 66.90 dollars; of these a tenth and a bit.
        ("jpy", "usd", "0.00669", 10_000, 1_001, 66_90, 6_70),
        # 100.00 dollars are 30.750 dinars.
        ("usd", "kwd", "0.3075", 100_00, 10_00, 30_750, 3_075),
        # 30.750 dinars are 15,000 yen: three decimals and none.
        ("kwd", "jpy", "487.8049", 30_750, 3_080, 15_000, 1_502),
    ],
)
def test_currencies_without_decimals_and_with_three(sold, bought, rate, amount, fee, gets, gives):
    platform = a_platform(default_currency=sold)
    seller = a_seller(platform, default_currency=bought)
    a_rate(sold, bought, rate)
    before = total(platform, sold)

    charge = a_charge(platform, seller, amount=amount, currency=sold, application_fee_amount=fee)

    assert total(seller, bought) == gets - gives
    assert total(platform, sold) - before == fee - charge.fee_amount
    refund(platform, charge)
    assert (total(seller, bought), total(platform, sold) - before) == (0, -charge.fee_amount)
    assert_books_balance()


def test_a_cut_below_the_sellers_smallest_unit_keeps_the_currency_of_the_charge(platform):
    a_rate("usd", "jpy", "20")
    seller = a_seller(platform, default_currency="jpy")

    a_charge(platform, seller, application_fee_amount=2)

    assert (total(seller), total(seller, "jpy")) == (99_98, 0)
    assert ApplicationFee.objects.get().payment_amount is None
    assert_books_balance()


def test_a_part_below_the_sellers_smallest_unit_is_not_returned(platform):
    a_rate("usd", "jpy", "20")
    seller = a_seller(platform, default_currency="jpy")
    a_charge(platform, seller)
    fee = ApplicationFee.objects.get()

    with pytest.raises(InvalidRequest) as refused:
        application_fees.refund(tenant=platform, fee_id=fee.id, amount=2, at=now())

    assert (refused.value.code, refused.value.param) == ("amount_too_small", "amount")
    assert (total(platform), total(seller, "jpy")) == (6_80, 1_800)
    assert_books_balance()


def test_the_whole_charge_may_be_the_platforms_cut(platform, seller):
    charge = a_charge(platform, seller, application_fee_amount=100_00)

    assert (total(platform), total(seller, "eur")) == (96_80, 0)
    refund(platform, charge)
    assert (total(platform), total(seller, "eur")) == (-3_20, 0)
    assert_books_balance()
