"""Real threads, real commits."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from core.errors import InvalidRequest
from payments.intents.services import authorizations, payment_intents
from payments.models import Charge, Refund
from payments.refunds.services import refunds
from processors.models import SimulatedRequest
from processors.simulator.rail import Simulator
from tests import rails
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    return all_at_once_each(*[work] * count)


def all_at_once_each(*works: Callable[[], Any]) -> list[Any]:
    barrier = threading.Barrier(len(works))
    results: list[Any] = []

    def run(work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results.append(work())
        except InvalidRequest as refused:
            results.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_eight_simultaneous_confirms_of_one_intent_charge_once():
    platform = a_platform()
    intent = payment_intents.create(
        tenant=platform, amount=100_00, currency="usd", payment_method="pm_card_visa", at=now()
    )

    results = all_at_once(
        8, lambda: payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now())
    )

    paid = [r for r in results if not isinstance(r, InvalidRequest)]
    assert len(paid) == 1
    assert Charge.objects.count() == 1
    assert SimulatedRequest.objects.filter(action="charge").count() == 1
    assert total(platform) == 96_80
    assert_books_balance()


def test_eight_simultaneous_refunds_give_back_no_more_than_was_paid():
    platform = a_platform()
    intent = a_paid_intent(platform)

    results = all_at_once(
        8,
        lambda: refunds.create(tenant=platform, intent_id=intent.id, amount=30_00, at=now()),
    )

    assert len([r for r in results if not isinstance(r, InvalidRequest)]) == 3
    assert Refund.objects.count() == 3
    assert total(platform) == 96_80 - 90_00
    assert_books_balance()


def test_eight_simultaneous_captures_capture_once():
    platform = a_platform()
    intent = a_paid_intent(platform, capture_method="manual")

    all_at_once(8, lambda: authorizations.capture(tenant=platform, intent_id=intent.id, at=now()))

    assert total(platform) == 96_80
    assert SimulatedRequest.objects.filter(action="capture").count() == 1
    assert_books_balance()


def _meanwhile(work: Callable[[str], Any]) -> AbstractContextManager[Any]:
    """Do something else between the rail's first answer and its record."""
    asked = []

    def charge(self, request):
        try:
            return Simulator.charge(self, request)
        finally:
            asked.append(request.key)
            if len(asked) == 1:
                work(Charge.objects.get(id=request.key).payment_intent_id)

    return rails.simulator_with(charge=charge)


def test_what_the_merchant_says_while_the_rail_is_asked_is_kept():
    platform = a_platform()

    def note(intent_id):
        payment_intents.update(
            tenant=platform, intent_id=intent_id, changes={"metadata": {"order": "7"}}, at=now()
        )

    with _meanwhile(note):
        intent = a_paid_intent(platform)

    intent.refresh_from_db()
    assert (intent.status, intent.metadata) == ("succeeded", {"order": "7"})
    assert total(platform) == 96_80
    assert_books_balance()


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_rialto_timeoutBeforeCharge"])
def test_a_repair_that_is_faster_books_it_and_the_request_finds_it_booked(card):
    platform = a_platform()
    later = now() + timedelta(minutes=1)

    with _meanwhile(lambda _: payment_intents.repair(at=later)):
        intent = a_paid_intent(platform, payment_method=card)
    if intent.status == "processing":
        payment_intents.repair(at=later)
        intent.refresh_from_db()

    assert intent.status == "succeeded"
    assert total(platform) == 96_80
    assert SimulatedRequest.objects.filter(action="charge").count() == 1
    assert_books_balance()


def test_a_repair_and_an_answer_at_once_book_it_once():
    platform = a_platform()
    later = now() + timedelta(minutes=1)
    both = threading.Barrier(2, timeout=5)

    def asked(self, request):
        outcome = Simulator.charge(self, request)
        both.wait()
        return outcome

    intent = payment_intents.create(
        tenant=platform, amount=100_00, currency="usd", payment_method="pm_card_visa", at=now()
    )

    def repair() -> None:
        # It finds the charge at the rail and does not ask; so it waits here.
        while not SimulatedRequest.objects.exists():
            pass
        both.wait()
        payment_intents.repair(at=later)

    with rails.simulator_with(charge=asked):
        outcomes = all_at_once_each(
            lambda: payment_intents.confirm(tenant=platform, intent_id=intent.id, at=now()), repair
        )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]

    intent.refresh_from_db()
    assert intent.status == "succeeded"
    assert total(platform) == 96_80
    assert_books_balance()
