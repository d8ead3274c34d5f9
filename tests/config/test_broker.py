"""The broker: Redis runs no script for us, and no message is lost for it."""

import json
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from kombu import Connection, Queue
from kombu.asynchronous import Hub
from redis.exceptions import LockNotOwnedError

from config.celery import app
from tests.survival.deliveries.proxy import Proxy, Way


@pytest.fixture
def client(redis_of_the_worker):
    """A client with the application's own address."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture
def broker(redis_of_the_worker):
    with Connection(
        settings.CELERY_BROKER_URL, transport_options={"visibility_timeout": 0}
    ) as connection:
        yield connection


@pytest.mark.parametrize(
    "command",
    [
        ("EVAL", "return 1", 0),
        ("SCRIPT", "LOAD", "return 1"),
        ("SCRIPT", "FLUSH"),
        ("ACL", "SETUSER", "default", "+@all"),
        ("ACL", "SETUSER", "other", "on", "nopass", "+@all"),
        ("CONFIG", "SET", "dir", "/"),
        ("MODULE", "LOAD", "/tmp/any.so"),
        ("REPLICAOF", "127.0.0.1", "1"),
        ("DEBUG", "SLEEP", "0"),
        ("SHUTDOWN", "NOSAVE"),
    ],
    ids=lambda command: " ".join(map(str, command[:2])),
)
def test_the_application_may_run_no_script_and_not_let_itself(client, command):
    with pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)

    assert client.ping()


def test_what_a_dead_worker_had_taken_comes_back_without_a_script(broker):
    queue = broker.SimpleQueue("left-behind")
    queue.put({"task": "any"})
    queue.get(timeout=5)
    channel = broker.default_channel
    taken = queue.channel
    assert taken.client.llen("left-behind") == 0

    time.sleep(0.01)
    taken.qos.restore_visible(interval=1)

    assert taken.client.llen("left-behind") == 1
    assert taken.client.get(channel.unacked_mutex_key) is None


def test_a_lock_of_the_broker_that_has_expired_is_nobody_elses_to_give_back(broker):
    client = broker.default_channel.client
    lock = client.lock("a-lock", timeout=60)

    assert lock.acquire(blocking=False)
    assert not client.lock("a-lock", timeout=60).acquire(blocking=False)
    client.set("a-lock", "somebody else's")
    with pytest.raises(LockNotOwnedError):
        lock.release()

    assert client.get("a-lock") == b"somebody else's"


def test_a_worker_that_could_not_say_what_it_has_done_connects_again(redis_of_the_worker):
    address = redis_of_the_worker.connection_pool.connection_kwargs
    options = {"health_check_interval": 0.1}
    taken = []
    with (
        Proxy(Path(address["path"])).running() as proxy,
        Connection(
            f"redis://127.0.0.1:{proxy.port}/{address['db']}", transport_options=options
        ) as connection,
    ):
        hub = Hub()
        hub.propagate_errors = connection.connection_errors
        connection.register_with_event_loop(hub)
        consumer = connection.Consumer(
            [Queue("work")], callbacks=[lambda _, message: taken.append(message)]
        )
        # As many as it works on at once: it asks for no more until one is done.
        consumer.qos(prefetch_count=1)
        consumer.consume()
        redis_of_the_worker.lpush("work", a_message(connection))
        loop = hub.create_loop()
        while not taken:
            next(loop)

        with proxy.being(Way.REFUSE), pytest.raises(connection.connection_errors):
            taken[0].ack()

        # It would never ask again otherwise: it waits for a place that nobody gives back.
        with pytest.raises(connection.connection_errors):
            turn_for(loop, seconds=5)


def a_message(connection):
    """Make what a queue holds, without a connection of its own."""
    channel = connection.default_channel
    message = channel.prepare_message("{}", content_type="application/json")
    message["properties"] |= {
        "delivery_tag": "1",
        "delivery_info": {"exchange": "", "routing_key": "work"},
    }
    return json.dumps(message)


def turn_for(loop, *, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        next(loop)


def test_workers_keep_no_queue_that_would_need_scripts():
    assert app.conf.worker_enable_remote_control is False
