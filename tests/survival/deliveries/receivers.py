"""Receivers that hang, are down or hostile, lose their answers, or are changed meanwhile."""

import random
import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.db import connection

from core.ids import new_id
from core.tenant import Tenant
from tests import factories
from tests.factories import now
from tests.soak import times
from tests.survival.deliveries.law import Known
from tests.survival.deliveries.proxy import Way
from tests.survival.deliveries.steps import IS_SOAK, in_the_middle
from tests.survival.deliveries.world import TYPE, World
from webhooks import encryption
from webhooks.models import Attempt, Delivery, Endpoint, Event
from webhooks.services import endpoints, signing_secrets


def hang_one_of_many(world: World, chance: random.Random) -> None:
    """F31: one endpoint of many never answers: the others notice nothing."""
    others = 99 if IS_SOAK else 24
    platform = world.platform(*["accepts"] * others)
    usual = _late(world, platform)

    # Of a platform of its own, at a host of its own, as hosts of strangers are.
    silent = world.platform()
    world.endpoint(silent, "hangs", is_proxied=True, takes=False)
    world.tell(silent, 40)
    hanging = world.made[-1]
    in_the_middle(world, hanging, 4)
    beside = _late(world, platform)

    assert not [each for each in world.arrivals(hanging) if each.answer]
    world.scoreboard.count("worst p95 of others, seconds", round(usual, 3))
    world.scoreboard.count("worst p95 of others beside one that hangs, seconds", round(beside, 3))
    # As long as usual and a fifth, and what the machine itself may do meanwhile.
    assert beside <= usual * 1.2 + 0.25


def _late(world: World, platform: Tenant) -> float:
    """Tell some events, and return what 95 of 100 deliveries take no longer than."""
    told = {event.id: event.created_at.timestamp() for event in world.tell(platform, 4)}
    world.wait_for(list(Event.objects.filter(id__in=told)))
    world.settle()
    heard = [each for each in world.heard() if each.event_id in told]
    return quantiles([each.at - told[each.event_id] for each in heard], n=20)[-1]


def take_half_of_the_endpoints_down(world: World, chance: random.Random) -> None:
    """F32: half of the endpoints are down: the others hear soon, and memory stays flat."""
    platforms = [world.platform("accepts") for _ in range(6)]
    for platform in platforms[:3]:
        world.endpoint(platform, "accepts", is_proxied=True)
        world.endpoint(platform, "fails", takes=False)
    down = [one for one in world.made if not one.takes]
    _late(world, platforms[0])
    before = _memory_of(world, "deliveries")

    late = []
    with world.to_sink.being(Way.REFUSE):
        for _ in range(times(3)):
            for platform in platforms:
                world.tell(platform, 10)
            late += [_heard_within(world, platform) for platform in platforms[3:]]
            world.hurry()
    grown = _memory_of(world, "deliveries") - before
    world.settle()
    while Delivery.objects.filter(endpoint_id=down[0].id, status="failing").exists():
        world.hurry(*down)
        time.sleep(0.05)

    world.scoreboard.count("worst p95 beside half of all down, seconds", round(max(late), 3))
    world.scoreboard.count("worst growth of the engine, MB", round(grown / 1e6, 1))
    assert max(late) <= 2
    assert grown < 10_000_000
    ended = Delivery.objects.filter(endpoint_id=down[0].id)
    assert set(ended.values_list("status", "attempt_count")) == {("exhausted", 11)}


def _heard_within(world: World, platform: Tenant) -> float:
    return world.wait_for(world.tell(platform, 2))


def _memory_of(world: World, name: str) -> int:
    """Return how many bytes a program has for itself."""
    process = world.rialto.parts[name].process
    assert process is not None
    text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    lines = [line.split() for line in text.splitlines() if line.startswith("Private_")]
    return sum(int(line[1]) * 1024 for line in lines)


def lose_answers(world: World, chance: random.Random) -> None:
    """F33: the receiver has taken it, and its answer is lost: the same comes once more."""
    platform = world.platform("resets", "cuts")
    world.endpoint(platform, "resets", keeps_order=True)
    world.endpoint(platform, "accepts", is_proxied=True)
    world.endpoint(platform, "slowly", is_proxied=True)
    beside = world.made[-1]

    for way in chance.sample([Way.CUT, Way.DRIBBLE], 2):
        had = len(world.arrivals(beside))
        with world.to_sink.being(way):
            world.tell(platform, 8)
            in_the_middle(world, beside, had + 4)
    world.settle()

    for one in world.made[:2]:
        assert len(world.arrivals(one)) == 2 * len(one.due)


def send_to_the_hostile(world: World, chance: random.Random) -> None:
    """F35: hostile receivers, and addresses that lead inside, beside one that takes all."""
    platform = world.platform("accepts")
    ways = ("endless", "drips", "headers", "continues", "hangs", "redirects", "bomb")
    for way in ways:
        world.endpoint(platform, way, takes=way in ("endless", "bomb"))
    _late(world, world.platform("accepts"))
    before = _memory_of(world, "deliveries")
    reached = len(world.heard())

    inside = _told_to_the_inside(world)
    told = world.tell(platform, 3)
    world.wait_for(told)
    world.until(
        lambda: not Delivery.objects.filter(id__in=inside, status="pending").exists(), seconds=30
    )

    refused = Attempt.objects.filter(delivery_id__in=inside)
    # Or it is no name at all.
    why = ("is not a public address", "not a canonical IPv4", "InvalidUrl", "service not known")
    wrong = [each.error for each in refused if not any(word in each.error for word in why)]
    assert refused.count() >= len(inside)
    assert not wrong, wrong
    assert all("planted" not in each.path for each in world.heard()[reached:])
    grown = _memory_of(world, "deliveries") - before
    world.scoreboard.count("worst growth beside hostile receivers, MB", round(grown / 1e6, 1))
    assert grown < 5_000_000 * len(ways)
    # Whoever never answers has fifteen seconds; nobody waits for that here.
    world.until(lambda: _have_ended(world, ("endless", "bomb", "redirects", "headers")))


def _have_ended(world: World, ways: tuple[str, ...]) -> bool:
    ids = [one.id for one in world.made if any(f"/{way}/" in str(one.paths) for way in ways)]
    return not Delivery.objects.filter(endpoint_id__in=ids, attempt_count=0).exists()


def _told_to_the_inside(world: World) -> list[str]:
    """Send a live event to addresses that all lead to the receiver, and return the deliveries."""
    from tests.webhooks.steps import an_event

    live = Tenant(factories.a_platform().account_id, livemode=True)
    hosts = (
        "127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 localhost localhost. 0 0.0.0.0 [::1] [::]"
        " [::ffff:127.0.0.1] [::ffff:7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::] 169.254.169.254"
    ).split()
    for host in hosts:
        id = new_id("we")
        Endpoint.objects.create(
            id=id,
            account_id=live.account_id,
            livemode=True,
            url=f"https://{host}:{world.sink.port}/accepts/planted",
            enabled_events=[TYPE],
            secret=encryption.encrypt(encryption.new_secret(), row=id),
            created_at=now(),
        )
    event = an_event(live)
    rows = Delivery.objects.filter(event=event)
    world.until(lambda: rows.count() == len(hosts))
    return list(rows.values_list("id", flat=True))


def roll_secrets(world: World, chance: random.Random) -> None:
    """F36: secrets are rolled while much waits: all is signed with one that is valid."""
    platform = world.platform("slowly", "accepts")
    known = list(world.made)
    for overlap in chance.sample(signing_secrets.OVERLAPS, 3):
        world.tell(platform, 25)
        for one in known:
            row = Endpoint.objects.get(id=one.id)
            _, secret = signing_secrets.roll(
                tenant=platform,
                endpoint_id=one.id,
                replacing=signing_secrets.fingerprint(row),
                overlap=overlap,
                at=now(),
            )
            at = time.time()
            one.secrets = [(s, b, min(u, at + overlap.total_seconds())) for s, b, u in one.secrets]
            one.secrets.append((secret, at, float("inf")))
    world.settle()


def change_endpoints(world: World, chance: random.Random) -> None:
    """F37: while events are told, endpoints are disabled, enabled, moved, narrowed and deleted."""
    platform = world.platform("accepts", "slowly")
    moving = [world.endpoint(platform, "accepts") for _ in range(4)]
    for one in moving:
        world.forget(platform, one)
    is_over = threading.Event()

    def tell() -> None:
        while not is_over.is_set():
            world.tell(platform, 1)
        connection.close()

    telling = threading.Thread(target=tell)
    telling.start()
    try:
        for _ in range(times(12)):
            one = chance.choice(moving)
            with suppress(Exception):
                _change(world, platform, one, chance)
            time.sleep(0.03)
    finally:
        is_over.set()
        telling.join(30)
    world.settle()
    late = timedelta(seconds=1)
    world.until(
        lambda: (
            not Delivery.objects.filter(
                endpoint_id__in=[one.id for one in moving], next_attempt_at__lt=now() - late
            ).exists()
        )
    )


def _change(world: World, platform: Tenant, one: Known, chance: random.Random) -> None:
    way = chance.choice(("off", "off", "on", "on", "narrow", "wide", "move", "delete"))
    changes: dict[str, Any] = {
        "off": {"is_enabled": False},
        "on": {"is_enabled": True},
        "narrow": {"enabled_events": ["charge.succeeded"]},
        "wide": {"enabled_events": ["*"]},
    }.get(way, {})
    if way == "move":
        path = f"/accepts/{new_id('we')}"
        one.paths.add(path)
        changes = {"url": world.url(path)}
    if way == "delete":
        endpoints.delete(tenant=platform, endpoint_id=one.id, at=now())
    else:
        endpoints.update(tenant=platform, endpoint_id=one.id, changes=changes)
