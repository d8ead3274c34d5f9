"""The five programs of our own that run beside the servers."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.forkserver.client import Copy, ForkServer
from config.launcher import processes
from config.launcher.home import ROOT, Home

_BIN = Path(sys.executable).parent

# On two cores: two processes that compute, each with threads to spare while one waits for the
# database (`config.door`). So many connections each may have.
WEB_WORKERS = 2
WEB_CONNECTIONS = 4096
IDLE_SECONDS = 15
TASK_THREADS = 4

_OWN_MACHINE = "config.settings.dev"
_OWNERS = ("DATABASE_OWNER_URL", "RIALTO_AS_OWNER")


@dataclass
class Program:
    """A program that is started again when it ends by itself.

    Args:
        name: Also of its log file.
        command: A Python script and its arguments.
        log: Where it writes.
        forkserver: Which runs it in a copy of itself.
        stop_seconds: How long it may take to finish what it has begun.
    """

    name: str
    command: list[str]
    log: Path
    forkserver: ForkServer
    stop_seconds: float = 10
    process: Copy | None = None

    def start(self) -> None:
        """Start it."""
        self.process = self.forkserver.run(self.name, self.command, self.log)

    def stop(self) -> None:
        """Ask it to end, and end it."""
        if self.process:
            processes.stop(self.process, seconds=self.stop_seconds)
            self.process = None


def environment(home: Home, addresses: dict[str, str]) -> dict[str, str]:
    """Return the environment of everything that runs in a home.

    The address of the tables' owner is not in it: only migrations are told.

    Args:
        home: The home.
        addresses: `DATABASE_URL`, `REDIS_URL` and, if there is one, `DATABASE_OWNER_URL`.
    """
    options = (
        {"DJANGO_SETTINGS_MODULE": _OWN_MACHINE, "MALLOC_ARENA_MAX": "2"}
        | _without_second_factors()
        | os.environ
        | home.secrets()
        | addresses
        | {"RIALTO_HOME": str(home.root), "RIALTO_PORT": str(home.port)}
    )
    return {name: value for name, value in options.items() if name not in _OWNERS}


def _without_second_factors() -> dict[str, str]:
    """Let the demo's operator work at once; a real installation has settings of its own."""
    chosen = os.environ.get("DJANGO_SETTINGS_MODULE", _OWN_MACHINE)
    return {"RIALTO_ADMIN_WITHOUT_MFA": "true"} if chosen == _OWN_MACHINE else {}


def fork_server(home: Home, env: dict[str, str]) -> ForkServer:
    """The process that the programs are copies of."""
    return ForkServer(home.logs / "forkserver.log", env)


def web(home: Home, forkserver: ForkServer) -> Program:
    """The web server."""
    return _program(
        home,
        forkserver,
        "web",
        str(_BIN / "granian"),
        "--interface",
        "rsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(home.port),
        "--workers",
        str(WEB_WORKERS),
        "--http",
        "1",
        # For developers' commands that listen.
        "--ws",
        # An open connection costs little; one on which nothing is said is closed after a while.
        "--backpressure",
        str(WEB_CONNECTIONS),
        "--backlog",
        "2048",
        "--http1-header-read-timeout",
        str(IDLE_SECONDS * 1000),
        "--http1-buffer-size",
        "65536",
        "--respawn-failed-workers",
        "--workers-kill-timeout",
        "10",
        "--log-level",
        "warning",
        "config.rsgi:application",
    )


def worker(home: Home, forkserver: ForkServer) -> Program:
    """The worker of everything but deliveries. Tasks wait for networks: threads are enough."""
    return _program(
        home,
        forkserver,
        "worker",
        str(_BIN / "celery"),
        "-A",
        "config.celery",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        str(TASK_THREADS),
        "--queues",
        "payments,ledger,default",
        "--hostname",
        f"rialto-worker-{home.port}@%h",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    )


def deliveries(home: Home, forkserver: ForkServer) -> Program:
    """The engine that sends webhooks, and does nothing else."""
    return _program(home, forkserver, "deliveries", str(ROOT / "manage.py"), "deliver")


def beat(home: Home, forkserver: ForkServer) -> Program:
    """The clock that asks for periodic work."""
    return _program(
        home,
        forkserver,
        "beat",
        str(_BIN / "celery"),
        "-A",
        "config.celery",
        "beat",
        "--pidfile",
        "",
        "--schedule",
        str(home.run / "beat"),
    )


def relay(home: Home, forkserver: ForkServer) -> Program:
    """The outbox's reader and the ledger's folder."""
    return _program(home, forkserver, "relay", str(ROOT / "manage.py"), "relay")


def _program(home: Home, forkserver: ForkServer, name: str, *command: str) -> Program:
    return Program(name, list(command), home.logs / f"{name}.log", forkserver)


ALL: Final = (web, worker, deliveries, beat, relay)
