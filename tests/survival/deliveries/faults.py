"""All faults of deliveries: each breaks something, and the law is held when it is over."""

import random
from collections.abc import Callable
from typing import Final

from tests.soak import dice
from tests.survival.deliveries import brokers, programs, receivers
from tests.survival.deliveries.world import World

Fault = Callable[[World, random.Random], None]
ALL: Final[tuple[Fault, ...]] = (
    programs.kill_the_engine,
    programs.kill_the_relay,
    programs.kill_the_workers_that_deliver,
    programs.stop_the_engine_for_a_while,
    brokers.flush_redis,
    brokers.kill_redis,
    brokers.take_redis_away,
    brokers.let_redis_fall_silent,
    brokers.slow_redis,
    brokers.lose_messages,
    receivers.hang_one_of_many,
    receivers.take_half_of_the_endpoints_down,
    receivers.lose_answers,
    receivers.send_to_the_hostile,
    receivers.roll_secrets,
    receivers.change_endpoints,
)


def name_of(fault: Fault) -> str:
    """Return how a fault is counted."""
    number = (fault.__doc__ or "").partition(":")[0]
    return f"{number} {fault.__name__.replace('_', ' ')}"


def in_chances_order() -> list[Fault]:
    """Return all of them, in an order that depends on the run's seed."""
    return dice("order of the faults of deliveries").sample(ALL, len(ALL))
