"""A seller with money that no bank account of it takes is told, and so are others."""

import pytest
from django.test import Client
from django.urls import reverse

from connect.models import AccountRequirements, ExchangeRate
from connect.onboarding.services import stranded, verification
from connect.transfers.services import reversals, transfers
from tests.books import assert_books_balance
from tests.factories import (
    a_bank_account,
    a_paid_intent,
    a_platform,
    a_seller,
    an_operator_named,
    as_owner,
    now,
)
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    platform = a_platform()
    a_paid_intent(platform, amount=1_000_00, payment_method="pm_card_bypassPending")
    return platform


@pytest.fixture
def abroad(platform):
    seller = a_seller(platform, default_currency="eur")
    a_bank_account(
        seller, "DE89370400440532013000", country="DE", currency="eur", routing_number=None
    )
    return seller


def give(platform, seller, amount=100_00):
    return transfers.create(
        tenant=platform, amount=amount, currency="usd", destination=seller.account_id, at=now()
    )


def requirements(seller):
    return AccountRequirements.objects.get(account_id=seller.account_id).requirements


def told(seller):
    return Event.objects.filter(type="account.updated", account_id=seller.account_id)


def test_a_seller_is_asked_for_a_bank_account_once_and_its_platform_hears(platform, abroad):
    give(platform, abroad)
    before = told(abroad).count()

    assert stranded.report_stranded(at=now()) == 1

    due = requirements(abroad)
    assert due["currently_due"] == ["external_account"]
    assert "external_account" in due["eventually_due"]
    assert due["past_due"] == []
    (error,) = due["errors"]
    assert error["requirement"] == "external_account"
    assert "has USD" in error["reason"]
    assert "Add one" in error["reason"]
    assert told(abroad).count() == before + 1

    give(platform, abroad)
    assert stranded.report_stranded(at=now()) == 0
    assert told(abroad).count() == before + 1
    assert_books_balance()


def test_it_may_go_on_selling_and_being_paid(platform, abroad):
    give(platform, abroad)

    stranded.report_stranded(at=now())

    account = AccountRequirements.objects.get(account_id=abroad.account_id).account
    assert account.payouts_enabled
    assert requirements(abroad)["disabled_reason"] is None


def test_a_bank_account_that_takes_it_ends_it(platform, abroad):
    give(platform, abroad)
    stranded.report_stranded(at=now())

    a_bank_account(abroad)

    assert requirements(abroad)["errors"] == []
    assert requirements(abroad)["currently_due"] == []
    assert stranded.report_stranded(at=now()) == 0


def test_giving_all_of_it_back_ends_it(platform, abroad):
    transfer = give(platform, abroad)
    stranded.report_stranded(at=now())
    reversals.create(tenant=platform, transfer_id=transfer.id, at=now())

    # Asked again by something else, such as a change of the account.
    verification.reevaluate(abroad.account_id, livemode=False, at=now())

    assert requirements(abroad)["errors"] == []


def test_who_can_be_paid_is_asked_for_nothing(platform, abroad):
    ExchangeRate.objects.create(sold="usd", bought="eur", rate="0.9", starts_at=now())
    give(platform, abroad)
    at_home = a_seller(platform)
    give(platform, at_home)
    a_bank_account(at_home)
    without_bank = a_seller(platform)
    give(platform, without_bank)

    assert stranded.report_stranded(at=now()) == 0


def test_a_seller_without_any_bank_account_is_told_of_a_foreign_currency(platform):
    seller = a_seller(platform, default_currency="eur")
    give(platform, seller)

    assert stranded.report_stranded(at=now()) == 1

    assert "has USD" in requirements(seller)["errors"][0]["reason"]


def test_operators_see_who_waits_and_what_helps(platform, abroad):
    give(platform, abroad)
    stranded.report_stranded(at=now())
    client = Client()
    client.force_login(an_operator_named("op@example.com"))

    page = client.get(reverse("admin:connect_sellers_to_look_at")).content.decode()

    assert "given USD" in page
    assert "Set a rate to EUR" in page


def test_who_could_not_be_asked_is_not_counted_and_is_asked_the_next_time(platform, abroad):
    other = a_seller(platform, default_currency="eur")
    for seller in (abroad, other):
        give(platform, seller)
    as_owner(
        "ALTER TABLE connect_accountrequirements ADD CONSTRAINT nobody_may_ask CHECK "
        f"(account_id <> '{abroad.account_id}' OR requirements->'errors' = '[]') NOT VALID"
    )

    assert stranded.report_stranded(at=now()) == 1

    assert requirements(other)["errors"] != []
    assert AccountRequirements.objects.get(account_id=abroad.account_id).stranded == []
    as_owner("ALTER TABLE connect_accountrequirements DROP CONSTRAINT nobody_may_ask")
    assert stranded.report_stranded(at=now()) == 1
    assert requirements(abroad)["currently_due"] == ["external_account"]
    assert stranded.report_stranded(at=now()) == 0
    assert_books_balance()
