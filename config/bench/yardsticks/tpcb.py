"""The yardstick: pgbench's built-in TPC-B, on the same server."""

import re
import subprocess
from pathlib import Path

from config.bench.clients import CLIENTS
from config.bench.stack import Stack
from config.launcher.postgres import embedded

SCALE = 20
_DATABASE = "rialto_bench_tpcb"


class Yardstick:
    """A database of pgbench's own beside ours."""

    def __init__(self, stack: Stack) -> None:
        self._programs: Path = embedded(stack.home).programs
        self._environment = stack.as_superuser
        self._server = ["-h", stack.socket_folder, "-U", "postgres"]

    def fill(self) -> None:
        """Make its tables."""
        self._run("createdb", _DATABASE)
        self._run("pgbench", "-i", "-q", "-s", str(SCALE), _DATABASE)

    def measure(self, seconds: int) -> float:
        """Return transactions per second: eight clients, prepared statements."""
        output = self._run(
            "pgbench",
            "-M",
            "prepared",
            "-c",
            str(CLIENTS),
            "-j",
            "2",
            "-s",
            str(SCALE),
            "-T",
            str(seconds),
            _DATABASE,
        )
        found = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
        assert found is not None, output
        return float(found[1])

    def _run(self, program: str, *arguments: str) -> str:
        return subprocess.run(
            [str(self._programs / program), *self._server, *arguments],
            env=self._environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=120,
        ).stdout
