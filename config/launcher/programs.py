"""The five programs of our own that run beside the servers."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
        command: Program and arguments.
        log: Where it writes.
        env: Its whole environment.
        stop_seconds: How long it may take to finish what it has begun.
    """

    name: str
    command: list[str]
    log: Path
    env: dict[str, str]
    stop_seconds: float = 10
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self.process = processes.spawn(self.command, log=self.log, env=self.env, cwd=ROOT)

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


def web(home: Home, env: dict[str, str]) -> Program:
    """The web server."""
    return _program(
        home,
        env,
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
        "--no-ws",
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


def worker(home: Home, env: dict[str, str]) -> Program:
    """The worker of everything but deliveries. Tasks wait for networks: threads are enough."""
    return _program(
        home,
        env,
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


def deliveries(home: Home, env: dict[str, str]) -> Program:
    """The engine that sends webhooks, and does nothing else."""
    return _program(home, env, "deliveries", sys.executable, str(ROOT / "manage.py"), "deliver")


def beat(home: Home, env: dict[str, str]) -> Program:
    """The clock that asks for periodic work."""
    return _program(
        home,
        env,
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


def relay(home: Home, env: dict[str, str]) -> Program:
    """The outbox's reader and the ledger's folder."""
    return _program(home, env, "relay", sys.executable, str(ROOT / "manage.py"), "relay")


def _program(home: Home, env: dict[str, str], name: str, *command: str) -> Program:
    return Program(
        name, list(command), home.logs / f"{name}.log", env | {"RIALTO_PROCESS": f"rialto {name}"}
    )
