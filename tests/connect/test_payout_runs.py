"""A day's automatic payouts: everybody whose day it is, once, and nobody twice."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Account
from api.wire.params import Integer
from connect.models import Payout, PayoutRun, PayoutSchedule
from connect.onboarding import account_queries
from connect.onboarding import resources as onboarding_resources
from connect.onboarding.services import accounts
from connect.payouts.hold_reasons import HoldReason
from connect.payouts.services import balance_settings, payouts, runs, schedules
from connect.payouts.services.forecasts import forecast
from core.database.transactions import atomic
from core.errors import InvalidRequest
from payments.models import PaymentIntent
from payments.refunds.services import refunds
from tests.books import assert_books_balance, on_its_way, usable
from tests.factories import (
    a_bank_account,
    a_platform,
    a_seller,
    a_seller_who_owes,
    a_seller_with,
    as_owner,
    now,
)

pytestmark = pytest.mark.django_db

# Whatever day it is, the daily schedules have paid by then.
NEXT_WEEK = timedelta(days=8)


def a_sellers_schedule(platform, seller, **schedule) -> PayoutSchedule:
    accounts.update(
        tenant=platform,
        account_id=seller.account_id,
        at=now(),
        settings={"payouts": {"schedule": schedule}},
    )
    return PayoutSchedule.objects.get(account_id=seller.account_id)


def shown_schedule(seller) -> dict:
    account = Account.objects.get(id=seller.account_id)
    known = account_queries.load_profiles([account.id], livemode=False)[account.id]
    return onboarding_resources.account(account, known)["settings"]["payouts"]["schedule"]


def seen(seller) -> list[tuple[int, HoldReason | None]]:
    account = Account.objects.get(id=seller.account_id)
    with atomic():
        schedule = schedules.lock(seller, at=now())
        return [(f.amount, f.reason) for f in forecast(schedule, account, at=now())]


def test_every_seller_is_paid_what_it_has_once():
    platform = a_platform()
    sellers = [a_seller_with(platform, amount) for amount in (10_00, 20_00, 30_00)]
    for seller in sellers:
        a_bank_account(seller)

    made = runs.run_due(at=now() + NEXT_WEEK)
    again = runs.run_due(at=now() + NEXT_WEEK)

    assert (made, again) == (3, 0)
    assert [on_its_way(seller) for seller in sellers] == [10_00, 20_00, 30_00]
    assert all(payout.is_automatic for payout in Payout.objects.all())
    run = PayoutRun.objects.get()
    assert (run.account_count, run.payout_count, run.finished_at is None) == (3, 3, False)
    next_days = set(PayoutSchedule.objects.values_list("next_on", flat=True))
    assert all(day > (now() + NEXT_WEEK).date() for day in next_days)
    assert_books_balance()


def test_a_run_that_was_killed_goes_on_where_it_was():
    platform = a_platform()
    sellers = [a_seller_with(platform, 10_00) for _ in range(3)]
    for seller in sellers:
        a_bank_account(seller)
    saved = []

    def die_at_the_second(execute, sql, params, many, context):
        if sql.startswith('UPDATE "connect_payoutschedule" SET "next_on"'):
            saved.append(params)
            if len(saved) == 2:
                raise SystemExit
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die_at_the_second), pytest.raises(SystemExit):
        runs.run_due(at=now() + NEXT_WEEK)
    assert Payout.objects.count() == 1

    runs.run_due(at=now() + NEXT_WEEK)

    assert [on_its_way(seller) for seller in sellers] == [10_00] * 3
    assert Payout.objects.count() == 3
    assert_books_balance()


def test_one_that_fails_does_not_keep_the_others_waiting():
    platform = a_platform()
    sellers = [a_seller_with(platform, 10_00) for _ in range(3)]
    for seller in sellers:
        a_bank_account(seller)
    first = min(seller.account_id for seller in sellers)
    as_owner(
        "ALTER TABLE connect_payout ADD CONSTRAINT nothing_for_the_first "
        f"CHECK (account_id <> '{first}')"
    )

    assert runs.run_due(at=now() + NEXT_WEEK) == 2
    assert sorted(on_its_way(seller) for seller in sellers) == [0, 10_00, 10_00]


def test_a_manual_schedule_and_one_whose_day_has_not_come_pay_nothing():
    platform = a_platform()
    by_hand, monthly = a_seller_with(platform, 10_00), a_seller_with(platform, 10_00)
    for seller in (by_hand, monthly):
        a_bank_account(seller)
    a_sellers_schedule(platform, by_hand, interval="manual")
    # It passed some days ago, weekend and holidays included.
    anchor = (now() - timedelta(days=6)).day
    row = a_sellers_schedule(platform, monthly, interval="monthly", monthly_anchor=anchor)

    runs.run_due(at=now() + timedelta(days=20))
    assert not Payout.objects.exists()

    runs.run_due(at=now() + timedelta(days=40))
    assert [p.account_id for p in Payout.objects.all()] == [monthly.account_id]
    assert row.interval == "monthly"
    assert_books_balance()


def test_a_schedule_without_its_day_changes_nothing():
    platform = a_platform()
    seller = a_seller(platform)

    with pytest.raises(InvalidRequest) as refused:
        a_sellers_schedule(platform, seller, interval="weekly")

    assert refused.value.param == "settings[payouts][schedule][weekly_anchor]"
    assert Account.objects.get(id=seller.account_id).settings == {}


def test_a_day_and_a_list_of_days_are_two_ways_of_saying_the_same():
    platform = a_platform()
    seller = a_seller(platform)
    schedule = {"interval": "weekly", "weekly_payout_days": ["monday"]}
    balance_settings.update(tenant=seller, payments={"payouts": {"schedule": schedule}}, at=now())

    row = a_sellers_schedule(platform, seller, interval="weekly", weekly_anchor="friday")

    assert row.weekly_days == ["friday"]
    schedule = {"interval": "monthly", "monthly_payout_days": [9, 20]}
    balance_settings.update(tenant=seller, payments={"payouts": {"schedule": schedule}}, at=now())
    assert shown_schedule(seller) == {
        "delay_days": 2,
        "interval": "monthly",
        "monthly_anchor": 9,
        "monthly_payout_days": [9, 20],
    }


def test_the_shortest_delay_has_a_name():
    platform = a_platform()
    seller = a_seller(platform)
    read = Integer(most=31, word="minimum").convert
    assert a_sellers_schedule(platform, seller, delay_days=read("9", "d")).delay_days == 9

    row = a_sellers_schedule(platform, seller, delay_days=read("minimum", "d"))

    assert row.delay_days is None
    assert shown_schedule(seller)["delay_days"] == 2
    with pytest.raises(InvalidRequest):
        read("shortest", "d")


def test_what_is_to_stay_stays():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    balance_settings.update(
        tenant=seller,
        at=now(),
        payments={"payouts": {"minimum_balance_by_currency": {"usd": 30_00, "eur": 1}}},
    )

    runs.run_due(at=now() + NEXT_WEEK)

    assert (usable(seller), on_its_way(seller)) == (30_00, 70_00)
    assert_books_balance()


def test_what_was_earned_lately_waits_as_long_as_the_schedule_says():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    a_sellers_schedule(platform, seller, interval="daily", delay_days=10)

    runs.run_due(at=now() + NEXT_WEEK)
    assert not Payout.objects.exists()

    runs.run_due(at=now() + timedelta(days=14))
    assert on_its_way(seller) == 100_00


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"interval": "manual"}, HoldReason.MANUAL),
        ({"pause_reason": "closed", "paused_at": now()}, HoldReason.PAUSED),
        ({"minimum_amounts": {"usd": 100_00}}, HoldReason.BELOW_MINIMUM),
    ],
)
def test_a_forecast_says_what_is_paid_next_and_why_not(change, reason):
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)
    PayoutSchedule.objects.update(**change)

    assert seen(seller) == [(0 if reason else 100_00, reason)]


def test_a_seller_without_a_bank_account_or_below_zero_is_told_so():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)

    assert seen(seller) == [(0, HoldReason.NO_DESTINATION)]

    a_bank_account(seller)
    payouts.create(tenant=seller, amount=100_00, currency="usd", at=now())

    assert seen(seller) == [(0, HoldReason.BELOW_MINIMUM)]

    [intent] = PaymentIntent.objects.all()
    refunds.create(
        tenant=platform, intent_id=intent.id, amount=40_00, reverse_transfer=True, at=now()
    )

    assert seen(seller) == [(0, HoldReason.NEGATIVE_BALANCE)]
    assert_books_balance()


def test_a_debt_is_stated_before_who_starts_payouts_but_not_before_a_failure():
    platform = a_platform()
    seller = a_seller_who_owes(platform, 40_00)

    PayoutSchedule.objects.update(interval="manual")
    assert seen(seller) == [(0, HoldReason.NEGATIVE_BALANCE)]

    PayoutSchedule.objects.update(pause_reason="closed", paused_at=now())
    assert seen(seller) == [(0, HoldReason.PAUSED)]


def test_settings_change_the_schedule_and_keep_the_rest():
    platform = a_platform()
    seller = a_seller_with(platform, 100_00)
    a_bank_account(seller)

    def change(**payments):
        return balance_settings.update(tenant=seller, payments=payments, at=now())[1]

    change(payouts={"minimum_balance_by_currency": {"usd": 5, "eur": 7}})
    change(payouts={"schedule": {"interval": "monthly", "monthly_payout_days": [1, 15]}})
    row = change(payouts={"minimum_balance_by_currency": {"eur": None}})

    assert (row.interval, row.monthly_days, row.minimum_amounts) == ("monthly", [1, 15], {"usd": 5})
    assert row.next_on.day in (1, 2, 3, 4, 15, 16, 17, 18)
    assert change(settlement_timing={"delay_days_override": 9}).delay_days == 9
    assert change(payouts={"minimum_balance_by_currency": None}).minimum_amounts == {}
    with pytest.raises(InvalidRequest):
        change(payouts={"schedule": {"interval": "weekly"}})
    assert PayoutSchedule.objects.get(account_id=seller.account_id).interval == "monthly"
