"""A reversal that returns the application fee is judged by what the seller has in the end."""

import pytest

from connect.models import ApplicationFee, Transfer, TransferReversal
from connect.transfers.services import reversals, transfers
from core.errors import InvalidRequest
from ledger.posting import maturation, owner_settings
from tests.books import assert_books_balance, pending, total, usable
from tests.factories import a_paid_intent, a_platform, a_seller, moment, now

pytestmark = pytest.mark.django_db

AT_ONCE = "pm_card_bypassPending"


def a_shared_charge(platform, seller, **details) -> Transfer:
    a_paid_intent(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00, **details
    )
    return Transfer.objects.latest("created_at")


def reverse(platform, transfer, amount=None) -> None:
    reversals.create(
        tenant=platform,
        transfer_id=transfer.id,
        amount=amount,
        refund_application_fee=True,
        at=now(),
    )


@pytest.mark.parametrize("card", ["pm_card_visa", AT_ONCE])
def test_all_of_a_transfer_comes_back_with_its_fee(card):
    platform = a_platform()
    seller = a_seller(platform)
    transfer = a_shared_charge(platform, seller, payment_method=card)

    reverse(platform, transfer, 100_00)

    assert (total(platform), total(seller)) == (96_80, 0)
    assert ApplicationFee.objects.get().amount_refunded == 10_00
    assert_books_balance()


def test_what_was_pending_comes_back_to_the_charge():
    platform = a_platform()
    seller = a_seller(platform)
    transfer = a_shared_charge(platform, seller)

    reverse(platform, transfer)

    assert (usable(platform), pending(platform)) == (0, 96_80)
    assert (usable(seller), pending(seller)) == (0, 0)
    assert_books_balance()


def test_it_comes_back_in_parts_to_the_last_cent():
    platform = a_platform()
    seller = a_seller(platform)
    transfer = a_shared_charge(platform, seller)

    for amount in (33_33, 33_33, None):
        reverse(platform, transfer, amount)

    assert (total(platform), total(seller)) == (96_80, 0)
    assert_books_balance()


def test_a_seller_that_lacks_a_cent_besides_is_refused():
    platform = a_platform()
    seller = a_seller(platform)
    transfer = a_shared_charge(platform, seller, payment_method=AT_ONCE)
    transfers.create(
        tenant=seller, amount=1, currency="usd", destination=a_seller(seller).account_id, at=now()
    )

    with pytest.raises(InvalidRequest) as refused:
        reverse(platform, transfer)

    assert refused.value.code == "balance_insufficient"
    assert not TransferReversal.objects.exists()
    assert (usable(platform), usable(seller)) == (6_80, 89_99)
    reverse(platform, transfer, 99_98)
    assert usable(seller) == 1
    assert_books_balance()


def test_a_platform_that_may_owe_nothing_gets_its_money_back_all_the_same():
    platform = a_platform()
    seller = a_seller(platform)
    transfer = a_shared_charge(platform, seller)
    maturation.mature(at=moment("2030-01-01T00:00"))
    owner_settings.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=0, by="olga", livemode=False
    )

    reverse(platform, transfer)

    assert (total(platform), total(seller)) == (96_80, 0)
    assert_books_balance()
