"""Refunds that are on their way do not count on the same money of a seller twice."""

from datetime import timedelta

import pytest

from connect.models import Transfer
from connect.payouts.services import payouts
from connect.transfers.services import transfers
from core.errors import InvalidRequest
from ledger.posting import maturation
from payments.models import Refund
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, total, usable
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db

SLOW, AT_ONCE = "pm_card_pendingRefund", "pm_card_bypassPending"


def a_transfer(platform, seller, amount=60_00, card=SLOW) -> Transfer:
    """Share a charge of 100.00, whose refunds its rail settles later."""
    charge = a_paid_intent(platform, payment_method=card).latest_charge_id
    return transfers.create(
        tenant=platform,
        amount=amount,
        currency="usd",
        destination=seller.account_id,
        source_transaction=charge,
        at=now(),
    )


def refund(platform, transfer, amount, *named) -> Refund:
    return refunds.create(
        tenant=platform,
        charge_id=transfer.source_transaction,
        amount=amount,
        at=now(),
        transfer_reversals=[
            {"transfer": each.id, "amount": part} for each, part in named or [(transfer, amount)]
        ],
    )


def settle() -> None:
    SimulatedRequest.objects.update(created_at=now() - timedelta(days=3))
    refunds.repair(at=now() + timedelta(days=3))
    assert not Refund.objects.filter(status="pending").exists()


def test_two_refunds_under_way_name_no_more_of_a_transfer_than_there_is():
    platform = a_platform()
    seller = a_seller(platform)
    transfer = a_transfer(platform, seller)
    assert refund(platform, transfer, 40_00).status == "pending"

    with pytest.raises(InvalidRequest, match=r"20\.00 USD") as refused:
        refund(platform, transfer, 20_01)

    assert refused.value.code == "amount_too_large"
    refund(platform, transfer, 20_00)
    settle()
    assert (total(platform), total(seller)) == (36_80, 0)
    assert_books_balance()


def test_two_transfers_of_a_charge_to_one_seller_are_not_counted_on_twice():
    platform = a_platform()
    seller = a_seller(platform)
    first = a_transfer(platform, seller, 30_00, AT_ONCE)
    second = transfers.create(
        tenant=platform,
        amount=30_00,
        currency="usd",
        destination=seller.account_id,
        source_transaction=first.source_transaction,
        at=now(),
    )
    a_bank_account(seller)
    payouts.create(tenant=seller, amount=25_00, currency="usd", at=now())

    with pytest.raises(InvalidRequest) as refused:
        refund(platform, first, 40_00, (first, 20_00), (second, 20_00))

    assert refused.value.code == "balance_insufficient"
    assert refused.value.param == "transfer_reversals[1][amount]"
    assert usable(seller) == 35_00
    assert_books_balance()


def test_refunds_of_two_charges_do_not_count_on_the_same_available_money():
    platform = a_platform()
    seller = a_seller(platform)
    one, other = (a_transfer(platform, seller) for _ in range(2))
    later = now() + timedelta(days=20)
    maturation.mature(at=later)
    a_bank_account(seller)
    payouts.create(tenant=seller, amount=60_00, currency="usd", at=later)
    assert usable(seller) == 60_00
    refund(platform, one, 45_00)

    with pytest.raises(InvalidRequest, match=r"15\.00 USD") as refused:
        refund(platform, other, 15_01)

    assert refused.value.code == "balance_insufficient"
    refund(platform, other, 15_00)
    settle()
    assert usable(seller) == 0
    assert_books_balance()


def test_what_is_pending_of_another_charge_is_neither_lost_nor_counted_on():
    platform = a_platform()
    seller = a_seller(platform)
    one, other = (a_transfer(platform, seller) for _ in range(2))

    refund(platform, one, 60_00)
    refund(platform, other, 60_00)

    settle()
    assert (total(platform), total(seller)) == (2 * 96_80 - 2 * 60_00, 0)
    assert_books_balance()


def test_a_refund_that_did_not_happen_no_longer_counts():
    platform = a_platform()
    seller = a_seller(platform)
    transfer = a_transfer(platform, seller)
    refunds.cancel(tenant=platform, refund_id=refund(platform, transfer, 60_00).id, at=now())

    refund(platform, transfer, 60_00)

    settle()
    assert total(seller) == 0
    assert_books_balance()
