"""The broker: Redis runs no script for us, and no message is lost for it."""

import time

import pytest
import redis
from django.conf import settings
from kombu import Connection
from redis.exceptions import LockNotOwnedError

from config.celery import app


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


def test_workers_keep_no_queue_that_would_need_scripts():
    assert app.conf.worker_enable_remote_control is False
