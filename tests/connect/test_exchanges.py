"""Sellers who are paid in a currency of their own."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.models import ExchangeRate, SellerPayment, Transfer
from connect.transfers.services import reversals, transfers
from core.errors import InvalidRequest
from ledger.audit.verify import verify
from ledger.chart import FX_POSITION
from ledger.entries import OPERATOR
from ledger.models import BalanceTransaction
from ledger.queries import account_balance, balance
from tests.books import assert_books_balance
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    platform = a_platform()
    a_paid_intent(platform, amount=10_000_00, payment_method="pm_card_bypassPending")
    return platform


@pytest.fixture
def seller(platform):
    return a_seller(platform, default_currency="eur")


def a_rate(rate="0.92", sold="usd", bought="eur", **more):
    return ExchangeRate.objects.create(
        sold=sold, bought=bought, rate=Decimal(rate), **{"starts_at": now()} | more
    )


def give(platform, seller, amount=100_00, currency="usd", **more) -> Transfer:
    return transfers.create(
        tenant=platform,
        amount=amount,
        currency=currency,
        destination=seller.account_id,
        at=now(),
        **more,
    )


def available(tenant) -> dict[str, int]:
    return {
        code: n
        for code, n in balance(owner=tenant.account_id, livemode=False).available.items()
        if n
    }


def test_a_seller_gets_its_own_currency_at_the_operators_rate(platform, seller):
    a_rate()
    before = available(platform)["usd"]

    transfer = give(platform, seller)

    payment = SellerPayment.objects.get()
    assert (transfer.amount, transfer.currency) == (100_00, "usd")
    assert (payment.amount, payment.currency) == (92_00, "eur")
    assert available(seller) == {"eur": 92_00}
    assert available(platform)["usd"] == before - 100_00
    lines = BalanceTransaction.objects.filter(source__in=[transfer.id, payment.id])
    assert {line.exchange_rate for line in lines} == {Decimal("0.92")}
    position = {c: account_balance(FX_POSITION, OPERATOR, c) for c in ("usd", "eur")}
    assert {abs(n) for n in position.values()} == {100_00, 92_00}
    assert_books_balance()


def test_units_of_currencies_without_decimals_are_their_own(platform):
    seller = a_seller(platform, default_currency="jpy")
    a_rate("149.5", bought="jpy")

    give(platform, seller, amount=10_00)

    assert available(seller) == {"jpy": 1_495}
    assert_books_balance()


def test_without_a_rate_or_with_a_bank_for_it_nothing_is_exchanged(platform, seller):
    give(platform, seller)
    assert available(seller) == {"usd": 100_00}
    a_rate(starts_at=now() + timedelta(hours=1))
    give(platform, seller)
    a_rate()
    a_bank_account(seller)
    give(platform, seller)
    charge = a_paid_intent(platform, payment_method="pm_card_bypassPending").latest_charge_id
    give(platform, seller, source_transaction=charge)

    assert available(seller) == {"usd": 400_00}
    assert_books_balance()


def test_the_rate_that_began_last_holds(platform, seller):
    a_rate("0.50", starts_at=now() - timedelta(days=2))
    a_rate("0.90", starts_at=now() - timedelta(days=1))

    give(platform, seller)

    assert available(seller) == {"eur": 90_00}


def test_a_reversal_takes_back_what_the_transfer_gave_whatever_the_rate_is_now(platform, seller):
    a_rate()
    transfer = give(platform, seller)
    a_rate("0.10", starts_at=now())
    before = available(platform)["usd"]

    reversal = reversals.create(tenant=platform, transfer_id=transfer.id, amount=25_00, at=now())

    assert (reversal.payment_amount, reversal.payment_currency) == (23_00, "eur")
    assert available(seller) == {"eur": 69_00}
    assert available(platform)["usd"] == before + 25_00
    reversals.create(tenant=platform, transfer_id=transfer.id, at=now())
    assert available(seller) == {}
    assert available(platform)["usd"] == before + 100_00
    assert account_balance(FX_POSITION, OPERATOR, "eur") == 0
    assert_books_balance()


@settings(max_examples=25, deadline=None)
@given(parts=st.lists(st.integers(200, 3_000), min_size=1, max_size=8))
def test_all_parts_together_take_back_exactly_what_was_given(parts):
    platform = a_platform()
    a_paid_intent(platform, amount=1_000_00, payment_method="pm_card_bypassPending")
    seller = a_seller(platform, default_currency="jpy")
    a_rate("1.4951", bought="jpy")
    transfer = give(platform, seller, amount=sum(parts))

    for part in parts:
        reversals.create(tenant=platform, transfer_id=transfer.id, amount=part, at=now())

    assert available(seller) == {}
    for currency in ("usd", "jpy"):
        assert account_balance(FX_POSITION, OPERATOR, currency) == 0
    assert_books_balance()


def test_what_would_be_nothing_is_refused(platform):
    seller = a_seller(platform, default_currency="jpy")
    a_rate("1.5", bought="jpy")
    before = available(platform)

    with pytest.raises(InvalidRequest, match="smallest amount of jpy"):
        give(platform, seller, amount=10)
    transfer = give(platform, seller, amount=10_00)
    with pytest.raises(InvalidRequest, match="smallest amount of jpy"):
        reversals.create(tenant=platform, transfer_id=transfer.id, amount=10, at=now())

    assert available(platform)["usd"] == before["usd"] - 10_00
    assert_books_balance()


def test_a_sellers_side_that_is_not_what_the_ledger_has_is_found(platform, seller):
    a_rate()
    give(platform, seller)
    SellerPayment.objects.update(amount_refunded=1)

    (finding,) = [one for one in verify() if one.check == "transfers"]

    assert finding.detail == "the seller has 9199 eur of it, the ledger has 9200"
