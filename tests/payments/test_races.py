"""Real threads, real commits."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core.errors import InvalidRequest
from payments.models import Charge, Refund
from payments.services import payment_intents, refunds
from processors.models import SimulatedRequest
from tests.books import assert_books_balance, total
from tests.factories import a_paid_intent, a_platform, now

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    barrier = threading.Barrier(count)
    results: list[Any] = []

    def run() -> None:
        barrier.wait()
        try:
            results.append(work())
        except InvalidRequest as refused:
            results.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
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

    all_at_once(8, lambda: payment_intents.capture(tenant=platform, intent_id=intent.id, at=now()))

    assert total(platform) == 96_80
    assert SimulatedRequest.objects.filter(action="capture").count() == 1
    assert_books_balance()
