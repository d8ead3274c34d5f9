"""What operators are told of the next payouts, at one look and without a trace."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from connect.models import AccountBlock, ExternalAccount, PayoutLine, PayoutSchedule
from connect.onboarding.services import blocks
from connect.payouts.services import forecasts, schedules
from core.database.transactions import atomic
from tests.factories import a_bank_account, a_platform, a_seller_with, now

pytestmark = pytest.mark.django_db

PAGE = "admin:connect_next_payouts"


@pytest.fixture
def seller():
    return a_seller_with(a_platform(), 100_00)


def told(operator) -> str:
    page = operator.get(reverse(PAGE)).content.decode()
    return re.sub(r"\s+", " ", page.partition("Not paid: ")[2].partition("</p>")[0]).strip()


def test_it_takes_as_many_queries_for_many_accounts_as_for_one(operator, seller):
    a_bank_account(seller)
    PayoutSchedule.objects.update(delay_days=1)
    operator.get(reverse(PAGE))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            page = operator.get(reverse(PAGE)).content.decode()
        counts.append((len(captured), page.count("<section")))
        platform = a_platform()
        for number in range(4):
            other = a_seller_with(platform, 10_00)
            a_bank_account(other, f"00012345678{number}")
            PayoutSchedule.objects.filter(account_id=other.account_id).update(delay_days=number)

    (few, one), (many, five) = counts
    assert five > one
    assert few == many <= 16


def test_a_look_writes_nothing(operator, seller):
    a_bank_account(seller)
    before = PayoutSchedule.objects.get(account_id=seller.account_id)

    operator.get(reverse(PAGE))

    after = PayoutSchedule.objects.get(account_id=seller.account_id)
    assert after.collected_id == before.collected_id
    assert not PayoutLine.objects.filter(account_id=seller.account_id).exists()


@pytest.mark.parametrize("delay_days", [None, 1, 10])
@pytest.mark.parametrize("is_collected", [False, True])
def test_it_forecasts_what_the_run_would_pay(seller, delay_days, is_collected):
    a_bank_account(seller)
    PayoutSchedule.objects.filter(account_id=seller.account_id).update(delay_days=delay_days)
    account, at = Account.objects.get(id=seller.account_id), now() + timedelta(days=5)
    if is_collected:
        with atomic():
            forecasts.forecast(schedules.lock(seller, at=at), account, at=at)

    seen = [one for _, one in forecasts.preview(livemode=False, at=at, most=100)]
    with atomic():
        paid = forecasts.forecast(schedules.lock(seller, at=at), account, at=at)

    (mine,) = [one for one in seen if one.account_id == seller.account_id]
    assert [(mine.amount, mine.reason)] == [(one.amount, one.reason) for one in paid]
    assert mine.amount == (0 if delay_days == 10 else 100_00)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"minimum_amounts": {"usd": 100_00}},
         "All that is available stays: the least balance is 100.00 USD."),
        ({"delay_days": 10},
         "What is available was earned in the last 10 days, and waits for so long."),
    ],
)  # fmt: skip
def test_what_a_schedule_keeps_back_is_told_as_it_is(operator, seller, change, reason):
    a_bank_account(seller)
    PayoutSchedule.objects.filter(account_id=seller.account_id).update(**change)

    assert told(operator) == f"100.00 USD. {reason}"


def test_a_seller_whose_charges_alone_are_stopped_is_told_to_lack_a_bank_account(operator, seller):
    with atomic():
        schedules.lock(seller, at=now())
    blocks.add(
        tenant=seller, kind="charges", source="operator", reason="other", author="me", at=now()
    )

    assert told(operator) == "100.00 USD. No external account takes usd."


def test_a_seller_whose_payouts_are_stopped_is_told_why_and_by_whose_words(operator, seller):
    a_bank_account(seller)
    blocks.add(
        tenant=seller,
        kind="payouts",
        source="operator",
        reason="other",
        author="me",
        message="Odd orders",
        at=now(),
    )
    Account.objects.filter(id=seller.account_id).update(payouts_enabled=False)

    assert told(operator) == "100.00 USD. Payouts are disabled: Odd orders"
    AccountBlock.objects.update(message="")
    assert told(operator) == "100.00 USD. Payouts are disabled: they have been stopped."


def test_a_closed_account_is_told_to_be_closed(operator, seller):
    a_bank_account(seller)
    Account.objects.filter(id=seller.account_id).update(payouts_enabled=False, closed_at=now())

    assert told(operator) == "100.00 USD. Payouts are disabled: the account is closed."
    assert ExternalAccount.objects.exists()
