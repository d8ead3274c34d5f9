"""The programs of Rialto, in one table.

`rialto up`, `rialto serve` and all files under `deploy/` take from here what runs, how it is told
to end and what it may use.
"""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

# On two cores: two processes that compute, each with threads to spare while one waits for the
# database (`config.door`). So many connections each may have.
WEB_WORKERS: Final = 2
WEB_CONNECTIONS: Final = 4096
IDLE_SECONDS: Final = 15
TASK_THREADS: Final = 4
# How long the web server's processes may go on with what they have begun.
_FINISH_SECONDS: Final = 10
PORT: Final = 8000
# The signal that asks each of them to end.
STOP_SIGNAL: Final = "SIGTERM"
LIVE_PATH: Final = "/livez"
READY_PATH: Final = "/readyz"


class Runner(StrEnum):
    """What a program is run by: a script beside Python, or a command of ours."""

    GRANIAN = "granian"
    CELERY = "celery"
    OURS = "config"


@dataclass(frozen=True)
class ProgramSpec:
    """A program that runs until it is told to end.

    All of them log in as the application, with `DATABASE_URL`, and refuse the owner's address.

    Args:
        name: Its name for `rialto serve`, in logs and in PostgreSQL.
        about: What it does, as one sentence.
        runner: What runs it.
        arguments: The rest of its command, in which what stands in braces is filled in.
        stop_seconds: How long it may take to finish what it has begun.
        memory_mb: How much memory it may have; it is started again beyond that.
        replicas: How many of it run at first.
        most: How many of it may run, or None for any number.
        port: Where it listens, if it does.
        queues: The queues that it works on.
        keeps: What it keeps in its home, if losing that matters.
    """

    name: str
    about: str
    runner: Runner
    arguments: tuple[str, ...]
    stop_seconds: int
    memory_mb: int
    replicas: int
    most: int | None = None
    port: int | None = None
    queues: tuple[str, ...] = ()
    keeps: str = ""

    def command(
        self,
        *,
        run: Path,
        host: str = "127.0.0.1",
        port: int = PORT,
        queues: tuple[str, ...] = (),
    ) -> list[str]:
        """Return what Python is to run.

        Args:
            run: The folder for what is only true while it runs.
            host: The address that it listens at.
            port: The port there.
            queues: Those that it works on; none for all of its own.
        """
        filled = {
            "host": host,
            "port": str(port),
            "run": str(run),
            "queues": ",".join(queues or self.queues),
        }
        return [*_script(self.runner), *(each.format(**filled) for each in self.arguments)]


@dataclass(frozen=True)
class JobSpec:
    """A program that ends by itself, and must have ended well before those above start.

    Args:
        name: Its name in the files that are made.
        about: What it does, as one sentence.
        command: The command, after `rialto`.
        addresses: The environment variables with addresses of databases that it needs.
        memory_mb: How much memory it may have.
        seconds: How long it may take at most.
    """

    name: str
    about: str
    command: tuple[str, ...]
    addresses: tuple[str, ...]
    memory_mb: int
    seconds: int


def _script(runner: Runner) -> list[str]:
    if runner is Runner.OURS:
        return ["-m", "config"]
    # Not with `-m`: granian's processes would import its main module once more.
    return [str(Path(sys.executable).parent / runner)]


_SERVER: Final = (
    "--interface", "rsgi",
    "--host", "{host}",
    "--port", "{port}",
    "--workers", str(WEB_WORKERS),
    "--http", "1",
    # For developers' commands that listen.
    "--ws",
    # An open connection costs little; one on which nothing is said is closed after a while.
    "--backpressure", str(WEB_CONNECTIONS),
    "--backlog", "2048",
    "--http1-header-read-timeout", str(IDLE_SECONDS * 1000),
    "--http1-buffer-size", "65536",
    "--respawn-failed-workers",
    "--workers-kill-timeout", str(_FINISH_SECONDS),
    "--log-level", "warning",
    "config.rsgi:application",
)  # fmt: skip
_TASKS: Final = (
    "-A", "config.celery", "worker",
    # Tasks wait for networks: threads are enough.
    "--pool", "threads",
    "--concurrency", str(TASK_THREADS),
    "--queues", "{queues}",
    "--hostname", "rialto-worker-{port}@%h",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
)  # fmt: skip

WEB: Final = ProgramSpec(
    name="web",
    about="Answers the API, the pages for payers and sellers, and the console.",
    runner=Runner.GRANIAN,
    arguments=_SERVER,
    stop_seconds=_FINISH_SECONDS + 5,
    memory_mb=1024,
    replicas=2,
    port=PORT,
)

WORKER: Final = ProgramSpec(
    name="worker",
    about="Does what is asked for and what is due: payouts, repairs, receipts, seals, erasing.",
    runner=Runner.CELERY,
    arguments=_TASKS,
    stop_seconds=15,
    memory_mb=768,
    replicas=2,
    queues=("payments", "ledger", "default"),
    keeps="seal-heads.txt",
)

DELIVERIES: Final = ProgramSpec(
    name="deliveries",
    about="Sends webhooks, and does nothing else.",
    runner=Runner.OURS,
    arguments=("deliver",),
    stop_seconds=15,
    memory_mb=768,
    replicas=2,
)

BEAT: Final = ProgramSpec(
    name="beat",
    about="Asks for periodic work at its time.",
    runner=Runner.CELERY,
    arguments=("-A", "config.celery", "beat", "--pidfile", "", "--schedule", "{run}/beat"),
    stop_seconds=10,
    memory_mb=384,
    replicas=1,
    # Two would ask for everything twice.
    most=1,
)

RELAY: Final = ProgramSpec(
    name="relay",
    about="Carries events to those who asked for them, and adds up the ledger's open accounts.",
    runner=Runner.OURS,
    arguments=("relay",),
    stop_seconds=15,
    memory_mb=512,
    replicas=2,
)

# In the order in which they start.
PROGRAMS: Final = (WEB, WORKER, DELIVERIES, BEAT, RELAY)

MIGRATE: Final = JobSpec(
    name="migrate",
    about="Brings the database to this release, and grants the application what it may do.",
    command=("migrate",),
    addresses=("DATABASE_URL", "DATABASE_OWNER_URL"),
    memory_mb=768,
    seconds=3600,
)


def find(name: str) -> ProgramSpec | None:
    """Return the program of a name, if there is one."""
    return next((each for each in PROGRAMS if each.name == name), None)
