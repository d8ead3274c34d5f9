"""Payouts through a bank wait until their money is where it is held."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from connect.models import ExchangeRate, LocationCash, Payout, PayoutSchedule
from connect.onboarding.services import accounts
from connect.payouts.hold_reasons import Hold, HoldReason
from connect.payouts.services import forecasts, liquidity, payouts, runs, schedules
from connect.payouts.services.liquidity import LocationShort, Shortage
from connect.transfers.services import transfers
from core.database.transactions import atomic
from core.money import Money
from ledger import queries as ledger_queries
from ledger.posting import owner_settings
from ledger.posting.journal import INSUFFICIENT, BalanceInsufficient
from payments.refunds.services import refunds
from tests import factories
from tests.books import assert_books_balance, on_its_way, usable
from tests.factories import a_bank_account, a_key, a_paid_intent, a_platform, a_seller, now
from tests.payments.test_hot_path import _WARMING_UP, round_trips
from tests.survival.test_ledger_faults import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pays_through_a_bank")]

IBAN = "DE89370400440532013000"
NEXT_WEEK = timedelta(days=8)
MISSES_ALL = Hold(HoldReason.ILLIQUID, {"location": "main", "missing": "92.00 EUR"})


@pytest.fixture
def platform():
    """A platform that processing costs nothing, and that has dollars only."""
    platform = a_platform(fee_bps=0, fee_fixed_amount=0)
    a_paid_intent(platform, amount=1_000_00, payment_method="pm_card_bypassPending")
    return platform


def a_european(platform):
    seller = a_seller(platform, default_currency="eur")
    a_bank_account(seller, IBAN, country="DE", currency="eur", routing_number=None)
    return seller


@pytest.fixture
def seller(platform):
    """A seller who was given 92.00 euros for 100.00 dollars, where there are no euros."""
    ExchangeRate.objects.create(sold="usd", bought="eur", rate=Decimal("0.92"), starts_at=now())
    seller = a_european(platform)
    give(platform, seller)
    return seller


def give(platform, seller, amount=100_00):
    transfers.create(
        tenant=platform, amount=amount, currency="usd", destination=seller.account_id, at=now()
    )


def pay_out(seller, amount=92_00) -> Payout:
    return payouts.create(tenant=seller, amount=amount, currency="eur", at=now())


def prefund(amount, location="main") -> None:
    place = {"location": location, "currency": "eur", "livemode": False}
    LocationCash.objects.update_or_create(**place, defaults={"prefunded_amount": amount})


def a_seller_who_sold(platform, amount):
    seller = a_european(platform)
    intent = a_paid_intent(
        platform,
        amount=amount,
        currency="eur",
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
        transfer_amount=amount,
    )
    return seller, intent


def holds(seller) -> list[Hold | None]:
    account = Account.objects.get(id=seller.account_id)
    with atomic():
        schedule = schedules.lock(seller, at=now())
        return [one.hold for one in forecasts.forecast(schedule, account, at=now())]


def test_money_given_in_another_currency_is_not_paid_before_it_is_there(platform, seller, caplog):
    answer = Client().post(
        "/v1/payouts",
        "amount=9200&currency=eur",
        content_type="application/x-www-form-urlencoded",
        headers={"authorization": f"Bearer {a_key(platform)}", "stripe-account": seller.account_id},
    )

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "balance_insufficient")
    assert (error["type"], error["param"]) == ("invalid_request_error", "amount")
    assert "not yet where payouts are paid from" in error["message"]
    assert "of it are missing" not in error["message"], "what others have is nobody's business"
    assert "at main 92.00 EUR of it are missing" in caplog.text
    assert (usable(seller, "eur"), Payout.objects.count()) == (92_00, 0)

    prefund(92_00)
    pay_out(seller)

    assert on_its_way(seller, "eur") == 92_00
    give(platform, seller)
    with pytest.raises(LocationShort):
        pay_out(seller, 1)
    assert_books_balance()


def test_who_owes_makes_it_less_for_everybody_and_who_earns_makes_it_more(platform):
    paid, intent = a_seller_who_sold(platform, 50_00)
    pay_out(paid, 50_00)
    waiting, _ = a_seller_who_sold(platform, 70_00)
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=50_00, reverse_transfer=True, at=now()
    )
    assert (usable(paid, "eur"), usable(waiting, "eur")) == (-50_00, 70_00)

    with pytest.raises(LocationShort):
        pay_out(waiting, 20_01)
    pay_out(waiting, 20_00)
    a_paid_intent(platform, amount=50_00, currency="eur", payment_method="pm_card_bypassPending")
    pay_out(waiting, 50_00)

    assert on_its_way(waiting, "eur") == 70_00
    assert_books_balance()


def test_who_asks_for_what_it_does_not_have_learns_nothing_of_others(platform, seller):
    a_seller_who_sold(platform, 500_00)
    poor = a_european(platform)
    refusals = set()
    for amount in (1, 499_99, 500_01, 9_999_99):
        with pytest.raises(BalanceInsufficient) as refused:
            pay_out(poor, amount)
        refusals.add((type(refused.value), str(refused.value)))

    assert refusals == {(BalanceInsufficient, INSUFFICIENT)}
    assert_books_balance()


def test_whatever_a_worker_takes_for_the_time_nobody_waits_for_money_that_is_there(platform):
    seller, _ = a_seller_who_sold(platform, 50_00)
    payouts.create(tenant=seller, amount=5_00, currency="eur", at=now() + timedelta(hours=1))
    a_seller_who_sold(platform, 500_00)
    LocationCash.objects.update(read_at=F("read_at") - timedelta(seconds=2))

    assert runs.run_due(at=now() + NEXT_WEEK) == 2
    assert_books_balance()


def test_a_preview_promises_no_money_twice(platform, seller):
    give(platform, a_european(platform))
    prefund(92_00)

    found = forecasts.preview(livemode=False, at=now(), most=100)

    plans = [plan for _, plan in found if plan.currency == "eur"]
    assert sorted(plan.amount for plan in plans) == [0, 92_00]
    assert sorted((plan.hold is None, plan.amount) for plan in plans) == [(False, 0), (True, 92_00)]
    assert MISSES_ALL in [plan.hold for plan in plans]


def test_operators_are_told_where_not_everybody_can_be_paid(platform, seller):
    runs.run_due(at=now() + NEXT_WEEK)
    client = Client()
    client.force_login(factories.an_operator())

    page = client.get(reverse("admin:connect_payouts_to_look_at")).content.decode()
    assert "92.00 EUR are missing at main, test mode" in page
    prefund(100_00)
    page = client.get(reverse("admin:connect_payouts_to_look_at")).content.decode()
    assert "No payout needs anybody." in page


def test_money_that_has_not_come_yet_pays_nobody(platform, seller):
    a_paid_intent(platform, amount=500_00, currency="eur")
    assert ledger_queries.balance(owner=platform.account_id, livemode=False).pending["eur"] > 0

    with pytest.raises(LocationShort):
        pay_out(seller)

    assert_books_balance()


def test_a_canceled_payout_leaves_its_money_to_others(platform, seller):
    prefund(92_00)
    first = pay_out(seller)
    give(platform, seller)
    with pytest.raises(LocationShort):
        pay_out(seller)

    payouts.cancel(tenant=seller, payout_id=first.id, at=now())
    pay_out(seller)

    assert (usable(seller, "eur"), on_its_way(seller, "eur")) == (92_00, 92_00)
    assert_books_balance()


def test_each_location_has_its_own(platform):
    elsewhere = a_european(platform)
    owner_settings.set_location(owner=elsewhere.account_id, location="lisbon", livemode=False)
    owner_settings.set_location(owner="acct_processor", location="lisbon", livemode=False)
    prefund(92_00, location="lisbon")

    with atomic():
        payout = {"amount": 92_00, "currency": "eur"}
        assert liquidity.shortage(elsewhere, **payout) is None
        assert liquidity.shortage(platform, **payout) == Shortage("main", Money(92_00, "eur"))

    assert ledger_queries.locations(livemode=False) == {"main", "lisbon"}
    assert ledger_queries.locations(livemode=True) == {"main"}


def test_the_simulated_bank_asks_for_none(platform, seller, settings):
    settings.TEST_PAYOUT_RAIL = "simulator"

    pay_out(seller)

    assert not LocationCash.objects.exists()
    assert_books_balance()


def test_a_run_says_why_and_tries_again_on_the_next_business_day(platform, seller):
    accounts.update(
        tenant=platform,
        account_id=seller.account_id,
        at=now(),
        settings={"payouts": {"schedule": {"interval": "monthly", "monthly_anchor": 1}}},
    )
    schedule = PayoutSchedule.objects.get(account_id=seller.account_id)
    day = now() + timedelta(days=40)

    assert runs.run_due(at=day) == 0

    assert holds(seller) == [MISSES_ALL]
    schedule.refresh_from_db()
    assert 1 <= (schedule.next_on - day.date()).days <= 5
    prefund(92_00)
    assert runs.run_due(at=day + NEXT_WEEK) == 1
    assert on_its_way(seller, "eur") == 92_00
    schedule.refresh_from_db()
    assert schedule.next_on.day <= 5, "its own days again"
    assert_books_balance()


def test_a_run_that_can_pay_nobody_adds_up_once(platform, seller):
    others = [a_european(platform) for _ in range(4)]
    for other in others:
        give(platform, other)

    with CaptureQueriesContext(connection) as queries:
        assert runs.run_due(at=now() + NEXT_WEEK) == 0

    # This sum over all accounts of a location is what takes long where there are many.
    sums = [query["sql"] for query in queries if "a.code = ANY" in query["sql"]]
    assert len(sums) == 1


def test_what_refunds_took_meanwhile_is_seen_within_a_minute(platform):
    seller, intent = a_seller_who_sold(platform, 50_00)
    pay_out(seller, 10_00)
    assert LocationCash.objects.get().free_amount == 40_00
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=20_00, reverse_transfer=True, at=now()
    )

    LocationCash.objects.update(read_at=F("read_at") - timedelta(seconds=61))

    pay_out(seller, 5_00)

    assert LocationCash.objects.get().free_amount == 15_00
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_it_takes_three_round_trips_of_a_payout(platform, settings):
    seller, _ = a_seller_who_sold(platform, 50_00)

    def pay() -> int:
        return round_trips(lambda: pay_out(seller, 1_00))

    for _ in range(_WARMING_UP):
        pay()
    through_a_bank = pay()
    settings.TEST_PAYOUT_RAIL = "simulator"

    assert through_a_bank - pay() == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_what_is_left(platform, seller):
    other = a_european(platform)
    give(platform, other)
    prefund(100_00)

    results = together(*[lambda who=who: pay_out(who) for who in (seller, other)])

    refused = [one for one in results if isinstance(one, LocationShort)]
    assert (len(refused), Payout.objects.count()) == (1, 1)
    assert_books_balance()
