"""What a seller checks before it finishes, and what tells it where it is."""

import pytest
from django.test import Client

from accounts.models import Account
from connect.onboarding.services import accounts, people
from core.tenant import Tenant
from tests.books import assert_books_balance
from tests.connect.test_seller_drafts import read
from tests.connect.test_seller_tabs import a_company, enter
from tests.factories import a_bank_account, a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


def test_a_seller_checks_what_it_has_told_and_no_number_is_shown():
    platform, tab = a_platform(), Client()
    seller = a_seller(platform, individual={"id_number": "222222222"})
    a_bank_account(seller)

    shown = read(tab, f"{enter(tab, platform, seller, 'account_onboarding')}setup/review")

    for told in (
        "January 1, 1902",
        "Springfield",
        "Something else",
        "RIALTO TEST BANK ••6789",
        "I trade alone",
    ):
        assert told in shown
    assert "222222222" not in shown
    assert "<dd>given</dd>" in shown


def test_a_company_checks_its_people():
    platform, tab = a_platform(), Client()
    seller = a_company(platform)
    people.create(
        tenant=platform,
        account_id=seller.account_id,
        at=now(),
        params={"first_name": "Bo", "last_name": "Li", "relationship": {"owner": True}},
    )
    base = enter(tab, platform, seller, "account_onboarding")

    shown = read(tab, f"{base}setup/review")

    assert "Noodles" in shown
    assert "Bo Li" in shown
    assert f'href="{base}setup/people"' in shown


def test_the_number_of_steps_is_shown_once_it_is_known():
    platform, tab = a_platform(), Client()
    account = accounts.create(tenant=platform, type="express", country="US", at=now())
    base = enter(tab, platform, Tenant(account.id, livemode=False), "account_onboarding")
    before = read(tab, f"{base}setup/business")
    accounts.update(tenant=platform, account_id=account.id, business_type="individual", at=now())

    after = read(tab, f"{base}setup/business")

    assert "Step 1<" in before
    assert "Step 1 of 5" in after


def test_every_page_names_the_platform_that_a_seller_sells_on():
    platform, tab = a_platform(), Client()
    Account.objects.filter(id=platform.account_id).update(name="Bazaar")
    base = enter(tab, platform, a_seller(platform))

    for page in ("home", "setup/bank", "setup/review", f"statements/{now():%Y-%m}"):
        assert "For your sales on Bazaar" in read(tab, f"{base}{page}")


def test_orders_of_a_day_are_told_apart_by_the_platforms_name_or_their_ids():
    platform, tab = a_platform(), Client()
    seller = a_seller(platform)
    for more in ({"transfer_group": "ORDER-17"}, {}, {}):
        a_paid_intent(platform, transfer_destination=seller.account_id, **more)

    shown = read(tab, f"{enter(tab, platform, seller)}home")

    names = [
        part.partition("</span>")[0] for part in shown.split('<summary class="row"><span>')[1:]
    ]
    assert names[2] == "ORDER-17"
    assert len(set(names)) == 3
    assert not any(name.startswith("group_") for name in names)
    assert_books_balance()
