"""Everything dies while clients pay and events are delivered: nothing is lost or done twice."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from core.tenant import Tenant
from ledger.models import JournalEntry
from payments.models import Charge, PaymentIntent
from tests import factories
from tests.checkers import assert_all_is_well
from tests.servers import free_port
from tests.soak import SEED, Scoreboard, dice, times
from tests.survival.chaos import Asked, Client, Rialto, rage
from tests.survival.deliveries import faults
from tests.survival.deliveries.proxy import Proxy
from tests.survival.deliveries.sink import Sink
from tests.survival.deliveries.world import World
from tests.survival.operations import beat, later, soon
from webhooks.models import Event

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]
FAULTS = 16


@pytest.fixture(scope="module")
def to_redis() -> Iterator[Proxy]:
    with Proxy().running() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def rialto(
    tmp_path_factory: pytest.TempPathFactory, to_redis: Proxy, django_db_blocker: Any
) -> Iterator[Rialto]:
    folder = tmp_path_factory.mktemp("chaos")
    with django_db_blocker.unblock(), Rialto(folder, free_port(), to_redis).running() as running:
        yield running


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with Sink(tmp_path_factory.mktemp("sink")).running() as running:
        yield running


@pytest.fixture
def world(rialto: Rialto, to_redis: Proxy, sink: Sink, scoreboard: Scoreboard) -> Iterator[World]:
    with (
        Proxy(sink.port).running() as to_sink,
        World(rialto, sink, to_redis, to_sink, scoreboard).entered() as entered,
    ):
        yield entered


def clients_of(rialto: Rialto, platforms: list[Tenant]) -> list[Client]:
    is_over = threading.Event()
    found = []
    with rialto.using_its_database():
        for number, platform in enumerate(platforms):
            seller = factories.a_seller(platform)
            key = factories.a_key(platform)
            chance = dice("client", number)
            found.append(Client(rialto, key, seller.account_id, chance, is_over))
    return found


def held_against_the_books(asked: list[Asked]) -> Counter[str]:
    """C7: what was answered happened once; what was not, once or never.

    Returns:
        How much was right, lost, doubled, and answered wrongly.
    """
    counts: Counter[str] = Counter(lost=0, doubled=0)
    for each in asked:
        counts["requests answered"] += bool(each.status)
        answered = json.loads(each.body) if each.status == 200 else {}
        if each.path == "payment_intents":
            _look_at_payment(each, answered, counts)
        elif each.path == "refunds" and answered:
            entries = JournalEntry.objects.filter(source=answered["id"], kind="refund_reserved")
            _note(counts, "refunds", entries.count(), is_answered=True)
    return counts


def _look_at_payment(each: Asked, answered: dict[str, Any], counts: Counter[str]) -> None:
    rows = PaymentIntent.objects.filter(metadata__ours=each.params["metadata[ours]"])
    _note(counts, "intents", rows.count(), is_answered=bool(each.status))
    captured = Charge.objects.filter(
        payment_intent__in=rows, status="succeeded", amount_captured__gt=0
    )
    is_paid = answered.get("status") == "succeeded"
    _note(counts, "charges", captured.count(), is_answered=is_paid)
    for charge in captured:
        entries = JournalEntry.objects.filter(source=charge.id, kind="charge_captured")
        _note(counts, "charges booked", entries.count(), is_answered=True)


def _note(counts: Counter[str], what: str, found: int, *, is_answered: bool) -> None:
    counts[what] += found > 0
    counts["doubled"] += found > 1
    counts["lost"] += is_answered and found == 0


def test_while_every_part_dies_nothing_is_lost_and_nothing_happens_twice(
    rialto: Rialto, world: World, scoreboard: Scoreboard
) -> None:
    with world.entered():
        platforms = [factories.a_platform() for _ in range(3)]
        hears_all = world.hear_all_of(platforms[0])
    clients = clients_of(rialto, platforms)

    problems = rage(rialto, clients, faults=FAULTS * times(1), scoreboard=scoreboard)

    assert problems == [], f"Seed {SEED}"
    asked = [each for client in clients for each in client.asked]
    with world.entered():
        settle()
        found = held_against_the_books(asked)
        told = world.note_all_of(platforms[0], hears_all)
        world.settle()
        world.check()
        assert_all_is_well(at=later())
        found["entries written"] = JournalEntry.objects.count()
        found["events written"] = Event.objects.count()
    for what, figure in found.items():
        scoreboard.count(what, figure)
    assert (found["lost"], found["doubled"]) == (0, 0), f"Seed {SEED}"
    assert found["requests answered"] == len(asked)
    assert found["charges"] > FAULTS
    assert told > FAULTS


@pytest.mark.parametrize("fault", faults.in_chances_order(), ids=lambda fault: fault.__name__)
def test_whatever_breaks_every_event_arrives_or_stands_as_failed(
    world: World, fault: faults.Fault
) -> None:
    with world.entered():
        for number in range(times(1)):
            world.scoreboard.count("faults of deliveries injected")
            fault(world, dice(fault.__name__, number))
            world.settle()
            world.check()
            world.scoreboard.count("faults of deliveries survived")
            world.scoreboard.count(faults.name_of(fault))

    assert world.scoreboard.figures["deliveries arrived"] > 0
    assert world.scoreboard.figures["deliveries lost"] == 0


def settle() -> None:
    """Give what repairs by itself its turns, and let what the simulator does late happen."""
    for moment in (soon, later):
        time.sleep(2.5)
        beat(moment())
