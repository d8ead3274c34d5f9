"""What every rail has to stand of the fault table: F18 to F20, the same cases for each.

F17 are the tests of what is lost in `test_conformance.py`, where another amount is too; F21, a
connection that breaks in the middle, is `tests/survival`'s, with servers that break it.
"""

import random
from datetime import timedelta

import pytest

from ledger import queries
from ledger.models import JournalEntry
from payments.intents.services import payment_intents
from payments.models import Charge, Refund, UnappliedPayment, UnresolvedRequest
from payments.refunds.services import refunds
from payments.unapplied.services import returns
from processors.models import InboundNotice
from tests.books import assert_books_balance, in_transit, total
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.test_conformance import LATER, can, carried_out, hear, status

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("what", ["answers", "requests"])
def test_f18_an_error_and_then_success_for_the_same_key_is_one_charge(world, what):
    platform = a_platform()
    with world.erring(what):
        intent = a_paid_intent(platform)
        assert status(intent) == "processing"
        question = UnresolvedRequest.objects.get()
        assert question.reason in ("no_answer", "unreadable")
        assert total(platform) == 0

    assert payment_intents.repair(at=now() + LATER) == 1

    assert status(intent) == "succeeded"
    assert world.moved(intent.latest_charge_id) == [100_00]
    assert total(platform) == 96_80
    assert_books_balance()


def test_f19_notices_in_any_order_some_twice_and_before_the_answer_end_the_same(world):
    # One order for all rails; `tests/survival` tries many.
    chance, platform = random.Random(19), a_platform()
    with world.losing("answers"):
        lost = a_paid_intent(platform)
    paid = a_paid_intent(platform, payment_method="pm_card_refundFail")
    refund = refunds.create(tenant=platform, intent_id=paid.id, amount=40_00, at=now())
    carried_out(world)
    world.time_passes()
    told = [
        *world.notices("charge", lost.latest_charge_id, at=now()),
        *world.notices("charge", paid.latest_charge_id, at=now()),
        *world.notices("refund", refund.id, at=now()),
    ]
    told += chance.sample(told, k=len(told) // 2)
    chance.shuffle(told)

    for notice in told:
        hear(world, [notice])

    assert (status(lost), status(paid), status(refund)) == ("succeeded", "succeeded", "failed")
    assert (total(platform), in_transit(platform)) == (2 * 96_80, 0)
    assert payment_intents.repair(at=now() + timedelta(hours=1)) == 0
    assert not InboundNotice.objects.exclude(next_at=None).exists()
    assert_books_balance()


def test_f20_another_currency_is_put_aside_and_never_guessed(world):
    platform = a_platform()
    with world.losing("answers"):
        intent = a_paid_intent(platform)
    booked = JournalEntry.objects.count()
    with world.lying("currency"):
        assert payment_intents.repair(at=now() + LATER) == 0

    assert UnresolvedRequest.objects.get().reason == "amount_differs"
    assert (status(intent), total(platform)) == ("processing", 0)
    assert JournalEntry.objects.count() == booked

    assert payment_intents.repair(at=now() + 3 * LATER) == 1
    assert total(platform) == 96_80
    assert_books_balance()


def test_f20_a_no_after_a_yes_takes_nothing_back(world):
    platform = a_platform()
    intent = a_paid_intent(platform)
    carried_out(world)
    booked = JournalEntry.objects.count()
    with world.lying("status"):
        hear(world, world.notices("charge", intent.latest_charge_id, at=now()))

    assert (status(intent), Charge.objects.get().status) == ("succeeded", "succeeded")
    assert JournalEntry.objects.count() == booked
    assert not Refund.objects.exists()
    assert total(platform) == 96_80
    assert_books_balance()


def test_f20_a_yes_after_a_no_is_unapplied_and_goes_back(world):
    platform = a_platform()
    with world.losing("answers"):
        intent = a_paid_intent(platform)
    with world.lying("status"):
        # Who only tells lies in what it tells.
        if can(world).answers_later:
            hear(world, world.notices("charge", intent.latest_charge_id, at=now()))
        payment_intents.repair(at=now() + LATER)
    assert status(intent) == "requires_payment_method"

    hear(world, world.notices("charge", intent.latest_charge_id, at=now()))

    row = UnappliedPayment.objects.get()
    assert (row.amount, row.status, total(platform)) == (100_00, "open", 0)
    assert queries.account_balance("suspense", platform.account_id, "usd") == 100_00
    assert status(intent) == "requires_payment_method"
    returns.give_back(unapplied_id=row.id, at=now())
    carried_out(world)
    assert status(row) == "returned"
    assert queries.account_balance("suspense", platform.account_id, "usd") == 0
    assert_books_balance()
