import contextlib
import threading
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings

from config.relay import Loop
from core.database.transactions import atomic
from tests.survival.deliveries.proxy import Proxy, Way
from webhooks.services import hints as names
from webhooks.services.relay import BATCH

# Only one worker at a time may measure how long a loop rests.
pytestmark = pytest.mark.xdist_group("relay")


class Scripted(Loop):
    """A loop whose rounds a test writes."""

    def __init__(self, script):
        super().__init__()
        self.script = script
        self.rounds = []

    def round(self):
        self.rounds.append(time.monotonic())
        return self.script(self)


@pytest.fixture
def running():
    loops = []

    def run(script):
        loop = Scripted(script)
        thread = threading.Thread(target=loop.run)
        thread.start()
        loops.append((loop, thread))
        return loop

    yield run
    for loop, thread in loops:
        loop.stop()
        thread.join(5)
        assert not thread.is_alive()


def test_it_rests_between_rounds_when_there_is_nothing_to_do(running):
    loop = running(lambda loop: 0)
    time.sleep(1.7)

    assert 3 <= len(loop.rounds) <= 6


def test_it_goes_on_at_once_while_there_is_more_to_do(running):
    loop = running(lambda loop: BATCH if len(loop.rounds) < 100 else 0)
    time.sleep(0.4)

    assert len(loop.rounds) >= 100


def test_it_lets_a_few_events_come_together(running):
    loop = running(lambda loop: 1)
    time.sleep(1)

    assert 10 <= len(loop.rounds) <= 21


def test_a_hint_wakes_it(running):
    loop = running(lambda loop: 0)
    time.sleep(0.7)
    hints = redis.Redis.from_url(settings.REDIS_URL)
    for _ in range(20):
        hints.publish(names.channel(hints, names.EVENTS), "")
        time.sleep(0.05)

    assert len(loop.rounds) > 15
    hints.close()


def test_a_hint_for_another_database_of_the_same_redis_does_not_wake_it(running):
    loop = running(lambda loop: 0)
    address, _, number = settings.REDIS_URL.partition("?db=")
    elsewhere = redis.Redis.from_url(f"{address}?db={(int(number) + 1) % 16}")
    for _ in range(20):
        elsewhere.publish(names.channel(elsewhere, names.EVENTS), "")
        time.sleep(0.05)

    assert len(loop.rounds) <= 5
    elsewhere.close()


def test_hints_are_heard_again_after_redis_has_forgotten_a_connection(
    settings, redis_of_the_worker
):
    address = redis_of_the_worker.connection_pool.connection_kwargs
    with Proxy(Path(address["path"])).running() as proxy:
        settings.REDIS_URL = f"redis://127.0.0.1:{proxy.port}/{address['db']}"
        listener = names.Listener(names.EVENTS, patience_seconds=0.2)
        wait_until_heard(listener, redis_of_the_worker)
        with proxy.being(Way.SILENT):
            began = time.monotonic()
            listener.wait(0.05)
            waited = time.monotonic() - began
        wait_until_heard(listener, redis_of_the_worker)
        listener.stop()

    assert waited < 1


def wait_until_heard(listener, client):
    deadline = time.monotonic() + 10
    while True:
        client.publish(names.channel(client, names.EVENTS), "")
        began = time.monotonic()
        listener.wait(0.5)
        if time.monotonic() - began < 0.4:
            return
        assert began < deadline, "Nobody hears any more."


@pytest.mark.django_db(transaction=True)
def test_what_commits_wakes_it_and_what_is_undone_does_not(running):
    loop = running(lambda loop: 0)
    time.sleep(0.7)
    before = len(loop.rounds)
    for _ in range(20):
        with atomic():
            names.publish_after_commit(names.EVENTS)
        time.sleep(0.05)
    told = len(loop.rounds) - before
    for _ in range(20):
        with contextlib.suppress(ValueError), atomic():
            names.publish_after_commit(names.EVENTS)
            raise ValueError
        time.sleep(0.05)

    assert told > 12
    assert len(loop.rounds) - before - told <= 5


@pytest.mark.django_db(transaction=True)
def test_a_round_carries_and_folds():
    assert Loop().round() == 0


def test_a_round_that_fails_is_survived(caplog):
    # Without leave to use the database, both jobs fail.
    loop = Loop()

    assert loop.round() == 0

    assert caplog.text.count("A round of the relay failed.") == 2
