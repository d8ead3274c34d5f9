"""Shares of a charge that sellers abroad get in the currency in which they settle."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connect.models import ExchangeRate, SellerPayment, Transfer
from connect.payouts.services import payouts
from connect.transfers.services import reversals, transfers
from core.errors import InvalidRequest
from ledger.chart import FX_POSITION
from ledger.entries import OPERATOR
from ledger.models import BalanceTransaction
from ledger.posting import maturation
from ledger.queries import account_balance
from payments.inbound.services import delayed_polling
from payments.methods.confirmation_options import ConfirmationOptions
from payments.models import Charge, Refund
from payments.refunds.services import refund_previews, refunds
from payments.refunds.services.refund_drafts import RefundRequest
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, pending, total, usable
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

AT_ONCE = "pm_card_bypassPending"


@pytest.fixture
def platform():
    for currency, rate in (("eur", "0.92"), ("jpy", "149.5")):
        ExchangeRate.objects.create(
            sold="usd", bought=currency, rate=Decimal(rate), starts_at=now() - timedelta(days=1)
        )
    return a_platform()


@pytest.fixture
def seller(platform):
    return a_seller(platform, default_currency="eur")


def position() -> dict[str, int]:
    return {code: account_balance(FX_POSITION, OPERATOR, code) for code in ("usd", "eur")}


def a_charge(platform, **details) -> Charge:
    return Charge.objects.get(id=a_paid_intent(platform, **details).latest_charge_id)


def give(platform, seller, amount, charge) -> Transfer:
    return transfers.create(
        tenant=platform,
        amount=amount,
        currency="usd",
        destination=seller.account_id,
        at=now(),
        source_transaction=charge.id,
    )


def test_a_transfer_of_a_pending_charge_is_pending_in_the_sellers_currency(platform, seller):
    charge = a_charge(platform)

    transfer = give(platform, seller, 60_00, charge)

    assert pending(platform) == 36_80
    assert (pending(seller), pending(seller, "eur"), usable(seller, "eur")) == (0, 55_20, 0)
    payment = SellerPayment.objects.get()
    assert (payment.amount, payment.currency) == (55_20, "eur")
    lines = BalanceTransaction.objects.filter(source__in=[transfer.id, payment.id])
    assert {(line.net, line.currency, line.available_on) for line in lines} == {
        (-60_00, "usd", charge.available_on),
        (55_20, "eur", charge.available_on),
    }
    assert {line.exchange_rate for line in lines} == {Decimal("0.92")}

    maturation.mature(at=now() + timedelta(days=10))
    assert usable(seller, "eur") == 55_20
    assert_books_balance()


@pytest.mark.parametrize("card", ["pm_card_visa", AT_ONCE])
def test_all_that_was_captured_may_be_exchanged(platform, seller, card):
    charge = a_charge(platform, amount=50_00, payment_method=card)

    give(platform, seller, 50_00, charge)

    assert (total(platform), total(seller, "eur")) == (-1_75, 46_00)
    assert position() == {"usd": 50_00, "eur": -46_00}
    assert_books_balance()


@pytest.mark.parametrize("card", ["pm_card_visa", AT_ONCE])
@pytest.mark.parametrize(
    ("style", "platforms", "sellers"),
    [({"transfer_amount": 90_00}, 6_80, 82_80), ({}, -3_20, 92_00)],
)
def test_a_destination_charge_gives_the_seller_its_own_currency(
    platform, seller, card, style, platforms, sellers
):
    a_charge(platform, payment_method=card, transfer_destination=seller.account_id, **style)

    assert (total(platform), total(seller), total(seller, "eur")) == (platforms, 0, sellers)
    assert_books_balance()


def test_a_platform_that_owes_shares_a_new_charge_all_the_same(platform, seller):
    first = a_charge(platform, payment_method=AT_ONCE)
    give(platform, seller, 90_00, first)
    refunds.create(tenant=platform, charge_id=first.id, at=now())
    assert usable(platform) < 0

    a_charge(
        platform,
        payment_method=AT_ONCE,
        transfer_destination=seller.account_id,
        transfer_amount=90_00,
    )

    assert total(seller, "eur") == 2 * 82_80
    assert_books_balance()


def test_each_of_many_sellers_gets_its_own(platform, seller):
    at_home, in_japan = a_seller(platform), a_seller(platform, default_currency="jpy")
    split = [
        {"destination": at_home.account_id, "percent": 3000},
        {"destination": seller.account_id, "amount": 20_00},
        {"destination": in_japan.account_id, "percent": 1000},
    ]

    charge = a_charge(platform, split=split)

    assert (total(at_home), total(seller, "eur"), total(in_japan, "jpy")) == (30_00, 18_40, 1_495)
    refunds.create(
        tenant=platform, charge_id=charge.id, transfer_reversals="proportional", at=now()
    )
    assert (total(at_home), total(seller, "eur"), total(in_japan, "jpy")) == (0, 0, 0)
    assert total(platform) == -3_20
    assert_books_balance()


def test_what_is_less_than_the_sellers_smallest_unit_stays_as_it_is(platform):
    ExchangeRate.objects.filter(bought="jpy").update(rate=Decimal("0.3"))
    seller = a_seller(platform, default_currency="jpy")

    a_charge(platform, transfer_destination=seller.account_id, transfer_amount=1_00)

    assert (total(seller), total(seller, "jpy")) == (1_00, 0)
    assert_books_balance()


def test_a_refund_takes_back_the_same_proportion_of_what_the_seller_got(platform, seller):
    charge = a_charge(platform, transfer_destination=seller.account_id, transfer_amount=90_00)
    ExchangeRate.objects.create(sold="usd", bought="eur", rate=Decimal("0.5"), starts_at=now())
    wish = RefundRequest(charge_id=charge.id, amount=40_00, reverse_transfer=True)
    foreseen = refund_previews.preview(tenant=platform, request=wish, at=now())
    (back,) = [share for share in foreseen.shares if share.type == "transfer_reversal"]
    assert back.amount == 36_00

    refunds.create(
        tenant=platform, charge_id=charge.id, amount=40_00, reverse_transfer=True, at=now()
    )
    assert (total(platform), total(seller, "eur")) == (2_80, 49_68)

    refunds.create(tenant=platform, charge_id=charge.id, reverse_transfer=True, at=now())
    assert (total(platform), total(seller, "eur"), total(seller)) == (-3_20, 0, 0)
    assert position() == {"usd": 0, "eur": 0}
    assert_books_balance()


def test_a_refund_that_fails_gives_the_seller_the_same_again(platform, seller):
    charge = a_charge(
        platform,
        payment_method="pm_card_refundFail",
        transfer_destination=seller.account_id,
        transfer_amount=90_00,
    )
    before = (total(platform), total(seller, "eur"))
    refunds.create(
        tenant=platform, charge_id=charge.id, amount=33_33, reverse_transfer=True, at=now()
    )
    assert total(seller, "eur") < before[1]

    SimulatedRequest.objects.update(created_at=now() - timedelta(days=3))
    refunds.repair(at=now() + timedelta(days=3))

    assert Refund.objects.get().status == "failed"
    assert (total(platform), total(seller, "eur")) == before
    assert SellerPayment.objects.get().amount_refunded == 0
    assert_books_balance()


def test_a_reversal_goes_back_to_the_pending_charge(platform, seller):
    transfer = give(platform, seller, 60_00, a_charge(platform))

    reversals.create(tenant=platform, transfer_id=transfer.id, amount=20_00, at=now())

    assert (usable(platform), pending(platform)) == (0, 56_80)
    assert (usable(seller, "eur"), pending(seller, "eur")) == (0, 36_80)
    assert_books_balance()


def test_a_seller_that_was_paid_out_is_not_named_for_what_it_no_longer_has(platform, seller):
    transfer = give(platform, seller, 60_00, a_charge(platform, payment_method=AT_ONCE))
    a_bank_account(
        seller, "DE89370400440532013000", country="DE", currency="eur", routing_number=None
    )
    payouts.create(tenant=seller, amount=50_00, currency="eur", at=now())

    def refund(amount):
        refunds.create(
            tenant=platform,
            charge_id=transfer.source_transaction,
            amount=amount,
            at=now(),
            transfer_reversals=[{"transfer": transfer.id, "amount": amount}],
        )

    with pytest.raises(InvalidRequest, match=r"has 5\.20 EUR") as refused:
        refund(6_00)

    assert refused.value.code == "balance_insufficient"
    refund(5_00)
    assert usable(seller, "eur") == 60
    assert_books_balance()


def test_a_debit_that_is_taken_back_takes_the_sellers_currency_back(platform, seller):
    a_paid_intent(
        platform,
        payment_method="pm_usBankAccount_rialto_takenBack",
        session=ConfirmationOptions(customer_acceptance={"type": "offline"}),
        payment_method_types=["us_bank_account"],
        transfer_destination=seller.account_id,
        transfer_amount=90_00,
    )
    for age in (10, 3_600):
        SimulatedRequest.objects.update(created_at=now() - timedelta(seconds=age))
        delayed_polling.poll_due(at=now() + timedelta(minutes=age))
        if age == 10:
            assert total(seller, "eur") == 82_80

    assert total(seller, "eur") == 0
    assert position() == {"usd": 0, "eur": 0}
    assert_books_balance()
