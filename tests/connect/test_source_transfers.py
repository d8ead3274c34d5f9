"""A transfer out of a charge may take all of it; the processing stays the platform's."""

import pytest

from connect.models import Transfer
from connect.transfers.services import reversals, transfers
from core.errors import InvalidRequest
from ledger.models import BalanceTransaction
from ledger.posting import maturation
from payments.charges.services import fee_true_ups
from payments.refunds.services import refunds
from tests.books import assert_books_balance, pending, total, usable
from tests.factories import a_paid_intent, a_platform, a_seller, moment, now

pytestmark = pytest.mark.django_db

LATER = moment("2030-01-01T00:00")
AT_ONCE = "pm_card_bypassPending"


def a_charge(platform, amount=50_00, **details) -> str:
    return str(a_paid_intent(platform, amount=amount, **details).latest_charge_id)


def give(platform, seller, amount, charge, **details) -> Transfer:
    return transfers.create(
        tenant=platform,
        amount=amount,
        currency="usd",
        destination=seller.account_id,
        source_transaction=charge,
        at=now(),
        **details,
    )


@pytest.mark.parametrize("card", ["pm_card_visa", AT_ONCE])
def test_all_that_was_captured_may_be_transferred(card):
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_charge(platform, payment_method=card)

    give(platform, seller, 50_00, charge)

    assert (total(platform), total(seller)) == (-1_75, 50_00)
    assert_books_balance()


def test_a_charge_that_is_available_by_now_is_transferred_as_far():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_charge(platform)
    maturation.mature(at=LATER)

    give(platform, seller, 50_00, charge)

    assert (usable(platform), total(seller)) == (-1_75, 50_00)
    maturation.mature(at=LATER)
    assert usable(seller) == 50_00
    assert_books_balance()


def test_the_fee_comes_out_of_the_charge_first_and_then_out_of_what_is_available():
    platform = a_platform()
    seller = a_seller(platform)
    a_charge(platform, 100_00, payment_method=AT_ONCE)
    charge = a_charge(platform)

    give(platform, seller, 48_25, charge)
    assert (usable(platform), pending(platform)) == (96_80, 0)

    give(platform, seller, 1_75, charge)
    assert (usable(platform), pending(platform)) == (95_05, 0)
    assert pending(seller) == 50_00
    assert_books_balance()


def test_several_transfers_owe_no_more_than_the_fee_together():
    platform = a_platform()
    seller, other = a_seller(platform), a_seller(platform)
    charge = a_charge(platform)
    for amount in (20_00, 28_50, 1_00):
        give(platform, seller, amount, charge)
    assert total(platform) == -1_25

    give(platform, other, 50, charge)

    assert (total(platform), total(seller), total(other)) == (-1_75, 49_50, 50)
    assert_books_balance()


def test_what_was_refunded_is_not_there_to_be_transferred():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_charge(platform)
    refunds.create(tenant=platform, charge_id=charge, amount=10_00, at=now())

    with pytest.raises(InvalidRequest) as refused:
        give(platform, seller, 50_00, charge)

    assert refused.value.code == "balance_insufficient"
    assert (total(platform), total(seller)) == (38_25, 0)
    give(platform, seller, 38_25, charge)
    assert (total(platform), total(seller)) == (0, 38_25)
    assert_books_balance()


def test_a_fee_that_was_corrected_counts_as_it_is_now():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_charge(platform)
    fee_true_ups.true_up(charge_id=charge, actual_amount=2_00, reference="r1", at=now())

    give(platform, seller, 50_00, charge)

    assert (total(platform), total(seller)) == (-2_00, 50_00)
    assert_books_balance()


def test_a_transfer_that_is_too_large_is_told_what_is_left():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_charge(platform)
    give(platform, seller, 30_00, charge)

    with pytest.raises(InvalidRequest) as refused:
        give(platform, seller, 20_01, charge)

    assert (refused.value.code, refused.value.param) == ("amount_too_large", "amount")
    assert "20.00 USD" in str(refused.value)
    assert total(seller) == 30_00


def test_each_owner_is_shown_one_line_of_it_and_it_comes_back_as_one():
    platform = a_platform()
    seller = a_seller(platform)
    transfer = give(platform, seller, 50_00, a_charge(platform))
    of_transfer = BalanceTransaction.objects.filter(
        source__in=[transfer.id, transfer.destination_payment_id]
    )
    assert sorted(of_transfer.values_list("net", flat=True)) == [-50_00, 50_00]

    reversals.create(tenant=platform, transfer_id=transfer.id, at=now())

    assert (usable(platform), pending(platform), total(seller)) == (0, 48_25, 0)
    assert_books_balance()
