"""What of a shared charge is pending, and what is available, is what its lines say."""

from datetime import timedelta

import pytest

from connect.models import Transfer
from connect.transfers.services import reversals
from ledger.posting import maturation
from payments.models import Charge
from payments.refunds.services import refunds
from tests.books import assert_books_balance, pending, usable
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


def a_shared_charge(platform, seller, **details):
    a_paid_intent(
        platform,
        transfer_destination=seller.account_id,
        **{"application_fee_amount": 10_00} | details,
    )
    return Charge.objects.get()


def refund(platform, charge, amount, *, reverse=True, fee=True):
    refunds.create(
        tenant=platform,
        charge_id=charge.id,
        amount=amount,
        reverse_transfer=reverse,
        refund_application_fee=fee,
        at=now(),
    )


def test_a_refund_that_the_seller_bears_leaves_nothing_owed_while_the_charge_is_pending():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_shared_charge(platform, seller)

    refund(platform, charge, 40_00)

    assert (usable(platform), pending(platform)) == (0, 2_80)
    assert (usable(seller), pending(seller)) == (0, 54_00)
    assert_books_balance()


@pytest.mark.parametrize(
    ("amount", "has"), [(100_00, (-3_20, 0)), (33_33, (0, 3_47)), (10_00, (0, 5_80))]
)
def test_a_refund_with_both_flags_takes_from_available_only_what_the_charge_lacks(amount, has):
    platform = a_platform()
    charge = a_shared_charge(platform, a_seller(platform))

    refund(platform, charge, amount)

    assert (usable(platform), pending(platform)) == has
    assert_books_balance()


def test_what_comes_back_later_makes_good_what_was_available_first():
    platform = a_platform()
    charge = a_shared_charge(platform, a_seller(platform))
    refund(platform, charge, 40_00, reverse=False, fee=False)
    assert (usable(platform), pending(platform)) == (-33_20, 0)

    reversals.create(tenant=platform, transfer_id=Transfer.objects.get().id, amount=40_00, at=now())

    assert (usable(platform), pending(platform)) == (0, 6_80)
    assert_books_balance()


def test_what_a_processing_fee_had_of_available_comes_back_with_a_reversal():
    platform = a_platform()
    a_shared_charge(platform, a_seller(platform), application_fee_amount=2_00)
    assert (usable(platform), pending(platform)) == (-1_20, 0)

    reversals.create(tenant=platform, transfer_id=Transfer.objects.get().id, amount=5_00, at=now())

    assert (usable(platform), pending(platform)) == (0, 3_80)
    assert_books_balance()


def test_the_figures_are_the_same_once_the_day_has_come():
    platform = a_platform()
    seller = a_seller(platform)
    charge = a_shared_charge(platform, seller)
    refund(platform, charge, 40_00)

    maturation.mature(at=now() + timedelta(days=10))

    assert (usable(platform), pending(platform)) == (2_80, 0)
    assert (usable(seller), pending(seller)) == (54_00, 0)
    assert_books_balance()
