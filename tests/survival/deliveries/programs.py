"""Programs that are killed, or stand still, while events are delivered."""

import random
import signal
import time

from tests.survival.deliveries.steps import (
    IS_SOAK,
    SWEPT_SECONDS,
    a_few,
    in_the_middle,
    recovers,
)
from tests.survival.deliveries.world import World
from webhooks.engine import leases, turns
from webhooks.models import Delivery


def kill_the_engine(world: World, chance: random.Random) -> None:
    """F03: `kill -9` of the delivery engine in the middle of a batch."""
    platform, (slow, *_) = a_few(world)
    in_the_middle(world, slow, chance.randint(4, 20))

    since = time.monotonic()
    world.rialto.kill("deliveries")

    recovers(world, platform, since=since, most=leases.SECONDS + 5)
    world.settle()
    # What was on its way, and what was answered and not written yet.
    assert len(world.arrivals(slow)) - len(slow.due) <= 2 * turns.MOST_PER_ENDPOINT


def kill_the_relay(world: World, chance: random.Random) -> None:
    """F03: `kill -9` of the relay while it fans out."""
    platform = world.platform("accepts")
    world.tell(platform, chance.randint(5, 40))

    since = time.monotonic()
    world.rialto.kill("relay")

    recovers(world, platform, since=since, most=leases.SECONDS + 5)


def kill_the_workers_that_deliver(world: World, chance: random.Random) -> None:
    """F02: without an engine the worker delivers; `kill -9` of it in the middle of a batch."""
    world.rialto.pause("deliveries")
    platform, known = a_few(world)
    in_the_middle(world, known[0], chance.randint(4, 20))

    since = time.monotonic()
    world.rialto.kill("worker")

    recovers(world, platform, since=since, most=SWEPT_SECONDS + 5)
    world.settle()
    world.rialto.resume("deliveries")
    # What the worker holds it would hold for some twenty seconds more.
    world.rialto.kill("worker")


def stop_the_engine_for_a_while(world: World, chance: random.Random) -> None:
    """F04: an engine that stood still past its leases writes nothing when it goes on."""
    # An engine for which no time has passed would send a little more on leases that are over.
    platform, known = a_few(world, keeps_order=IS_SOAK)
    in_the_middle(world, known[0], chance.randint(4, 20))

    world.rialto.send("deliveries", signal.SIGSTOP)
    in_flight = {each.event_id for each in world.arrivals(known[0])}
    if IS_SOAK:
        time.sleep(leases.SECONDS + 1)
    else:
        world.let_leases_end()
    since = time.monotonic()
    # The workers take over what it held.
    recovers(world, platform, since=since, most=leases.SECONDS + SWEPT_SECONDS)
    world.settle()
    world.rialto.send("deliveries", signal.SIGCONT)
    world.wait_for(world.tell(platform, 5))
    world.settle()

    tried = Delivery.objects.filter(endpoint_id=known[0].id, event_id__in=in_flight)
    became = set(tried.values_list("status", "attempt_count"))
    assert became == {("delivered", 1)}, became
    world.rialto.kill("worker")
