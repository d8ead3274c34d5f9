"""Pending money becomes available on its day, once."""

import json

import pytest

from ledger.models import JournalEntry
from ledger.posting import calendars, maturation
from ledger.rollups import balance_rollups
from payments.intents.services import payment_intents
from payments.refunds.services import refunds
from tests.books import assert_books_balance, pending, usable
from tests.factories import a_platform, a_seller, moment
from webhooks.models import Event

pytestmark = pytest.mark.django_db

MONDAY = moment("2026-11-23T12:00")
WEDNESDAY = moment("2026-11-25T00:00")


def a_payment(tenant, **details):
    wanted = {"amount": 10_000, "currency": "usd", "payment_method": "pm_card_visa"} | details
    return payment_intents.create(tenant=tenant, confirm=True, at=MONDAY, **wanted)


def test_mondays_money_is_available_on_wednesday_and_not_before():
    platform = a_platform()
    a_payment(platform)

    assert maturation.mature(at=moment("2026-11-24T23:59")) == 0
    assert (pending(platform), usable(platform)) == (96_80, 0)

    assert maturation.mature(at=WEDNESDAY) == 1
    assert (pending(platform), usable(platform)) == (0, 96_80)
    told = json.loads(Event.objects.get(type="balance.available").data)["object"]
    assert [(one["amount"], one["currency"]) for one in told["available"]] == [(96_80, "usd")]
    assert_books_balance()


def test_a_day_matures_once_however_often_it_is_asked():
    platform = a_platform()
    a_payment(platform)
    a_payment(platform)

    for _ in range(3):
        maturation.mature(at=WEDNESDAY)
        balance_rollups.fold_once()

    assert JournalEntry.objects.filter(kind="maturation").count() == 1
    assert usable(platform) == 2 * 96_80
    assert_books_balance()


def test_seller_and_platform_mature_together():
    platform = a_platform()
    seller = a_seller(platform)
    a_payment(platform, transfer_destination=seller.account_id, application_fee_amount=10_00)

    maturation.mature(at=WEDNESDAY)

    assert (usable(platform), usable(seller)) == (6_80, 90_00)
    assert (pending(platform), pending(seller)) == (0, 0)
    assert_books_balance()


def test_the_bypass_card_is_available_at_once():
    platform = a_platform()
    seller = a_seller(platform)

    a_payment(
        platform,
        payment_method="pm_card_bypassPending",
        transfer_destination=seller.account_id,
        application_fee_amount=10_00,
    )

    assert (usable(platform), usable(seller)) == (6_80, 90_00)
    assert_books_balance()


def test_a_refund_takes_the_charges_own_pending_money_first():
    platform = a_platform()
    intent = a_payment(platform)

    refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=MONDAY)

    assert (pending(platform), usable(platform)) == (56_80, 0)
    assert_books_balance()


def test_a_refund_after_the_day_takes_what_is_available_and_may_go_below_zero():
    platform = a_platform()
    intent = a_payment(platform)
    maturation.mature(at=WEDNESDAY)

    refunds.create(tenant=platform, intent_id=intent.id, at=WEDNESDAY)

    assert (pending(platform), usable(platform)) == (0, -3_20)
    assert_books_balance()


def test_what_comes_back_to_a_matured_day_is_available_at_once():
    platform = a_platform()
    seller = a_seller(platform)
    intent = a_payment(
        platform, transfer_destination=seller.account_id, application_fee_amount=10_00
    )
    maturation.mature(at=WEDNESDAY)

    refunds.create(
        tenant=platform,
        intent_id=intent.id,
        amount=40_00,
        reverse_transfer=True,
        refund_application_fee=True,
        at=WEDNESDAY,
    )

    assert (usable(platform), usable(seller)) == (2_80, 54_00)
    assert (pending(platform), pending(seller)) == (0, 0)
    assert_books_balance()


@pytest.mark.parametrize(
    ("captured", "country", "day"),
    [
        ("2026-11-20T12:00", "US", "2026-11-24"),  # a Friday
        ("2026-11-24T12:00", "US", "2026-11-27"),  # Thanksgiving lies between
        ("2026-12-23T12:00", "DE", "2026-12-28"),  # the ECB is closed on the 25th
        ("2027-03-25T12:00", "GB", "2027-03-31"),  # from Good Friday to Easter Monday
        ("2027-08-27T12:00", "GB", "2027-09-01"),  # England's summer bank holiday
        ("2027-08-27T12:00", "JE", "2027-09-01"),  # the same payment system
        ("2027-06-17T12:00", "US", "2027-06-21"),  # Juneteenth, a Saturday, is not moved to Friday
        ("2027-07-02T12:00", "US", "2027-07-07"),  # Independence Day, a Sunday, is to Monday
        ("2027-09-29T12:00", "CA", "2027-10-04"),  # Truth and Reconciliation
        ("2026-12-30T12:00", "JP", "2027-01-05"),  # Japan's banks rest until the third
        ("2027-06-24T12:00", "SE", "2027-06-29"),  # Midsummer Eve
        ("2027-05-05T12:00", "CH", "2027-05-10"),  # Ascension
        ("2027-05-14T12:00", "LI", "2027-05-19"),  # Pentecost Monday
        ("2026-12-24T12:00", "AU", "2026-12-30"),  # Boxing Day, a Saturday, is moved to Monday
        ("2026-10-02T12:00", "AU", "2026-10-06"),  # New South Wales alone rests on the fifth
        ("2027-03-02T12:00", "BG", "2027-03-04"),  # in the euro since 2026: TARGET is open
        ("2027-12-24T12:00", "SM", "2027-12-28"),
        ("2026-12-31T12:00", "CH", "2027-01-05"),  # Berchtold's day, a Saturday in 2027
        ("2025-12-31T12:00", "CH", "2026-01-06"),  # and a Friday in 2026
        ("2025-12-31T12:00", "LI", "2026-01-06"),
        ("2026-05-12T12:00", "DK", "2026-05-18"),  # Ascension, and the Friday after it
        ("2026-06-03T12:00", "DK", "2026-06-08"),  # Constitution Day
        ("2026-12-22T12:00", "DK", "2026-12-28"),  # Christmas Eve
        ("2026-12-30T12:00", "DK", "2027-01-05"),  # New Year's Eve
        ("2026-04-29T12:00", "DK", "2026-05-01"),  # banks work on the first of May
        ("2026-02-13T12:00", "BR", "2026-02-19"),  # carnival
        ("2026-06-03T12:00", "BR", "2026-06-08"),  # Corpus Christi
        ("2026-11-19T12:00", "SA", "2026-11-23"),  # a Thursday: the week begins on Sunday
        ("2026-11-19T12:00", "AE", "2026-11-23"),  # a Thursday: Saturday and Sunday rest
        ("2026-11-23T12:00", "ZZ", "2026-11-25"),  # no calendar: only weekends
    ],
)
def test_business_days_are_those_of_the_owners_country(captured, country, day):
    found = calendars.available_on(at=moment(captured), country=country, delay_days=2)

    assert found == moment(day).date()
