"""What a seller reads on its page of money, without a browser."""

import csv
import html
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from connect.hosted import queries as seller_queries
from connect.hosted.queries import Purpose
from connect.hosted.services import links
from connect.models import ExternalAccount, PayoutSchedule
from connect.payouts.services import payouts
from connect.payouts.services.attempts import sending
from ledger import queries as ledger_queries
from payments.charges.services import fee_true_ups
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, usable
from tests.factories import (
    a_bank_account,
    a_paid_intent,
    a_platform,
    a_seller,
    a_seller_who_owes,
    a_seller_with,
    now,
)

pytestmark = pytest.mark.django_db


def a_sellers_page(platform, seller, language="en") -> str:
    """What is on the page, as people read it."""
    _, token = links.create(
        tenant=platform, account_id=seller.account_id, type=links.SESSION, at=now()
    )
    client = Client()
    home = client.get(f"/sellers/enter/{token}")["Location"]
    answer = client.get(f"{home}?lang={language}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.fixture
def returned():
    """Make a payout of which a bank keeps 2.50 before it comes back, a day ago."""

    def make(seller, amount):
        at = now() - timedelta(days=1)
        with override_settings(SIMULATED_PAYOUTS_PAID_AFTER=-3_600):
            payout = payouts.create(tenant=seller, amount=amount, currency="usd", at=at)
            sending.send_due(at=at + timedelta(minutes=5))
            with override_settings(SIMULATED_PAYOUTS_RETURNED_AFTER=1_000_000):
                sending.poll_due(at=at + timedelta(hours=2))
            with override_settings(SIMULATED_PAYOUTS_RETURNED_AFTER=-3_600):
                sending.poll_due(at=at + timedelta(hours=3))
        payout.refresh_from_db()
        assert payout.status == "failed"

    return make


SHORT = "000777777772"


def test_a_seller_reads_how_much_of_a_returned_payout_came_back_in_its_language(returned):
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, SHORT)
    returned(seller, 92_00)
    assert usable(seller) == 97_50

    shown = a_sellers_page(platform, seller)

    assert "$89.50 of it is back in your balance: a bank kept $2.50." in shown
    assert "The money is back" not in shown
    thai = a_sellers_page(platform, seller, "th")
    assert "US$89.50 กลับเข้ายอดเงินของคุณแล้ว ธนาคารหักไว้ US$2.50" in thai


def test_a_seller_reads_that_nothing_came_back_of_a_small_payout(returned):
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, SHORT)
    returned(seller, 2_00)
    assert usable(seller) == 98_00

    assert "Nothing of it came back to your balance." in a_sellers_page(platform, seller)


def test_a_seller_whose_platform_bears_what_a_bank_kept_has_it_all_back(returned):
    platform = a_platform()
    a_paid_intent(platform, payment_method="pm_card_bypassPending")
    seller = a_seller_with(platform, 100_00, controller={"fees": {"payer": "application"}})
    a_bank_account(seller, SHORT)
    returned(seller, 92_00)
    assert usable(seller) == 100_00

    assert "The money is back in your balance." in a_sellers_page(platform, seller)


def test_more_payouts_that_came_back_ask_no_more_of_the_database(returned):
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller, SHORT)
    # The first visit notes the language.
    a_sellers_page(platform, seller)
    counts = []
    for _ in range(2):
        ExternalAccount.objects.update(status="new")
        returned(seller, 20_00)
        with CaptureQueriesContext(connection) as asked:
            assert "$17.50 of it is back" in a_sellers_page(platform, seller)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_seller_who_owes_is_told_so_though_its_payouts_are_made_by_hand():
    platform = a_platform()
    seller = a_seller_who_owes(platform, 40_00)
    PayoutSchedule.objects.update(interval="manual")

    shown = a_sellers_page(platform, seller)

    assert "The balance is below zero: later payments make it good first." in shown
    assert "None is planned" not in shown


def test_a_file_of_transactions_is_empty_without_descriptions_and_disarms_formulas():
    platform = a_platform()
    seller = a_seller_with(platform, 10_00)
    for params in ("=1+1", "-2", "Soup"):
        a_paid_intent(seller, description=params, platform_id=platform.account_id)
    lines = ledger_queries.balance_transactions(seller)
    assert None in {line.description for line in lines}

    rows = a_file_of_this_month(platform, seller)

    assert [row["description"] for row in rows] == ["", "'=1+1", "'-2", "Soup"]
    assert "'" not in {cell for row in rows for cell in row.values()}
    assert_books_balance()


def a_file_of_this_month(platform, seller) -> list[dict[str, str]]:
    _, token = links.create(
        tenant=platform, account_id=seller.account_id, type=links.SESSION, at=now()
    )
    client = Client()
    home = client.get(f"/sellers/enter/{token}")["Location"]
    answer = client.get(home.replace("home", f"statements/{now():%Y-%m}.csv"))
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


def test_a_refund_that_fails_gives_an_order_back_what_it_took():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_paid_intent(
        platform,
        payment_method="pm_card_refundFail",
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )
    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=50_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=now(),
    )
    [order] = seller_queries.orders(seller)
    assert (order.gross, order.back, order.net) == (100_00, 50_00, 45_00)

    SimulatedRequest.objects.update(created_at=now() - timedelta(days=3))
    refunds.repair(at=now() + timedelta(days=3))

    [order] = seller_queries.orders(seller)
    assert (order.gross, order.back, order.disputed, order.net) == (100_00, 0, 0, 90_00)
    assert order.fees == [
        (Purpose.PLATFORM_FEE, 10_00),
        (Purpose.PLATFORM_FEE_REFUND, -5_00),
        (Purpose.PLATFORM_FEE, 5_00),
    ]
    assert "Taken by a dispute" not in a_sellers_page(platform, seller)
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_an_order_names_each_fee_by_what_it_is_for_whatever_its_lines_say():
    account = a_platform()
    intent = a_paid_intent(
        account, payment_method="pm_card_createDispute", description="Processing fee of old"
    )
    fee_true_ups.true_up(
        charge_id=str(intent.latest_charge_id), actual_amount=3_50, reference="st_1", at=now()
    )

    [order] = seller_queries.orders(account)

    assert (order.gross, order.disputed, order.back) == (100_00, 100_00, 0)
    assert order.fees == [
        (Purpose.PROCESSING_FEE, 3_20),
        (Purpose.DISPUTE_FEE, 15_00),
        (Purpose.PROCESSING_FEE_TRUE_UP, 30),
    ]
    assert order.net == -18_50
    assert_books_balance()
