"""Whatever is taken back at once, from whichever side it is asked for, is taken back once."""

from datetime import timedelta

import pytest

from accounts.models import Account
from connect.models import ApplicationFee, ApplicationFeeRefund, Payout, PayoutPrice, Transfer
from connect.onboarding.services import external_accounts
from connect.payouts import queries
from connect.payouts.services import payouts, runs
from connect.payouts.services.attempts import sending
from connect.transfers.services import application_fees, reversals
from core.errors import InvalidRequest
from payments.refunds.services import refunds
from tests.books import assert_books_balance, on_its_way, total, usable
from tests.factories import (
    a_bank_account,
    a_paid_intent,
    a_platform,
    a_seller,
    a_seller_with,
    now,
)
from tests.soak import times
from tests.survival.test_ledger_faults import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("number", range(times(4)))
def test_refunds_reversals_and_fee_refunds_at_once_do_not_wait_in_a_circle(number):
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00
    )
    transfer, fee = Transfer.objects.get(), ApplicationFee.objects.get()

    def refund() -> object:
        return refunds.create(
            tenant=platform,
            intent_id=intent.id,
            amount=5_00,
            reverse_transfer=True,
            refund_application_fee=True,
            at=now(),
        )

    def reverse() -> object:
        return reversals.create(
            tenant=platform,
            transfer_id=transfer.id,
            amount=3_00,
            refund_application_fee=True,
            at=now(),
        )

    def give_back() -> object:
        return application_fees.refund(tenant=platform, fee_id=fee.id, amount=1_00, at=now())

    results = together(*[refund, reverse, give_back] * 3)

    assert not [r for r in results if isinstance(r, Exception)]
    transfer.refresh_from_db()
    fee.refresh_from_db()
    assert transfer.amount_reversed == 3 * 5_00 + 3 * 3_00
    # Of the fee: what refunds and reversals return in proportion, and 3.00 besides.
    assert total(platform) == 96_80 - 90_00 - 15_00 + 24_00 - fee.amount_refunded
    assert total(platform) + total(seller) == 96_80 - 15_00
    assert_books_balance()


@pytest.mark.parametrize("number", range(times(4)))
def test_f25_payouts_at_once_take_exactly_what_is_there(number):
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)

    def pay_out() -> object:
        return payouts.create(tenant=seller, amount=8_00, currency="usd", at=now())

    results = together(*[pay_out] * 16)

    refused = [r for r in results if isinstance(r, Exception)]
    assert len(refused) == 4, results
    assert all(getattr(r, "code", "") == "balance_insufficient" for r in refused), refused
    assert (usable(seller), on_its_way(seller)) == (4_00, 96_00)
    assert_books_balance()


@pytest.mark.parametrize("number", range(times(4)))
def test_two_runs_and_a_payout_by_hand_at_once_pay_a_seller_once(number):
    platform = a_platform()
    sellers = [a_seller_with(platform, 100_00) for _ in range(3)]
    for seller in sellers:
        a_bank_account(seller)
    soon = now() + timedelta(days=8)

    def run() -> object:
        return runs.run_due(at=soon)

    def by_hand() -> object:
        return payouts.create(tenant=sellers[0], amount=30_00, currency="usd", at=now())

    together(run, run, run, by_hand)
    run()

    for seller in sellers:
        assert (usable(seller), on_its_way(seller)) == (0, 100_00)
    assert Payout.objects.count() <= 5
    assert_books_balance()


def test_sending_and_cancelling_at_once_does_one_of_them():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    for _ in range(times(4)):
        payout = payouts.create(tenant=seller, amount=10_00, currency="usd", at=now())
        soon = now() + timedelta(hours=1)

        together(
            lambda at=soon: sending.send_due(at=at),
            lambda it=payout.id: payouts.cancel(tenant=seller, payout_id=it, at=now()),
            lambda at=soon: sending.send_due(at=at),
        )

        payout.refresh_from_db()
        assert payout.status in ("canceled", "in_transit")
        assert payout.attempts.count() == (payout.status == "in_transit")
    assert_books_balance()


def test_of_new_bank_accounts_at_once_one_is_left_and_a_waiting_payout_is_canceled():
    seller = a_seller_with(a_platform(), 100_00)
    first = a_bank_account(seller)
    payout = payouts.create(tenant=seller, amount=40_00, currency="usd", at=now())
    account = Account.objects.get(id=seller.account_id)

    results = together(
        *[
            lambda: external_accounts.replace_default(
                tenant=seller, account=account, params="btok_us_verified", at=now()
            )
        ]
        * 8
    )

    assert not [r for r in results if isinstance(r, Exception)]
    (left,) = queries.external_accounts(seller)
    assert left.is_default
    assert left.id != first.id
    assert Payout.objects.get(id=payout.id).status == "canceled"
    assert usable(seller) == 100_00
    assert_books_balance()


@pytest.mark.parametrize("number", range(times(4)))
def test_instant_payouts_at_once_take_exactly_what_is_there_with_their_fees(number):
    platform = a_platform(fee_bps=0, fee_fixed_amount=0)
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    PayoutPrice.objects.create(
        account_id=platform.account_id, livemode=False, currency="usd", fixed_amount=50
    )

    def pay_out() -> object:
        return payouts.create(
            tenant=seller, amount=8_00, currency="usd", method="instant", at=now()
        )

    results = together(*[pay_out] * 16)

    refused = [r for r in results if isinstance(r, Exception)]
    assert len(refused) == 5, results
    assert all("0.50 USD is the fee" in str(r) for r in refused), refused
    assert (usable(seller), on_its_way(seller), usable(platform)) == (6_50, 88_00, 5_50)
    assert_books_balance()


@pytest.mark.parametrize("number", range(times(4)))
def test_the_fee_of_a_payout_is_returned_once_whoever_asks_at_once(number):
    platform = a_platform(fee_bps=0, fee_fixed_amount=0)
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    PayoutPrice.objects.create(
        account_id=platform.account_id, livemode=False, currency="usd", fixed_amount=50
    )
    payout = payouts.create(tenant=seller, amount=60_00, currency="usd", method="instant", at=now())

    def cancel() -> object:
        return payouts.cancel(tenant=seller, payout_id=payout.id, at=now())

    def give_back() -> object:
        return application_fees.refund(
            tenant=platform, fee_id=str(payout.application_fee_id), at=now()
        )

    results = together(*[cancel, give_back] * 4)

    refused = [r for r in results if isinstance(r, Exception)]
    assert all(isinstance(r, InvalidRequest) for r in refused), refused
    assert {r.code for r in refused} == {"application_fee_already_refunded"}
    assert [one.amount for one in ApplicationFeeRefund.objects.all()] == [50]
    assert (usable(seller), on_its_way(seller), usable(platform)) == (100_00, 0, 0)
    assert_books_balance()
