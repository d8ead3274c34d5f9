"""The days on which a schedule pays out."""

from datetime import date

import pytest

from accounts.models import Account
from connect.onboarding.services import accounts
from connect.payouts import resources
from connect.payouts.calendar import Schedule, arrival_date, next_payout_day, parse_schedule
from connect.payouts.services import balance_settings
from core.errors import InvalidRequest
from tests.factories import a_platform, a_seller, now


@pytest.mark.parametrize(
    ("schedule", "after", "country", "day"),
    [
        (Schedule("daily"), "2026-11-25", "US", "2026-11-27"),  # Thanksgiving lies between
        (Schedule("daily"), "2026-11-27", "US", "2026-11-30"),  # a Friday
        (Schedule("weekly", ("monday",)), "2026-11-23", "US", "2026-11-30"),
        (Schedule("weekly", ("thursday",)), "2026-11-24", "US", "2026-11-27"),  # moved by a day
        (Schedule("weekly", ("thursday",)), "2026-11-26", "US", "2026-11-27"),  # and not skipped
        (Schedule("monthly", (), (31,)), "2026-02-01", "US", "2026-02-02"),  # from January
        (Schedule("monthly", (), (31,)), "2026-02-02", "US", "2026-03-02"),  # the 28th: a Saturday
        (Schedule("monthly", (), (31,)), "2026-04-01", "DE", "2026-04-30"),  # a short month
        (Schedule("weekly", ("saturday",)), "2026-11-26", "US", "2026-11-30"),
        (Schedule("weekly", ("monday", "thursday")), "2026-11-16", "US", "2026-11-19"),
        (Schedule("monthly", (), (1, 15)), "2026-10-02", "US", "2026-10-15"),
        (Schedule("monthly", (), (25,)), "2026-12-24", "DE", "2026-12-28"),  # the ECB is closed
    ],
)
def test_a_schedule_pays_on_its_anchor_or_the_next_business_day(schedule, after, country, day):
    found = next_payout_day(schedule=schedule, after=date.fromisoformat(after), country=country)

    assert found == date.fromisoformat(day)


def test_a_manual_schedule_never_pays_by_itself():
    assert (
        next_payout_day(schedule=Schedule("manual"), after=date(2026, 11, 23), country="US") is None
    )


@pytest.mark.parametrize(
    ("params", "schedule"),
    [
        ({}, Schedule("daily")),
        ({"interval": "manual", "weekly_anchor": "friday"}, Schedule("manual")),
        ({"interval": "weekly", "weekly_anchor": "friday"}, Schedule("weekly", ("friday",))),
        ({"interval": "weekly", "weekly_payout_days": ["monday", "friday"]},
         Schedule("weekly", ("monday", "friday"))),
        ({"interval": "monthly", "monthly_anchor": 31}, Schedule("monthly", (), (31,))),
        ({"interval": "monthly", "monthly_payout_days": [1, 15]},
         Schedule("monthly", (), (1, 15))),
    ],
)  # fmt: skip
def test_a_schedule_is_read_as_the_wire_spells_it(params, schedule):
    assert parse_schedule(params) == schedule


@pytest.mark.parametrize("interval", ["weekly", "monthly"])
def test_a_schedule_without_its_days_is_refused(interval):
    with pytest.raises(InvalidRequest) as refused:
        parse_schedule({"interval": interval})

    assert refused.value.param == f"settings[payouts][schedule][{interval}_anchor]"


def test_money_sent_before_a_weekend_arrives_after_it():
    assert arrival_date(sent=date(2026, 11, 27), country="US", bank_days=1) == date(2026, 11, 30)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "settles_in"), [(0, 2), (1, 2), (6, 7)])
def test_nothing_is_paid_out_before_it_settles(days, settles_in):
    seller = a_seller(a_platform())
    Account.objects.filter(id=seller.account_id).update(settlement_delay_days=settles_in)

    with pytest.raises(InvalidRequest) as refused:
        balance_settings.update(
            tenant=seller, payments={"settlement_timing": {"delay_days_override": days}}, at=now()
        )

    assert refused.value.param == "payments[settlement_timing][delay_days_override]"
    assert f"{settles_in} or more" in str(refused.value)
    account, schedule = balance_settings.get(seller, at=now())
    assert schedule.delay_days is None
    shown = resources.balance_settings(account, schedule)
    assert shown["payments"]["settlement_timing"]["delay_days"] == settles_in


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "settles_in"), [(0, 0), (2, 2), (3, 2), (None, 2)])
def test_a_delay_that_is_long_enough_is_kept(days, settles_in):
    seller = a_seller(a_platform())
    Account.objects.filter(id=seller.account_id).update(settlement_delay_days=settles_in)

    _, schedule = balance_settings.update(
        tenant=seller, payments={"settlement_timing": {"delay_days_override": days}}, at=now()
    )

    assert schedule.delay_days == days


@pytest.mark.django_db
def test_an_account_is_not_opened_or_changed_with_a_shorter_delay():
    platform = a_platform()
    seller = a_seller(platform)
    short = {"payouts": {"schedule": {"delay_days": 1}}}

    for refused_call in (
        lambda: accounts.update(
            tenant=platform, account_id=seller.account_id, settings=short, at=now()
        ),
        lambda: a_seller(platform, settings=short),
    ):
        with pytest.raises(InvalidRequest) as refused:
            refused_call()
        assert refused.value.param == "settings[payouts][schedule][delay_days]"
    assert Account.objects.get(id=seller.account_id).settings == {}
    assert Account.objects.filter(opened_by_id=platform.account_id).count() == 1
