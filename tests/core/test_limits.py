"""Limits: exact under many threads, the same here as in Redis, and there without Redis."""

import random
import socket
import threading
import time

import pytest
from environ import Env

from config.settings import limits
from core.limits import connections, counts, script
from core.limits.counts import Limit, Places, Refusal, Stay
from core.limits.figures import Rate, parse
from core.limits.local import LocalCounts

DAY = 86_400_000_000


def limit(name, burst, interval=DAY, **more):
    return Limit(name, Rate(interval, burst, **more), "global-rate", "Too much.")


@pytest.fixture
def without_redis(settings):
    """A Redis that was there, and is gone."""
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    yield
    connections.ask_again()


def from_threads(count, each, work):
    """Do work in some threads at once, and return all that it returned."""
    found, start = [], threading.Barrier(count)

    def run():
        start.wait()
        found.extend([work() for _ in range(each)])

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_1600_calls_of_eight_threads_exactly_the_burst_passes():
    found = from_threads(8, 200, lambda: counts.take([limit("a", 100), limit("b", 10_000)]))

    assert len(found) == 1600
    assert sum(outcome is None for outcome in found) == 100


def test_without_redis_the_same_holds_in_each_process_within_a_second(without_redis):
    began = time.monotonic()

    found = from_threads(8, 50, lambda: counts.take([limit("away", 100)]))

    assert sum(outcome is None for outcome in found) == 100
    assert time.monotonic() - began < 1


def test_redis_is_asked_again_once_it_is_back(settings, redis_of_the_worker):
    there = settings.REDIS_URL
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    counts.take([limit("back", 5)])
    settings.REDIS_URL = there
    connections.ask_again()

    counts.take([limit("back", 5)])

    assert redis_of_the_worker.exists("rialto:limit:back")


def test_one_request_finds_out_that_redis_is_silent_and_the_others_do_not_wait(
    settings, redis_of_the_worker
):
    there = settings.REDIS_URL
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        took = []
        # Longer than until it is time to ask again.
        end = time.monotonic() + connections.AWAY_SECONDS + 1
        while (began := time.monotonic()) < end:
            counts.take([limit("silent", 1_000)])
            took.append(time.monotonic() - began)
            time.sleep(0.02)
        settings.REDIS_URL = there

        deadline = time.monotonic() + 10
        while not redis_of_the_worker.exists("rialto:limit:silent"):
            assert time.monotonic() < deadline, "Nobody found out that it is back."
            counts.take([limit("silent", 1_000)])
            time.sleep(0.02)

    assert took[0] >= 0.5
    assert max(took[1:]) < 0.25


def test_what_one_limit_refuses_counts_against_no_other(redis_of_the_worker):
    counts.take([limit("small", 1)])
    before = redis_of_the_worker.keys("rialto:*")

    refusal = counts.take([limit("other", 5), limit("small", 1)], Places("places", 5, "", ""))

    assert isinstance(refusal, Refusal)
    assert refusal.by.name == "small"
    assert refusal.seconds == 86_400
    assert redis_of_the_worker.keys("rialto:*") == before


def test_a_limit_that_only_logs_lets_everybody_in(caplog):
    found = [counts.take([limit("shadow", 2, is_enforced=False)]) for _ in range(4)]

    assert found == [None] * 4
    assert caplog.text.count("Over a limit that is only logged: shadow") == 2


@pytest.mark.parametrize("is_away", [False, True])
def test_places_are_as_many_as_there_are_and_are_given_back(request, is_away):
    if is_away:
        request.getfixturevalue("without_redis")
    places = Places("running", 3, "global-concurrency", "Three at once.")

    stays = [counts.take([], places) for _ in range(4)]
    stays[0].leave()
    again = [counts.take([], places) for _ in range(2)]

    assert [type(stay) for stay in stays] == [Stay, Stay, Stay, Refusal]
    assert [type(stay) for stay in again] == [Stay, Refusal]
    for stay in [*stays[1:3], again[0]]:
        stay.leave()


def test_the_script_and_the_process_decide_the_same():
    # Nothing is allowed again while the test runs, so that both clocks say the same.
    chance, local = random.Random(20), LocalCounts()
    rates = {f"l{n}": Rate(DAY, 40 * n, is_enforced=n != 3) for n in range(1, 8)}

    for _ in range(1_500):
        names = chance.sample(sorted(rates), chance.randint(1, 4))
        keys = [f"rialto:limit:same:{name}" for name in names]
        values = [len(names)]
        for name in names:
            values += [DAY, rates[name].burst, int(rates[name].is_enforced)]
        theirs = connections.run(keys, values)
        ours = local.take([(name, rates[name]) for name in names])

        assert bool(theirs[0]) == bool(ours[0])
        assert theirs[2] == ours[2]
        assert abs(theirs[1] - ours[1]) < 60_000_000


def test_no_window_lets_in_more_than_the_rate_and_the_burst():
    chance, now = random.Random(7), 0.0
    counted = LocalCounts(lambda: now)
    rate, passed = Rate(40_000, 10), []

    for _ in range(10_000):
        now += chance.choice([0, 0, 0.001, 0.01, 0.1, 0.5])
        if not counted.take([("a", rate)])[0]:
            passed.append(now)

    for first in range(0, len(passed), 7):
        for last in range(first, min(first + 60, len(passed))):
            window = passed[last] - passed[first]
            assert last - first + 1 <= window * 25 + 10 + 1e-6


def test_redis_knows_the_script_and_lets_nobody_bring_another(redis_of_the_worker):
    assert redis_of_the_worker.evalsha(script.DIGEST, 0, 0) == [0, 0, 0]
    with pytest.raises(Exception, match=r"NOSCRIPT|No matching script"):
        redis_of_the_worker.evalsha("0" * 40, 0)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("25/s burst 100", Rate(40_000, 100)),
        ("20/m", Rate(3_000_000, 20)),
        ("10/d log", Rate(8_640_000_000, 10, is_enforced=False)),
        ("off", None),
    ],
)
def test_a_limit_is_written_as_people_say_it(text, rate):
    assert parse("RIALTO_LIMIT_TEST", text) == rate


@pytest.mark.parametrize("text", ["", "25", "25/y", "0/s", "5/s burst 0", "-1/s", "5/s often"])
def test_what_is_no_limit_is_refused_by_the_name_of_its_setting(text):
    with pytest.raises(ValueError, match=r"RIALTO_LIMIT_TEST is .*25/s burst 100"):
        parse("RIALTO_LIMIT_TEST", text)


def test_at_home_what_strangers_are_held_to_counts_only_if_somebody_sets_it(monkeypatch):
    monkeypatch.setenv("RIALTO_LIMIT_TEST", "3/s")

    at_home = limits.read(Env(), off=limits.OF_STRANGERS)
    elsewhere = limits.read(Env())

    assert (at_home["live"], at_home["wrong_keys"]) == (None, None)
    assert at_home["test"] == parse("RIALTO_LIMIT_TEST", "3/s")
    assert at_home["attempts"] == elsewhere["attempts"]
    assert None not in elsewhere.values()
