"""How far below zero an owner may be asked to go."""

import pytest

from ledger.entries import UnbalancedEntry
from ledger.services import terms
from ledger.services.journal import BalanceInsufficient
from payments.services import refunds
from tests.books import assert_books_balance, pending, total, usable
from tests.factories import a_paid_intent, a_platform, a_seller, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform():
    return a_platform()


def limit(platform, amount):
    terms.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=amount, livemode=False
    )


def test_a_refund_may_be_asked_for_down_to_the_limit(platform):
    intent = a_paid_intent(platform)
    limit(platform, 3_20)

    refunds.create(tenant=platform, intent_id=intent.id, amount=100_00, at=now())

    assert total(platform) == -3_20
    assert_books_balance()


def test_a_refund_beyond_the_limit_is_refused_before_the_rail_is_asked(platform):
    intent = a_paid_intent(platform)
    limit(platform, 3_19)

    with pytest.raises(BalanceInsufficient):
        refunds.create(tenant=platform, intent_id=intent.id, amount=100_00, at=now())

    assert (usable(platform), pending(platform)) == (0, 96_80)
    assert_books_balance()


def test_what_has_happened_outside_is_booked_whatever_the_limit(platform):
    limit(platform, 0)

    # The seller gets it all, so the processor's fee leaves the platform below zero.
    intent = a_paid_intent(platform, transfer_destination=a_seller(platform).account_id)

    assert intent.status == "succeeded"
    assert total(platform) == -3_20
    assert_books_balance()


def test_a_limit_is_no_less_than_nothing(platform):
    with pytest.raises(UnbalancedEntry):
        limit(platform, -1)
