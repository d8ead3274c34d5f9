"""Faults of Adyen and of the way to it, by the names of the fault table (F17 to F21).

The counts fit an ordinary run; `make soak` multiplies them.
"""

import random
from dataclasses import replace

import pytest

from core.errors import CardError
from ledger.models import JournalEntry
from payments.inbound.services import notices
from payments.intents.services import authorizations, payment_intents
from payments.models import Charge, PaymentIntent, UnresolvedRequest
from payments.refunds.services import refunds
from processors.adyen.rail import AdyenRail
from processors.models import InboundNotice
from tests import rails
from tests.books import assert_books_balance, in_transit, total
from tests.checkers import assert_all_is_well
from tests.factories import a_paid_intent, a_platform, now
from tests.processors.adyen_world import AdyenWorld
from tests.processors.test_conformance import tell
from tests.soak import dice, times
from tests.survival.operations import beat, later, soon
from tests.survival.test_processor_faults import WAYS, nobody_listens

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    world = AdyenWorld(tmp_path_factory.mktemp("adyen"))
    yield world
    world.there.close()


@pytest.fixture
def world(place, db):
    with place.installed():
        yield place
    place.assert_it_agrees()


def test_f17_what_times_out_around_the_charge_is_charged_once(world, scoreboard):
    platform, chance = a_platform(), dice("F17 adyen")
    count = times(8)
    for _ in range(count):
        world.there.failures = [chance.choice(["lost before", "lost after"])]
        assert a_paid_intent(platform).status == "processing"

    for _ in range(count // 100 + 1):
        beat(soon())
        beat(later())

    assert Charge.objects.filter(status="succeeded").count() == count
    assert total(platform) == count * 96_80
    assert_all_is_well(at=later())
    scoreboard.count("F17 injected", count)


@pytest.mark.parametrize("how", ["500 before", "500 after", "in progress"])
def test_f18_an_error_and_then_success_for_the_same_key_is_one_charge(how, world, scoreboard):
    platform, count = a_platform(), times(3)
    for _ in range(count):
        world.there.failures = [how]
        assert a_paid_intent(platform).status == "processing"

    payment_intents.repair(at=later())

    assert total(platform) == count * 96_80
    assert_books_balance()
    scoreboard.count("F18 injected", count)


def test_f19_notices_before_the_answer_late_twice_and_in_any_order_end_the_same(world, scoreboard):
    count = times(6)
    for number in range(count):
        _hear_in_any_order(world, dice("F19 adyen", number))
    scoreboard.count("F19 injected", count)
    assert_all_is_well(at=later())


def _hear_in_any_order(world: AdyenWorld, chance: random.Random) -> None:
    platform = a_platform()
    world.there.failures = ["lost after"] if chance.random() < 0.5 else []
    intent = a_paid_intent(platform, payment_method="pm_card_refundFail", capture_method="manual")
    if intent.status == "processing":
        payment_intents.repair(at=later())
    authorizations.capture(tenant=platform, intent_id=intent.id, at=now())
    told = world.outstanding(at=now())
    captured = told[-1:]
    if chance.random() < 0.5:
        # Its capture is heard before what it captures.
        told.reverse()
    _hear(world, told + captured, chance)
    refund = refunds.create(tenant=platform, intent_id=intent.id, amount=40_00, at=now())
    world.time_passes()
    told = world.outstanding(at=now())
    told += told[: chance.randrange(3)]
    chance.shuffle(told)
    _hear(world, told, chance)

    intent.refresh_from_db()
    refund.refresh_from_db()
    assert (intent.status, refund.status) == ("succeeded", "failed")
    assert (total(platform), in_transit(platform)) == (96_80, 0)
    assert not InboundNotice.objects.exclude(next_at=None).exists()


def _hear(world, told, chance):
    for notice in told:
        assert tell(world, notice) == 200
        if chance.random() < 0.5:
            notices.sweep(at=later())
    notices.sweep(at=later())


@pytest.mark.parametrize("what", ["another amount", "another currency", "a no after a yes"])
def test_f20_what_contradicts_itself_is_put_aside_and_never_guessed(
    what, world, scoreboard, caplog
):
    platform = a_platform()
    is_lost = what != "a no after a yes"
    world.there.failures = ["lost after"] if is_lost else []
    intent = a_paid_intent(platform)
    (item,) = world.there.book.take()
    booked = JournalEntry.objects.count()
    contradiction = {
        "another amount": {"amount": {"value": 1, "currency": "USD"}},
        "another currency": {"amount": {"value": 100_00, "currency": "EUR"}},
        "a no after a yes": {"success": "false"},
    }[what]

    assert tell(world, (world.there.batch(item | contradiction), {})) == 200
    notices.sweep(at=later())
    beat(later())

    assert JournalEntry.objects.count() == booked
    intent.refresh_from_db()
    assert intent.status == ("processing" if is_lost else "succeeded")
    if is_lost:
        (question,) = UnresolvedRequest.objects.filter(object_id=intent.latest_charge_id)
        assert question.reason == "amount_differs"
        assert "put aside" in caplog.text
    assert_books_balance()
    scoreboard.count("F20 injected")


@pytest.mark.parametrize("how", WAYS)
def test_f21_a_connection_that_breaks_anywhere_is_unknown_and_then_charged_once(
    how, world, scoreboard
):
    platform = a_platform()
    base_url = {
        "name": "http://processor.invalid",
        "connect": nobody_listens(),
        "tls": world.account.base_url.replace("http:", "https:"),
    }.get(how, world.account.base_url)
    world.there.failures = [how] if base_url == world.account.base_url else []

    with rails.registered(AdyenRail(replace(world.account, base_url=base_url)), name="adyen"):
        intent = a_paid_intent(platform)

    assert intent.status == "processing"
    question = UnresolvedRequest.objects.get(account_id=platform.account_id)
    assert question.reason in ("no_answer", "unreadable")
    payment_intents.repair(at=later())
    assert PaymentIntent.objects.get(id=intent.id).status == "succeeded"
    assert world.moved(intent.latest_charge_id) == [100_00]
    assert total(platform) == 96_80
    assert_books_balance()
    scoreboard.count("F21 injected")


def test_credentials_that_are_revoked_stop_payments_and_lose_none(world):
    platform = a_platform()
    with rails.registered(
        AdyenRail(replace(world.account, credentials=world.account.credentials | {"api_key": "-"})),
        name="adyen",
    ):
        intent = a_paid_intent(platform)
        assert intent.status == "processing"
        assert "401" in UnresolvedRequest.objects.get().message
        payment_intents.repair(at=soon())
    assert not world.moved(intent.latest_charge_id)

    payment_intents.repair(at=later())

    assert world.moved(intent.latest_charge_id) == [100_00]
    with pytest.raises(CardError):
        a_paid_intent(platform, payment_method="pm_card_chargeDeclined")
