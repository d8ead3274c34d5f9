"""The balance transactions that a payout pays."""

from datetime import timedelta

import pytest

from connect import payout_queries
from connect.models import Transfer
from connect.services import payouts, reversals
from ledger import queries as ledger_queries
from tests.books import assert_books_balance
from tests.connect.test_payouts import a_payout
from tests.factories import (
    a_bank_account,
    a_paid_intent,
    a_platform,
    a_seller,
    a_seller_with,
    now,
)

pytestmark = pytest.mark.django_db


def test_a_payout_knows_the_transactions_that_it_pays():
    platform = a_platform()
    seller = a_seller(platform)
    a_bank_account(seller)
    for amount in (30_00, 20_00, 40_00):
        a_paid_intent(
            platform, amount=amount, payment_method="pm_card_bypassPending",
            transfer_destination=seller.account_id, transfer_amount=amount,
        )  # fmt: skip
    first, second = a_payout(seller, 45_00), a_payout(seller, 45_00)

    assert sorted(line.amount for line in first.lines.all()) == [15_00, 30_00]
    assert sorted(line.amount for line in second.lines.all()) == [5_00, 40_00]
    listed = payout_queries.lines_of_payout(
        seller, first.id, ledger_queries.balance_transactions(seller)
    )
    assert sorted(row.amount for row in listed) == [-45_00, 20_00, 30_00]

    payouts.cancel(tenant=seller, payout_id=first.id, at=now())
    third = a_payout(seller, 45_00)

    assert sorted(line.amount for line in third.lines.all()) == [15_00, 30_00]
    assert_books_balance()


def test_money_that_came_while_the_day_ended_belongs_to_the_payout_that_took_it():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)

    payout = a_payout(seller, 100_00, at=now() - timedelta(days=1))

    assert [line.amount for line in payout.lines.all()] == [100_00]
    assert_books_balance()


def test_what_was_taken_back_is_made_good_by_the_next_payout():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    transfer = seller_transfer(seller)
    reversals.create(tenant=platform, transfer_id=transfer, amount=30_00, at=now())

    payout = a_payout(seller, 70_00)

    assert sorted(line.amount for line in payout.lines.all()) == [-30_00, 100_00]
    assert_books_balance()


def seller_transfer(seller) -> str:
    return Transfer.objects.get(destination_id=seller.account_id).id
