"""The balance transactions that a payout pays."""

from datetime import timedelta

import pytest

from connect.models import Transfer
from connect.payouts import queries
from connect.payouts.services import payouts
from connect.transfers.services import reversals
from ledger import queries as ledger_queries
from ledger import resources as ledger_resources
from payments.disputes.services import disputes
from payments.models import Charge
from payments.refunds.services import refunds
from processors.protocols.disputes import DisputeReport, DisputeStage
from tests.books import assert_books_balance, usable
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
            platform,
            amount=amount,
            payment_method="pm_card_bypassPending",
            transfer_destination=seller.account_id,
            transfer_amount=amount,
        )
    first, second = a_payout(seller, 45_00), a_payout(seller, 45_00)

    assert sorted(line.amount for line in first.lines.all()) == [15_00, 30_00]
    assert sorted(line.amount for line in second.lines.all()) == [5_00, 40_00]
    listed = queries.transactions_of_payout(
        seller, first.id, ledger_queries.balance_transactions(seller)
    )
    assert sorted(ledger_resources.balance_transaction(row, at=now())["net"] for row in listed) == [
        -45_00,
        15_00,
        30_00,
    ]

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


def listed_of(tenant, payout) -> list[int]:
    """Return the nets that the list shows for a payout, without the payout's own."""
    rows = queries.transactions_of_payout(
        tenant, payout.id, ledger_queries.balance_transactions(tenant)
    )
    shown = [ledger_resources.balance_transaction(row, at=now()) for row in rows.order_by("id")]
    assert all(one["amount"] - one["fee"] == one["net"] for one in shown)
    return [one["net"] for one in shown if one["type"] != "payout"]


def test_each_payout_lists_what_it_had_of_a_transaction_that_was_paid_in_parts():
    platform = a_platform()
    seller = a_seller(platform)
    a_bank_account(seller)
    for amount in (30_00, 45_67):
        a_paid_intent(
            platform,
            amount=amount,
            payment_method="pm_card_bypassPending",
            transfer_destination=seller.account_id,
            transfer_amount=amount,
        )

    three = [a_payout(seller, amount) for amount in (30_00, 40_00, 5_67)]

    assert [listed_of(seller, payout) for payout in three] == [[30_00], [40_00], [5_67]]
    assert usable(seller) == 0
    assert_books_balance()


def test_a_part_of_a_transaction_with_fees_is_a_part_of_what_it_left():
    seller = a_seller(a_platform())
    a_bank_account(seller)
    a_paid_intent(seller, payment_method="pm_card_bypassPending")

    two = [a_payout(seller, amount) for amount in (50_00, 46_80)]

    assert [listed_of(seller, payout) for payout in two] == [[50_00], [46_80]]
    rows = queries.transactions_of_payout(
        seller, two[0].id, ledger_queries.balance_transactions(seller).filter(type="charge")
    )
    shown = ledger_resources.balance_transaction(rows.get(), at=now())
    assert (shown["amount"], shown["fee"], shown["fee_details"]) == (50_00, 0, [])
    assert shown["description"] == "Part of 9680 usd"
    assert_books_balance()


def test_refunds_and_disputes_are_lines_of_the_payout_after_them():
    seller = a_seller(a_platform())
    a_bank_account(seller)
    for _ in range(2):
        intent = a_paid_intent(seller, payment_method="pm_card_bypassPending")
    refunds.create(tenant=seller, charge_id=intent.latest_charge_id, amount=40_00, at=now())
    disputed = Charge.objects.exclude(id=intent.latest_charge_id).get()
    disputes.record(
        DisputeReport("out_1", disputed.id, DisputeStage.OPEN, 50_00, "usd", "general"),
        processor="simulator",
        at=now(),
    )

    payout = a_payout(seller, 103_60)

    assert sorted(listed_of(seller, payout)) == [-50_00, -40_00, 96_80, 96_80]
    assert usable(seller) == 0
    assert_books_balance()


def seller_transfer(seller) -> str:
    return Transfer.objects.get(destination_id=seller.account_id).id
