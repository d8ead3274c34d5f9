"""When more comes than can be answered, payments go on and the rest waits."""

import asyncio
import base64
import threading
import time

import pytest

from config.door.bodies import Refused
from config.door.shedding import Rank, Shedder, rank_of
from config.door.threads import Threads


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shedder(clock):
    return Shedder(places=512, reserved_percent=20, wait_seconds=0.25, clock=clock)


def lets_in(shedder, rank, *, inside=10, queued=7, waited=1.0):
    try:
        shedder.check(rank, inside=inside, queued=queued, waited=waited)
    except Refused:
        return False
    return True


def pass_time(shedder, clock, seconds, **state):
    """Let time pass, with a critical request each half second, which changes nothing else."""
    for _ in range(round(seconds * 2)):
        clock.now += 0.5
        assert lets_in(shedder, Rank.CRITICAL, **state)


def part_let_in(shedder, rank):
    return sum(lets_in(shedder, rank) for _ in range(20)) / 20


def test_what_waits_best_is_refused_first_and_all_of_it_after_half_a_minute(shedder, clock):
    parts = []
    for _ in range(4):
        parts.append([part_let_in(shedder, rank) for rank in reversed(Rank)])
        pass_time(shedder, clock, 10)

    assert parts == [
        [1.0, 1.0, 1.0, 1.0],
        [0.0, 1.0, 1.0, 1.0],
        [0.0, 0.0, 1.0, 1.0],
        [0.0, 0.0, 0.0, 1.0],
    ]


def test_half_way_every_second_one_is_refused_and_two_minutes_later_none(shedder, clock):
    pass_time(shedder, clock, 15)

    assert [part_let_in(shedder, rank) for rank in (Rank.TEST, Rank.READ)] == [0.0, 0.5]
    pass_time(shedder, clock, 30, waited=0.01)
    assert part_let_in(shedder, Rank.READ) == 1.0
    assert 0 < part_let_in(shedder, Rank.TEST) < 1
    pass_time(shedder, clock, 120, waited=0.01)
    assert part_let_in(shedder, Rank.TEST) == 1.0


def test_a_fifth_of_the_places_is_for_what_moves_money(shedder):
    assert lets_in(shedder, Rank.CHANGE, inside=408, queued=0)
    assert not lets_in(shedder, Rank.CHANGE, inside=409, queued=0)
    assert lets_in(shedder, Rank.CRITICAL, inside=511, queued=0)
    assert not lets_in(shedder, Rank.CRITICAL, inside=512, queued=0)


def test_a_quiet_process_refuses_nothing_whatever_the_last_one_waited(shedder, clock):
    pass_time(shedder, clock, 60, queued=0, waited=9.0)

    assert part_let_in(shedder, Rank.TEST) == 1.0


BASIC = f"Basic {base64.b64encode(b'sk_test_rlt123:').decode()}"


@pytest.mark.parametrize(
    ("method", "path", "key", "rank"),
    [
        ("POST", "/v1/payment_intents", "Bearer sk_live_rlt1", Rank.CRITICAL),
        ("POST", "/v1/payment_intents", "Bearer sk_test_rlt1", Rank.TEST),
        ("POST", "/v1/refunds", BASIC, Rank.TEST),
        ("GET", "/v1/payment_intents/pi_1", "Bearer sk_live_rlt1", Rank.READ),
        ("GET", "/v1/payment_intents/pi_1", "Bearer pk_live_rlt1", Rank.CRITICAL),
        ("POST", "/v1/customers", "Bearer sk_live_rlt1", Rank.CHANGE),
        ("POST", "/v1/payouts", "Bearer rk_live_rlt1", Rank.CRITICAL),
        ("POST", "/inbound/stripe/", "", Rank.CRITICAL),
        ("GET", "/c/cs_1/key", "", Rank.CRITICAL),
        ("GET", "/admin/", "", Rank.READ),
        ("GET", "/readyz", "", Rank.CRITICAL),
        ("POST", "/v1/charges", "Basic %%%", Rank.CRITICAL),
    ],
)
def test_what_moves_money_is_critical_and_test_mode_waits_best(method, path, key, rank):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_AUTHORIZATION": key}

    assert rank_of(environ) is rank


def test_the_threads_tell_how_long_the_last_one_waited():
    gate = threading.Event()

    async def serve():
        threads = Threads(1, asyncio.get_running_loop())
        first = asyncio.ensure_future(threads.run(lambda: gate.wait(10)))
        second = asyncio.ensure_future(threads.run(time.monotonic))
        await asyncio.sleep(0.05)
        queued = threads.queued
        gate.set()
        await asyncio.gather(first, second)
        return queued, threads.queued, threads.waited

    queued, after, waited = asyncio.run(serve())

    assert (queued, after) == (1, 0)
    assert 0.04 < waited < 10
