"""The five programs of our own that run beside the servers."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.deployment import programs as table
from config.deployment.programs import ProgramSpec
from config.forkserver.client import Copy, ForkServer
from config.launcher import processes
from config.launcher.home import Home

_OWN_MACHINE = "config.settings.dev"
_OWNERS = ("DATABASE_OWNER_URL", "RIALTO_AS_OWNER")


@dataclass
class Program:
    """A program that is started again when it ends by itself.

    Args:
        name: Also of its log file.
        command: A Python script and its arguments, or `-m`, a module and its arguments.
        log: Where it writes.
        forkserver: Which runs it in a copy of itself.
        stop_seconds: How long it may take to finish what it has begun.
    """

    name: str
    command: list[str]
    log: Path
    forkserver: ForkServer
    stop_seconds: float
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
        | {
            "RIALTO_HOME": str(home.root),
            "RIALTO_PORT": str(home.port),
            "RIALTO_PULSES": str(home.pulses),
        }
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
    return _program(home, forkserver, table.WEB)


def worker(home: Home, forkserver: ForkServer) -> Program:
    """The worker of everything but deliveries."""
    return _program(home, forkserver, table.WORKER)


def deliveries(home: Home, forkserver: ForkServer) -> Program:
    """The engine that sends webhooks, and does nothing else."""
    return _program(home, forkserver, table.DELIVERIES)


def beat(home: Home, forkserver: ForkServer) -> Program:
    """The clock that asks for periodic work."""
    return _program(home, forkserver, table.BEAT)


def relay(home: Home, forkserver: ForkServer) -> Program:
    """The outbox's reader and the ledger's folder."""
    return _program(home, forkserver, table.RELAY)


def _program(home: Home, forkserver: ForkServer, spec: ProgramSpec) -> Program:
    command = spec.command(run=home.run, port=home.port)
    log = home.logs / f"{spec.name}.log"
    return Program(spec.name, command, log, forkserver, spec.stop_seconds)


ALL: Final = (web, worker, deliveries, beat, relay)
