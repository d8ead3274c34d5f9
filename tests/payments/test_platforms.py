"""Platforms are opened with their keys, and closed when nobody has money there any more."""

import pytest

from accounts.models import Account, ApiKey, Connection
from connect.onboarding.services import platforms
from connect.payouts.services import payouts
from core.errors import InvalidRequest, Missing
from core.tenant import Tenant
from payments import platform_closing as closing
from payments.intents.services import cancellation
from payments.refunds.services import refunds
from tests.books import assert_books_balance
from tests.factories import (
    a_bank_account,
    a_key,
    a_paid_intent,
    a_platform,
    a_seller,
    a_seller_with,
    now,
)
from tests.ledger.entries import a_deposit, post
from tests.tenancy.asking import ask
from webhooks.models import Endpoint
from webhooks.services import endpoints

pytestmark = pytest.mark.django_db


def opened(**details) -> platforms.NewPlatform:
    columns = {"name": "A Market", "email": "ann@example.com", "country": "DE"} | details
    return platforms.create(**columns, at=now())


def close(platform: Tenant, **details) -> closing.Remains:
    return closing.close(account_id=platform.account_id, at=now(), **details)


def test_a_platform_takes_payments_with_the_keys_it_was_opened_with():
    found = opened()

    paid = ask(
        found.secret_key,
        "POST",
        "payment_intents",
        amount=20_00,
        currency="eur",
        payment_method="pm_card_visa",
        confirm=True,
        return_url="https://example.com",
    )
    account = ask(found.secret_key, "GET", "account")

    assert paid.json()["status"] == "succeeded"
    assert account.json()["default_currency"] == "eur"
    assert account.json()["country"] == "DE"
    assert found.publishable_key.startswith("pk_test_rlt")
    assert_books_balance()


def test_the_currency_is_that_of_the_country_unless_another_is_given():
    assert opened(country="th").account.default_currency == "thb"
    assert opened(country="TH", currency="USD").account.default_currency == "usd"


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("name", " "), ("name", "x" * 201), ("email", "ann"), ("country", "Germany"),
        ("country", "ZZ"), ("currency", "euro"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_platform_is_refused_and_opens_none(param, value):
    with pytest.raises(InvalidRequest) as refused:
        opened(**{param: value})

    assert refused.value.param == param
    assert not Account.objects.exists()


def test_a_country_whose_currency_is_not_known_is_asked_for_one():
    with pytest.raises(InvalidRequest, match="Say which currency"):
        opened(country="AQ")

    assert opened(country="AQ", currency="usd").account.default_currency == "usd"


def test_a_closed_platform_can_do_nothing_more_and_keeps_its_books():
    platform = a_platform()
    keys = [a_key(platform), a_key(Tenant(platform.account_id, livemode=True))]
    seller = a_seller(platform)
    endpoints.create(tenant=platform, url="http://127.0.0.1:9/", enabled_events=["*"], at=now())
    a_paid_intent(platform)

    left = close(platform, despite_test_mode=True)

    assert (left.keys_ended, left.sellers, left.charges) == (2, 1, 1)
    assert ask(keys[0], "GET", "balance").status_code == 401
    assert not ApiKey.objects.filter(account_id=platform.account_id, expires_at=None).exists()
    assert not Endpoint.objects.filter(account_id=platform.account_id, is_enabled=True).exists()
    assert Connection.objects.get(account_id=seller.account_id).ended_at
    account = Account.objects.get(id=platform.account_id)
    assert (account.closed_at is None, account.charges_enabled) == (False, False)
    with pytest.raises(InvalidRequest, match="closed already"):
        close(platform)
    assert_books_balance()


def test_a_platform_with_money_stays_open_and_hears_how_much():
    platform = a_platform(fee_bps=0, fee_fixed_amount=0)
    key = a_key(platform)
    paid = a_paid_intent(platform, amount=12_34, payment_method="pm_card_bypassPending")

    with pytest.raises(InvalidRequest, match=r"12\.34 .*available of acct_"):
        close(platform)

    assert ask(key, "GET", "balance").status_code == 200
    refunds.create(tenant=platform, intent_id=paid.id, at=now())
    close(platform)
    assert_books_balance()


def test_a_platform_whose_seller_has_money_stays_open():
    platform = a_platform(fee_bps=0, fee_fixed_amount=0)
    seller = a_seller_with(platform, 50_00)

    with pytest.raises(InvalidRequest, match=rf"50\.00 .*available of {seller.account_id}"):
        close(platform)

    assert Account.objects.get(id=platform.account_id).closed_at is None


def test_a_platform_with_an_open_payout_stays_open():
    platform = a_platform(fee_bps=0, fee_fixed_amount=0)
    seller = a_seller_with(platform, 50_00)
    a_bank_account(seller)
    payouts.create(tenant=seller, amount=50_00, currency="usd", at=now())

    with pytest.raises(InvalidRequest, match="1 open payout"):
        close(platform)


def test_a_platform_with_a_payment_that_is_not_captured_stays_open():
    platform = a_platform()
    held = a_paid_intent(platform, capture_method="manual")

    with pytest.raises(InvalidRequest, match="1 payment under way"):
        close(platform)

    cancellation.cancel(tenant=platform, intent_id=held.id, at=now())
    close(platform)
    assert_books_balance()


def test_money_of_live_mode_is_never_passed_over():
    platform = a_platform()
    post(a_deposit(50_00, to=platform.account_id), livemode=True)

    with pytest.raises(InvalidRequest, match=r"in live mode there is 50\.00"):
        close(platform, despite_test_mode=True)


def test_a_seller_is_no_platform_to_close():
    seller = a_seller(a_platform())

    with pytest.raises(Missing):
        close(seller)
