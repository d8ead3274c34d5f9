"""What every test may rely on.

- It logs in as `rialto_app`, like the application, on a real PostgreSQL of the worker's own: a
  copy of a migrated template.
- Nothing but this machine can be reached.
- Deferred constraints are checked at the end of an ordinary test (Django's `TestCase` does it).
- Redis is empty at the start.
"""

import gc
import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest
import redis
from django.db import connections, transaction
from django.test import TransactionTestCase
from psycopg._preparing import PrepareManager

from tests.databases import Copy, be_the_workers_own, start_cluster
from tests.processors.bank.samples import OURS

pytest_plugins = ["tests.browsers", "tests.servers", "tests.soak"]
# What is loaded stays: nothing of it needs to be looked through before all is there.
gc.disable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Send all tests that need a running Rialto to one worker, so that it is started once.

    Those that read the files of the house share what they have parsed.
    Slow ones come first, whatever the order of the rest: no worker is to begin one when the
    others have nothing left to do.
    """
    for item in items:
        if "rialto_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("rialto_server"))
        if item.path.parent.name == "architecture":
            item.add_marker(pytest.mark.xdist_group("house"))
    yield
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Look through what is loaded for good no more: whole collections of it take much of a run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Collect garbage again: in the workers, and in the process that only hears of them."""
    gc.enable()


# Tests open all pages there are within seconds, as no person does.
_OF_PROGRAMS = frozenset({"staff_reading"})
# What is in these folders sends whatever can be sent, at random or thousands of times.
_SENDS_ANYTHING = frozenset({"acceptance", "openapi", "survival"})
# What the process knew of processor accounts at first.
_loaded: dict[str, Any] = {}


def pytest_configure(config: pytest.Config) -> None:
    if "RIALTO_TEST_TEMPLATE" not in os.environ:
        pytest.exit("Tests need their own servers: run `make test` (args='-k name').", 1)


@pytest.fixture(scope="session", autouse=True)
def cluster_of_the_worker() -> Iterator[None]:
    """Give this worker a PostgreSQL of its own: no test waits for a transaction of another's."""
    cluster = start_cluster("work")
    be_the_workers_own(cluster)
    yield
    cluster.stop()


@pytest.fixture(scope="session")
def django_db_setup(
    cluster_of_the_worker: None, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Give this worker a copy of the template, and a new one after each test that commits."""
    copy = Copy("work")
    with django_db_blocker.unblock():
        copy.make()
        copy.use()
        # No page that a test counts is the first to ask which processors there are.
        from processors.accounts import snapshot

        _loaded["first"] = snapshot.load()

    def renew(self: TransactionTestCase) -> None:
        # The application's role cannot empty the ledger's tables; a new copy is as quick.
        connections.close_all()
        copy.make()
        # Whoever opened one meanwhile has lost it.
        connections.close_all()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", renew)
        yield
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def redis_of_the_worker() -> redis.Redis:
    """Give this worker a Redis database of its own."""
    from django.conf import settings

    from config.celery import app

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw14").removeprefix("gw")
    number = int(worker) % 15 + 1
    address = os.environ["REDIS_URL"].partition("?")[0]
    settings.REDIS_URL = f"{address}?db={number}"
    settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL
    broker = address.replace("unix://", "redis+socket://")
    settings.CELERY_BROKER_URL = f"{broker}?virtual_host={number}"
    app.conf.broker_url = settings.CELERY_BROKER_URL
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture(autouse=True)
def _empty_redis(redis_of_the_worker: redis.Redis) -> None:
    redis_of_the_worker.flushdb()


@pytest.fixture(scope="session", autouse=True)
def _prepared_once() -> Iterator[None]:
    """Keep what is prepared when a test is rolled back.

    Tables may be others after a rollback, so psycopg forgets all statements, and every test would
    have PostgreSQL plan all of its own anew, the checks of the books first. PostgreSQL itself plans
    anew what a test has changed of a table.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PrepareManager, "clear", lambda self: False)
        patch.setattr(PrepareManager, "prepared_max", 1_000)
        yield


@pytest.fixture(autouse=True)
def _limit_of_pages(django_db_blocker: Any) -> None:
    """Give the connection the time limit of a page, so that none begins by asking for it.

    A rolled back test took its own limit with it, and a counted page would count the statement.
    """
    # The module of the connection is there once Django is set up.
    from core.database import time_limits

    with django_db_blocker.unblock():
        time_limits.begin(time_limits.Work.PAGE)


@pytest.fixture(autouse=True)
def _processors_as_they_were() -> Iterator[None]:
    """Keep what the process knows of processor accounts, whatever a test adds and undoes."""
    # The models of it are there once Django is set up.
    from core.database import configuration
    from processors.accounts import snapshot

    begun_with = snapshot.held()
    yield
    before = begun_with or _loaded.get("first")
    if before is not None and snapshot.held() is not before:
        snapshot.hold(before)
        configuration.hear(before.version)


@pytest.fixture(autouse=True)
def _no_alarm(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which a detector sees an attack, unless it is one: `attacks`.

    What is usual was learned nowhere, so that only the plain thresholds count.
    """
    # What they count is there once Django is set up.
    from accounts.detection import findings
    from accounts.detection.counting import LocalCounts
    from core.detection import signals

    signals.drain()
    yield
    observed = signals.drain()
    is_attack = request.node.get_closest_marker("attacks")
    if observed and not is_attack and request.path.parent.name not in _SENDS_ANYTHING:
        counts = LocalCounts()
        totals = counts.add(findings.additions(observed), 0.0)
        found = findings.find(
            totals, reads=lambda names: counts.read(names, 0.0), usual=lambda *_: None
        )
        seen = [
            (one.detector.name, one.subject, one.count)
            for one in found
            if one.detector.name not in _OF_PROGRAMS
        ]
        assert not seen, "an alarm of an ordinary test; one that attacks is marked so"


@pytest.fixture(scope="module")
def rows_of_the_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let a module's fixtures write rows for all of its tests; each test undoes only its own.

    A fixture of the module's scope that writes asks for this one.
    """
    from core.database import time_limits

    with django_db_blocker.unblock():
        # What the connection is told inside is undone with the rest.
        time_limits.begin(time_limits.Work.PAGE)
        block = transaction.atomic()
        # As Django's own block of a test: it is none that the application has opened.
        block._from_testcase = True  # type: ignore[attr-defined]
        with block:
            yield
            transaction.set_rollback(True)


@pytest.fixture
def admin_user(db: None) -> Any:
    """Who the client of an operator is: pytest-django would make it as the application."""
    # The models of it are there once Django is set up.
    from tests.factories import an_operator

    return an_operator()


@pytest.fixture
def pays_through_a_bank(settings: Any) -> None:
    """Let test payouts go through files of the account that `tests/processors/bank` tells of."""
    settings.TEST_PAYOUT_RAIL = "bankfile"
    settings.BANK_NAME = "Market Inc."
    settings.BANK_IBAN = OURS


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_address(host):
            raise socket.gaierror(socket.EAI_NONAME, "Tests look up no names.")
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def _is_here(host: Any) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    return _is_address(host) and ip_address(_text(host)).is_loopback


def _is_address(host: Any) -> bool:
    """An address needs no looking up; whether it may be reached is decided at `connect`."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        ip_address(_text(host))
    except ValueError:
        return False
    return True


def _text(host: str | bytes) -> str:
    return host.decode() if isinstance(host, bytes) else host
