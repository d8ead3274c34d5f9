"""Where money is held: assets and liabilities of every location are equal after every entry."""

from dataclasses import replace

import pytest

from core.database.transactions import atomic
from ledger.chart import AVAILABLE, BETWEEN_LOCATIONS, PROCESSOR
from ledger.entries import Part, UnbalancedEntry
from ledger.models import LedgerAccount
from ledger.posting import corrections, journal, owner_settings
from ledger.queries import account_balance, funds_of, locations
from ledger.reporting import location_cash
from ledger.reporting.location_cash import Place
from tests.books import assert_ledger_balances
from tests.ledger.entries import AT, a_deposit, a_transfer, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def _elsewhere():
    """The seller has its own account at the processor, and its money is there."""
    owner_settings.set_location(owner="acct_b", location="seller_b", livemode=False)
    owner_settings.set_location(owner="stripe_b", location="seller_b", livemode=False)


def cash_of(processor):
    return account_balance(PROCESSOR, processor, "usd")


@pytest.mark.usefixtures("_elsewhere")
def test_a_direct_charge_is_held_at_the_sellers_own_account():
    post(a_deposit(100, to="acct_b", processor="stripe_b"))

    assert cash_of("stripe_b") == 100
    assert set(LedgerAccount.objects.values_list("location", flat=True)) == {"seller_b"}
    assert_ledger_balances()


@pytest.mark.usefixtures("_elsewhere")
def test_money_that_changes_hands_changes_its_place_with_it():
    post(a_deposit(100))

    post(a_transfer(60, between=("simulator", "stripe_b")))

    assert (cash_of("simulator"), cash_of("stripe_b")) == (40, 60)
    assert account_balance(AVAILABLE, "acct_b", "usd") == 60
    assert_ledger_balances()


@pytest.mark.usefixtures("_elsewhere")
def test_money_can_not_change_hands_and_stay_where_it_was():
    post(a_deposit(100))

    with pytest.raises(UnbalancedEntry, match="at location"):
        post(a_transfer(60))

    assert account_balance(AVAILABLE, "acct_a", "usd") == 100
    assert_ledger_balances()


def test_at_one_location_money_stays_where_it_is():
    post(a_deposit(100))

    with pytest.raises(UnbalancedEntry, match="may not touch"):
        post(a_transfer(60, between=("simulator", "simulator_2")))

    assert cash_of("simulator_2") == 0
    assert_ledger_balances()


@pytest.mark.usefixtures("_elsewhere")
def test_a_charge_can_not_be_held_at_another_place_than_its_owners():
    with pytest.raises(UnbalancedEntry, match="at location"):
        post(a_deposit(100, to="acct_b"))


def test_an_owner_with_money_is_not_moved_by_a_word():
    post(a_deposit(100))

    with pytest.raises(journal.HeldElsewhere):
        owner_settings.set_location(owner="acct_a", location="elsewhere", livemode=False)


@pytest.mark.usefixtures("_elsewhere")
def test_a_place_is_stated_again_and_never_changed():
    owner_settings.set_location(owner="acct_b", location="seller_b", livemode=False)

    with pytest.raises(journal.HeldElsewhere):
        owner_settings.set_location(owner="acct_b", location="main", livemode=False)


@pytest.fixture
def _second_account():
    """Another account at a processor: it is a location, and holds what owners at main have."""
    owner_settings.set_location(owner="stripe-eu", location="stripe-eu", livemode=False)


def owed(location):
    return account_balance(BETWEEN_LOCATIONS, location, "usd")


@pytest.mark.usefixtures("_second_account")
def test_a_processor_account_that_is_a_location_owes_the_main_one_what_it_holds():
    post(a_deposit(100), a_deposit(70, source="ch_2", processor="stripe-eu"))

    assert (cash_of("simulator"), cash_of("stripe-eu")) == (100, 70)
    assert (owed("stripe-eu"), owed("main")) == (70, -70)
    assert account_balance(AVAILABLE, "acct_a", "usd") == 170
    funds = funds_of("ch_2")
    assert (funds.owner, funds.captured) == ("acct_a", 70)
    here = Place("main", "usd", livemode=False)
    assert location_cash.free_cash([here]) == {here: 170}
    assert locations(livemode=False) == {"main"}
    assert_ledger_balances()


@pytest.mark.usefixtures("_second_account")
def test_money_that_is_moved_is_owed_by_the_location_that_has_it():
    post(a_deposit(100))
    sides = ("simulator", "stripe-eu")

    post(a_transfer(60, between=sides))

    assert (cash_of("simulator"), cash_of("stripe-eu")) == (40, 60)
    assert (owed("stripe-eu"), owed("main")) == (60, -60)
    assert_ledger_balances()


@pytest.mark.usefixtures("_second_account")
def test_taking_an_entry_back_takes_back_what_its_location_owes():
    (posted,) = post(a_deposit(70, processor="stripe-eu"))

    with atomic():
        corrections.reverse(posted.entry_id, at=AT)

    assert (cash_of("stripe-eu"), owed("stripe-eu"), owed("main")) == (0, 0, 0)
    assert_ledger_balances()


def test_no_movement_of_its_own_makes_locations_owe():
    part = (Part(BETWEEN_LOCATIONS, 5),)

    with pytest.raises(UnbalancedEntry, match="names a bucket"):
        post(replace(a_transfer(5), debits=part))
