"""Running the `rialto` command as its users do."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config.launcher.home import ROOT, Home
from tests.config import commands
from tests.databases import address_in_use

# What the test run itself set would keep a home from having its own servers.
_OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")


class Launched:
    """A home, and the process that runs it, if any."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None
        # What runs commands once it has loaded them.
        self._ready: subprocess.Popen[str] | None = None

    def rialto(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(*arguments), env=self._env(), capture_output=True, text=True, check=False
        )

    def rialto_in_a_copy(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the settings of the test, which are loaded already.

        For what a command says and writes, in a home whose database is the test's.
        """
        return commands.run([*arguments], self._env())

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the settings of the running home, loaded once for all commands."""
        if self._ready is None:
            self._ready = subprocess.Popen(
                [sys.executable, "-P", "-m", commands.__name__],
                env=self._env(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._ready.stdin is not None
        assert self._ready.stdout is not None
        print(json.dumps(arguments), file=self._ready.stdin, flush=True)
        return subprocess.CompletedProcess(arguments, *json.loads(self._ready.stdout.readline()))

    def start(self) -> None:
        started = time.monotonic()
        output = (self.root.parent / "output").open("w")
        self.process = subprocess.Popen(
            self._command("up", "--no-demo"),
            env=self._env(),
            stdout=output,
            stderr=output,
            text=True,
        )
        while not self.is_ready():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() - started < 120, self.output()
            time.sleep(0.05)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        if self._ready is not None:
            self._ready.communicate()
            self._ready = None
        self.process.send_signal(how)
        code = self.process.wait(60)
        self.process = None
        return code

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError, urllib.error.HTTPError):
            address = f"http://127.0.0.1:{self.port}/readyz"
            # Complete only when all parts have been started.
            return (self.root / "run" / "children.json").read_text().count(":") == 8 and (
                urllib.request.urlopen(address, timeout=5).status == 200
            )
        return False

    def output(self) -> str:
        return (self.root.parent / "output").read_text()

    def left_running(self) -> list[str]:
        mark = str(self.root).encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                if int(folder.name) != os.getpid() and (
                    mark in command or b"RIALTO_HOME=" + mark in (folder / "environ").read_bytes()
                ):
                    found.append(command.replace(b"\0", b" ").decode())
        return found

    def credentials(self) -> dict:
        return json.loads((self.root / "credentials.json").read_text())

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", "config.cli.main", *arguments]

    def _env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _OURS}
        return kept | {
            "RIALTO_HOME": str(self.root),
            "RIALTO_PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
        }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launched_on_the_tests_database(root: Path) -> Launched:
    """Return a home whose commands work in the test's own database, for `rialto_in_a_copy`."""
    launched = Launched(root)
    made = Home(launched.root, launched.port)
    made.make()
    addresses = {
        "DATABASE_URL": address_in_use("rialto_app"),
        "DATABASE_OWNER_URL": address_in_use("rialto_owner"),
        "REDIS_URL": os.environ["REDIS_URL"],
    }
    made.environment_file.write_text(json.dumps(addresses))
    return launched
