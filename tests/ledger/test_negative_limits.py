"""How far below zero an owner may be asked to go."""

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.audit.verify import verify
from ledger.entries import UnbalancedEntry
from ledger.models import GuardedBalance, LedgerAccount, LimitChange
from ledger.posting import owner_settings
from ledger.posting.journal import BalanceInsufficient
from payments.refunds.services import refunds
from tests.books import assert_books_balance, pending, total, usable
from tests.factories import a_paid_intent, a_platform, a_seller, as_owner, now

pytestmark = pytest.mark.django_db

UNGUARDED = "ALTER TABLE ledger_limitchange DISABLE TRIGGER USER;"
USUAL = GuardedBalance().negative_limit


@pytest.fixture
def platform():
    return a_platform()


def limit(platform, amount):
    owner_settings.set_negative_limit(
        owner=platform.account_id, currency="usd", amount=amount, by="olga", livemode=False
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


def test_who_set_a_limit_when_and_from_what_is_kept(platform):
    before = now()
    limit(platform, 3_20)
    limit(platform, 0)

    first, second = LimitChange.objects.order_by("id")

    assert (first.before, first.after, second.before, second.after) == (USUAL, 3_20, 3_20, 0)
    assert first.changed_by == "olga"
    assert before <= first.changed_at <= second.changed_at
    assert LedgerAccount.objects.get(id=first.account_id).owner == platform.account_id
    assert verify() == []


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        (
            "UPDATE ledger_guardedbalance SET negative_limit = 9000 WHERE negative_limit = 320",
            "may be asked to go down to -9000 usd, and what was said last is -320 by olga",
        ),
        (
            "UPDATE ledger_guardedbalance SET negative_limit = 9000 WHERE negative_limit > 9000",
            "and what was said last is nothing",
        ),
        (f"{UNGUARDED} DELETE FROM ledger_limitchange", "what was said last is nothing"),
        (f"{UNGUARDED} UPDATE ledger_limitchange SET before = 5", "the one before it ended at"),
    ],
)
def test_a_limit_that_was_changed_by_hand_is_found(platform, statement, detail):
    a_paid_intent(a_platform(), payment_method="pm_card_bypassPending")
    limit(platform, 3_20)

    with connection.cursor() as cursor:
        # What is deferred to the end comes first: a table with such work is not to be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    as_owner(statement)

    found = [finding for finding in verify() if finding.check == "negative limits"]
    assert found
    assert detail in found[0].detail


def test_nobody_but_the_owner_of_the_tables_rewrites_what_was_stated(platform):
    limit(platform, 3_20)

    with pytest.raises(DatabaseError), transaction.atomic():
        LimitChange.objects.update(changed_by="eve")
    with pytest.raises(DatabaseError), transaction.atomic():
        as_owner("UPDATE ledger_limitchange SET changed_by = 'eve'")
