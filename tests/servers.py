"""A running Rialto for tests that speak to it as its users do: over HTTP."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.forkserver.client import Copy as Process
from config.forkserver.client import ForkServer
from config.launcher import programs
from config.launcher.database import as_owner as as_the_owner
from config.launcher.home import ROOT, Home
from config.launcher.supervisor import Supervisor
from config.launcher.up import wait_until_ready
from tests.databases import Copy, point_at, start_cluster

# Five minutes at most: it ends by itself if nobody is left to end it.
_BEAT = """
import time
from connect import tasks
for _ in range(600):
    tasks.send_payouts()
    time.sleep(0.5)
"""


@dataclass
class Server:
    """A web server, workers and a relay, with a database of their own.

    Its database is not emptied between tests: a test that needs to be alone asks for a platform
    of its own with `new_platform`.
    """

    home: Home
    env: dict[str, str]
    forkserver: ForkServer
    parts: dict[str, programs.Program]
    credentials: dict[str, Any]
    database: Copy
    blocker: Any

    @property
    def base_url(self) -> str:
        """Without a path."""
        return self.home.api_base

    @property
    def secret_key(self) -> str:
        """The demo platform's."""
        return str(self.credentials["platform"]["secret_key"])

    @contextmanager
    def using_its_database(self) -> Iterator[None]:
        """Point Django in this process at the server's database, to look or to prepare."""
        with self.blocker.unblock():
            before = self.database.use()
            try:
                yield
            finally:
                point_at(before)

    def shell(self, code: str) -> Process:
        """Run some code there, in a process of its own."""
        command = [str(ROOT / "manage.py"), "shell", "-c", code]
        return self.forkserver.run("shell", command, self.home.logs / "shell.log")

    @contextmanager
    def paying_out(self) -> Iterator[None]:
        """Send payouts and ask after them, as the scheduler does where there is one."""
        beat = self.shell(_BEAT)
        try:
            yield
        finally:
            beat.kill()
            beat.wait(10)

    def new_platform(self, **details: Any) -> tuple[str, str]:
        """Make a platform, and return its account and its secret key."""
        from tests import factories

        with self.using_its_database():
            tenant = factories.a_platform(**details)
            return tenant.account_id, factories.a_key(tenant)


@pytest.fixture(scope="session")
def rialto_server(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Server]:
    """A Rialto that runs while tests run."""
    home = Home(tmp_path_factory.mktemp("home"), free_port())
    home.make()
    cluster = start_cluster("served")
    database = Copy("server", cluster)
    with django_db_blocker.unblock():
        database.make()
    env = programs.environment(home, _addresses(database)) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "RIALTO_REQUEST_LOG": "true",
    }
    supervisor = Supervisor(home.run / "children.json", print)
    try:
        seed = [sys.executable, str(ROOT / "manage.py"), "seed"]
        as_owner = env | as_the_owner(database.url("rialto_owner"))
        subprocess.run(seed, env=as_owner, cwd=ROOT, check=True)
        forkserver = programs.fork_server(home, env)
        supervisor.start(forkserver)
        makers = (programs.web, programs.worker, programs.deliveries, programs.relay)
        parts = {make.__name__: make(home, forkserver) for make in makers}
        for part in parts.values():
            supervisor.start(part)
        wait_until_ready(home, supervisor)
        credentials = json.loads(home.credentials.read_text())
        yield Server(home, env, forkserver, parts, credentials, database, django_db_blocker)
    finally:
        supervisor.stop()
        cluster.stop()
        _show_failures(home.logs)


def _addresses(database: Copy) -> dict[str, str]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw14").removeprefix("gw"))
    return {
        "DATABASE_URL": database.url(),
        # Another than the worker's own, which is emptied before each test.
        "REDIS_URL": f"{os.environ['REDIS_URL'].partition('?')[0]}?db={15 - worker % 15}",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _show_failures(logs: Path) -> None:
    for log in logs.glob("*.log"):
        if "Traceback" in (text := log.read_text(errors="replace")):
            print(f"--- {log.name}\n{text[-4000:]}")
