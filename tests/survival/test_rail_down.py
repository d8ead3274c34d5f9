"""A processor is down for an hour in which payments go on, and then it is there again."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any, ClassVar

import pytest
import time_machine

from ledger import queries
from payments.intents.services import authorizations, cancellation
from payments.models import Charge, PaymentIntent, Refund, UnresolvedRequest
from payments.refunds.services import refunds
from processors.models import RoutingBreaker
from processors.protocols.base import ChargeRequest, FollowUp, Outcome, ProcessorUnavailable
from processors.router import health
from processors.routing import hashing
from processors.routing.breakers import IN_A_ROW, PROBES_ONE_OF
from processors.simulator.rail import Simulator
from tests.books import assert_books_balance, in_transit, total
from tests.checkers import assert_nothing_hangs
from tests.factories import a_paid_intent, a_platform, a_seller, now
from tests.processors import accounts_there
from tests.processors.accounts_there import publish, rule
from tests.survival.operations import beat
from tests.truth import assert_the_processor_agrees, simulated_amounts

pytestmark = pytest.mark.django_db

FIRST, SECOND = "first", "second"
# What processing 100.00 costs.
FEE = 3_20


class Failing(Simulator):
    """A processor that has bad hours: it hears nothing, or it does what it was asked and fails."""

    is_down: ClassVar[bool] = False
    hears: ClassVar[Iterator[bool]] = cycle((False, True, True))

    def charge(self, request: ChargeRequest) -> Outcome:
        return self._stumble(super().charge, request)

    def capture(self, request: FollowUp) -> Outcome:
        return self._stumble(super().capture, request)

    def void(self, request: FollowUp) -> Outcome:
        return self._stumble(super().void, request)

    def refund(self, request: FollowUp) -> Outcome:
        return self._stumble(super().refund, request)

    def find(self, inquiry: Any) -> Outcome | None:
        if self.is_down:
            raise ProcessorUnavailable("503 Service Unavailable")
        return super().find(inquiry)

    def reports(self, *, charge_key: str | None = None) -> Any:
        if self.is_down:
            raise ProcessorUnavailable("503 Service Unavailable")
        return super().reports(charge_key=charge_key)

    def _stumble(self, call: Callable[[Any], Outcome], request: Any) -> Outcome:
        if not self.is_down:
            return call(request)
        if next(type(self).hears):
            call(request)
            raise ProcessorUnavailable("500 Internal Server Error")
        raise ProcessorUnavailable("Nobody answers.")


class Shop:
    """A marketplace whose orders go to the first account, and to the second where that is down."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock
        self.platform = a_platform()
        self.seller = a_seller(self.platform)
        self.orders = 0

    def order(self, **details: Any) -> Charge:
        """Sell something for 100.00, of which the platform keeps 10.00."""
        self.orders += 1
        intent = a_paid_intent(
            self.platform,
            transfer_destination=self.seller.account_id,
            application_fee_amount=10_00,
            **details,
        )
        assert intent.latest_charge_id
        return Charge.objects.get(id=intent.latest_charge_id)

    def go_on(self, span: timedelta, *, every: int) -> list[tuple[datetime, Charge]]:
        """Sell something every few seconds, with what runs by itself in between."""
        sold, until, beaten = [], now() + span, now()
        while now() < until:
            sold.append((now(), self.order()))
            self.clock.shift(every)
            if now() - beaten >= timedelta(minutes=4):
                beaten = now()
                beat(beaten)
                self.check()
        return sold

    def check(self) -> None:
        """Check that what lies at both accounts is what both owners have."""
        owed = sum(total(one) + in_transit(one) for one in (self.platform, self.seller))
        assert at(FIRST) + at(SECOND) == owed


def at(account: str) -> int:
    return queries.account_balance("processor", account, "usd")


@pytest.fixture
def shop(monkeypatch):
    health._windows.clear()
    monkeypatch.setattr(Failing, "is_down", False)
    # Long enough ago that nothing of it lies ahead of the database's clock.
    begin = now() - timedelta(hours=5)
    with accounts_there.kinds(failing=Failing), time_machine.travel(begin, tick=False) as clock:
        accounts_there.add(FIRST, "failing", is_first=True)
        accounts_there.add(SECOND)
        publish(rule("all", "priority", FIRST, SECOND))
        yield Shop(clock)


def test_while_a_processor_is_down_payments_move_and_what_it_has_waits(shop, monkeypatch):
    held, let_go = (shop.order(capture_method="manual") for _ in range(2))
    refunded = [shop.order() for _ in range(2)]
    assert {charge.processor for charge in (held, let_go, *refunded)} == {FIRST}
    shop.check()

    # It goes down, with a payment every two seconds: within ten the others are taken elsewhere.
    monkeypatch.setattr(Failing, "is_down", True)
    down_at = now()
    sold = shop.go_on(timedelta(seconds=20), every=2)
    moved = [charge for when, charge in sold if when - down_at < timedelta(seconds=10)]
    assert [charge.processor for charge in moved] == [FIRST] * IN_A_ROW + [SECOND] * 2

    # What it holds can be asked of nobody else: it waits.
    platform = shop.platform
    authorizations.capture(tenant=platform, intent_id=held.payment_intent_id, at=now())
    cancellation.cancel(tenant=platform, intent_id=let_go.payment_intent_id, at=now())
    given = [
        refunds.create(
            tenant=platform, intent_id=charge.payment_intent_id, reverse_transfer=True, at=now()
        )
        for charge in refunded
    ]
    sold += shop.go_on(timedelta(minutes=59), every=60)

    assert _statuses(held, let_go) == ["processing", "processing"]
    assert set(Refund.objects.values_list("status", flat=True)) == {"pending"}
    # Only probes went there: each of them opened the breaker again.
    probes = [charge for _, charge in sold if charge.processor == FIRST]
    openings = RoutingBreaker.objects.get(processor=FIRST).openings
    assert len(probes) == IN_A_ROW - 1 + openings
    assert openings > 1
    for charge in probes[IN_A_ROW:]:
        assert _would_probe(charge)
    # What nobody knows was tried nowhere else, and is called neither paid nor failed.
    assert {_intent(charge).status for charge in probes} == {"processing"}
    assert Charge.objects.filter(processor=FIRST, status="failed").count() == 0
    assert {charge.status for _, charge in sold if charge.processor == SECOND} == {"succeeded"}
    _assert_none_is_charged_twice()

    # It comes back: what was asked of it is settled by asking, and probes bring payments back.
    monkeypatch.setattr(Failing, "is_down", False)
    # By then the oldest question is asked every four hours.
    shop.clock.shift(timedelta(hours=4))
    for _ in range(2):
        beat(now())
        shop.clock.shift(60)
    # One in five finds out whether it is back; a hundred without three of them never happen.
    for _ in range(100):
        if RoutingBreaker.objects.get(processor=FIRST).retry_at is None:
            break
        shop.go_on(timedelta(seconds=15), every=15)
    back = shop.go_on(timedelta(minutes=2), every=15)

    assert {charge.processor for _, charge in back} == {FIRST}
    assert _statuses(held, let_go) == ["succeeded", "canceled"]
    assert {_refreshed(refund).status for refund in given} == {"succeeded"}
    assert not UnresolvedRequest.objects.exists()
    assert {_intent(charge).status for charge in probes} == {"succeeded"}
    _assert_none_is_charged_twice()

    # All orders but the one that was let go were paid once. The seller gave two back in full.
    paid = shop.orders - 1
    assert sum(simulated_amounts().values()) == paid * 100_00
    assert total(shop.seller) == paid * 90_00 - 2 * 100_00
    assert at(FIRST) + at(SECOND) == paid * (100_00 - FEE) - 2 * 100_00
    shop.check()
    assert_the_processor_agrees()
    assert_nothing_hangs(at=now())
    assert_books_balance()


def _assert_none_is_charged_twice() -> None:
    """Hold what both processors say they took against the intents: each is charged at most once."""
    paid_for = dict(Charge.objects.values_list("id", "payment_intent_id"))
    taken = [paid_for[key] for (_, key), amount in simulated_amounts().items() if amount]
    assert len(taken) == len(set(taken))
    assert Charge.objects.count() == PaymentIntent.objects.count()


def _intent(charge: Charge) -> PaymentIntent:
    return PaymentIntent.objects.get(id=charge.payment_intent_id)


def _refreshed(row: Any) -> Any:
    row.refresh_from_db()
    return row


def _statuses(*charges: Charge) -> list[str]:
    return [_intent(charge).status for charge in charges]


def _would_probe(charge: Charge) -> bool:
    seed = hashing.seed(str(charge.payment_intent_id))
    return hashing.draw(seed, f"probe {FIRST}", PROBES_ONE_OF) == 0
