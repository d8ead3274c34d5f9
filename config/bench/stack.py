"""Starting a Rialto of our own: as a newcomer would, and once more to measure it."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from config.bench import clients
from config.bench.clients import Target
from config.launcher.home import ROOT, Home
from config.launcher.postgres import embedded
from config.settings import limits
from core.types import JsonObject

_PATIENCE_SECONDS = 150
# The measured stack is ours alone, whatever the shell it is started from says.
_NOT_INHERITED = ("DATABASE_", "REDIS_", "RIALTO_", "DJANGO_", "SECRET_KEY", "VIRTUAL_ENV")
# One account asks here more often than any may: every limit is counted, and none is reached.
UNLIMITED: Final = {
    setting: "1000000/s burst 9999999" for setting, _ in limits.DEFAULTS.values()
} | {
    "RIALTO_SHED_WAIT_MILLISECONDS": "0",
    "RIALTO_CONCURRENT_TEST_REQUESTS": "100000",
    "RIALTO_CONCURRENT_LIVE_REQUESTS": "100000",
}
_NOT_COPIED = shutil.ignore_patterns(
    ".venv", ".git", ".rialto", ".cache", "__pycache__", ".*_cache", "bench.json"
)


class DidNotStart(RuntimeError):
    """No payment was possible in good time."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A Rialto that takes payments.

    Args:
        home: Where it keeps what it has.
        pid: The launcher's.
        seconds: From the command to the answer to the first charge.
    """

    home: Home
    pid: int
    seconds: float

    @property
    def credentials(self) -> JsonObject:
        """Keys and accounts of its marketplace."""
        found: JsonObject = json.loads(self.home.credentials.read_text())
        return found

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to work in it."""
        addresses = json.loads(self.home.environment_file.read_text())
        named = {"RIALTO_HOME": str(self.home.root), "RIALTO_PORT": str(self.home.port)}
        env: dict[str, str] = (
            _clean()
            | {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
            | json.loads((self.home.root / "secrets.json").read_text())
            | addresses
            | named
        )
        return env

    @property
    def socket_folder(self) -> str:
        """Where its PostgreSQL listens."""
        addresses = json.loads(self.home.environment_file.read_text())
        return str(parse_qs(urlsplit(addresses["DATABASE_URL"]).query)["host"][0])

    @property
    def database(self) -> str:
        """The name of its database."""
        addresses = json.loads(self.home.environment_file.read_text())
        return str(urlsplit(addresses["DATABASE_URL"]).path.removeprefix("/"))

    @property
    def superuser_url(self) -> str:
        """The address of its database for the superuser of the cluster."""
        return embedded(self.home).url("postgres", self.database)

    @property
    def as_superuser(self) -> dict[str, str]:
        """The environment in which PostgreSQL's own programs log in as the superuser."""
        return dict(os.environ) | {"PGPASSWORD": self.home.database_passwords()["postgres"]}

    def target(self, **body: str) -> Target:
        """Return a payment that clients can ask for again and again."""
        key = self.credentials["platform"]["secret_key"]
        return clients.payment(port=self.home.port, secret_key=key, **body)


@contextmanager
def folder() -> Iterator[Path]:
    """Create a folder that is removed afterwards."""
    made = Path(tempfile.mkdtemp(prefix="rialto-bench-"))
    # PostgreSQL does not run as root, and has to get through to its own files.
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def fresh_checkout(room: Path) -> Iterator[Stack]:
    """Type `make up` in a copy of this checkout where nothing is installed."""
    copy = room / "checkout"
    shutil.copytree(ROOT, copy, ignore=_NOT_COPIED, symlinks=True)
    with _running(["make", "up"], copy, room / "first-home") as stack:
        yield stack


@contextmanager
def start(root: Path) -> Iterator[Stack]:
    """Start this checkout as it is installed, with the settings it ships with."""
    command = [sys.executable, "-P", "-m", "config.cli.main", "up", "--no-demo"]
    with _running(command, ROOT, root) as stack:
        yield stack


@contextmanager
def _running(command: list[str], where: Path, root: Path) -> Iterator[Stack]:
    home = Home(root, _free_port())
    env = _clean() | UNLIMITED | {"RIALTO_HOME": str(root), "RIALTO_PORT": str(home.port)}
    log = root.with_suffix(".log")
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=where,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _first_charge(home, process, log)
        yield Stack(home, process.pid, time.monotonic() - started)
    finally:
        _end(process, home)


def _first_charge(home: Home, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            key = json.loads(home.credentials.read_text())["platform"]["secret_key"]
            clients.once(clients.payment(port=home.port, secret_key=key))
        except (OSError, ValueError, http.client.HTTPException, clients.Refused):
            time.sleep(0.05)
        else:
            return
    last = log.read_text(errors="replace").strip().splitlines()[-3:]
    raise DidNotStart("Rialto did not take a payment: " + " | ".join(last))


def _end(process: subprocess.Popen[bytes], home: Home) -> None:
    # Make and the launcher are one group; what the launcher starts it stops itself.
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    process.wait(60)
    lock = home.run / "lock"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and lock.exists() and lock.read_text():
        time.sleep(0.05)


def _clean() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
