"""Redis that forgets, dies, is away, silent or slow, and messages that nobody has."""

import random
import signal
import time
from typing import Final

import redis
import requests

from config.deployment import programs
from core.tenant import Tenant
from tests import factories
from tests.factories import now
from tests.soak import times
from tests.survival.deliveries.law import Known
from tests.survival.deliveries.proxy import Way
from tests.survival.deliveries.steps import (
    CONSUMING_SECONDS,
    IS_SOAK,
    SWEPT_SECONDS,
    a_few,
    in_the_middle,
    recovers,
)
from tests.survival.deliveries.world import World
from webhooks.models import Endpoint
from webhooks.services import resending

_PAYMENT: Final = {
    "amount": 10_00, "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa",
    "return_url": "https://example.com",
}  # fmt: skip


def flush_redis(world: World, chance: random.Random) -> None:
    """F12: Redis forgets everything, again and again, in the middle of it all."""
    platform, known = a_few(world)
    in_the_middle(world, known[0])

    for _ in range(chance.randint(2, 5)):
        world.rialto.forget_hints()
        world.tell(platform, 4)

    recovers(world, platform, since=time.monotonic(), most=5)


def kill_redis(world: World, chance: random.Random) -> None:
    """F13: `kill -9` of Redis, which comes back empty; workers consume again."""
    platform, known = a_few(world)
    in_the_middle(world, known[0])

    since = time.monotonic()
    world.rialto.kill("redis")

    recovers(world, platform, since=since, most=5)
    _workers_work(world, platform, since=since)


def take_redis_away(world: World, chance: random.Random) -> None:
    """F14: nobody listens at Redis' port: payments go on, and webhooks by the clock."""
    _without_redis(world, Way.REFUSE, seconds=_how_long(chance))


def let_redis_fall_silent(world: World, chance: random.Random) -> None:
    """F14: Redis takes connections and never answers, as behind a firewall that forgot them."""
    _without_redis(world, Way.SILENT, seconds=_how_long(chance))


def _how_long(chance: random.Random) -> float:
    """Return seconds: five minutes now and then where there is time."""
    return 300.0 if IS_SOAK and chance.random() < 0.1 else 2.0


def _without_redis(world: World, way: Way, *, seconds: float) -> None:
    platform, _ = a_few(world)
    key = factories.a_key(platform)
    usual = _pay(world, key, 5)[1:]

    ends, beside = time.monotonic() + seconds, []
    # Whoever was connected has to connect again, and comes to that.
    with world.to_redis.being(Way.REFUSE):
        world.tell(platform, 2)
    with world.to_redis.being(way):
        while True:
            recovers(world, platform, since=time.monotonic(), most=5)
            beside += _pay(world, key, 6)
            if time.monotonic() > ends:
                break

    _compare(world, usual, beside)
    since = time.monotonic()
    recovers(world, platform, since=since, most=5)
    _workers_work(world, platform, since=since)
    world.settle()


def slow_redis(world: World, chance: random.Random) -> None:
    """F15: every command waits two seconds: payments do not."""
    platform, _ = a_few(world)
    key = factories.a_key(platform)
    usual = _pay(world, key, 5)[1:]

    with world.to_redis.being(Way.SLOW):
        recovers(world, platform, since=time.monotonic(), most=5)
        _compare(world, usual, _pay(world, key, 10 * times(1)))

    _workers_work(world, platform, since=time.monotonic())


def _pay(world: World, key: str, count: int) -> list[float]:
    """Pay some times, and return how long each took."""
    took = []
    for _ in range(count):
        begun = time.monotonic()
        answer = requests.post(
            f"{world.rialto.home.api_base}/v1/payment_intents",
            data=_PAYMENT,
            headers={"Authorization": f"Bearer {key}"},
            timeout=10,
        )
        took.append(time.monotonic() - begun)
        assert answer.json()["status"] == "succeeded", answer.text
    return took


def _compare(world: World, usual: list[float], beside: list[float]) -> None:
    """Payments take no longer, but for one that finds out in each web process."""
    rest = sorted(beside)[: -programs.WEB_WORKERS - len(beside) // 10]
    count = world.scoreboard.count
    count("worst payment as usual, seconds", round(max(usual), 3))
    count("worst payment that finds Redis away, seconds", round(max(beside), 3))
    count("worst payment after that, seconds", round(max(rest), 3))
    assert max(rest) < max(usual) + 0.3


def _workers_work(world: World, platform: Tenant, *, since: float) -> None:
    """Ask for what only workers do, and see how soon it is done."""
    known = world.endpoint(platform, "accepts")
    world.wait_for(world.tell(platform, 3))
    world.settle()
    row = _a_resend(known)
    world.until(lambda: resending.progress(row).status == "done", CONSUMING_SECONDS)
    took = time.monotonic() - since
    world.scoreboard.count("worst time until workers work, seconds", round(took, 2))
    assert took <= CONSUMING_SECONDS, f"It took {took:.1f} s."
    world.settle()


def _a_resend(known: Known) -> str:
    """Begin to send all again that an endpoint was sent; a task has to go on with it."""
    row = resending.begin(
        endpoint=Endpoint.objects.get(id=known.id), at=now(), sends_accepted=True, batch=1
    )
    assert row.status == "running"
    return row.id


def lose_messages(world: World, chance: random.Random) -> None:
    """F16: messages are taken from the queue, and whoever took them is gone."""
    platform = world.platform("accepts")
    world.wait_for(world.tell(platform, 4))
    world.settle()
    client = redis.Redis.from_url(world.rialto.redis_url)

    world.rialto.send("worker", signal.SIGSTOP)
    row = _a_resend(world.made[0])
    lost: list[bytes] = []

    def is_lost() -> bool:
        lost.extend(filter(None, [client.rpop("default")]))
        return any(b"webhooks.resend" in each for each in lost)

    world.until(is_lost)
    since = time.monotonic()
    world.rialto.send("worker", signal.SIGCONT)

    world.until(lambda: resending.progress(row).status == "done", SWEPT_SECONDS)
    took = time.monotonic() - since
    world.scoreboard.count("worst recovery of deliveries, seconds", round(took, 2))
    world.settle()
