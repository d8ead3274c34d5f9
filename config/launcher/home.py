"""A home: the folder in which one Rialto keeps all it has."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from config.launcher import problems, processes
from config.launcher.places import ROOT as ROOT
from config.launcher.places import default_home
from config.launcher.problems import Problem
from core.types import JsonObject

NEEDED_BYTES = 300_000_000
ROLES = ("postgres", "rialto_owner", "rialto_app")
_SECRETS = ("SECRET_KEY", "RIALTO_KEY_PEPPER", "RIALTO_ENCRYPTION_KEY")


@dataclass(frozen=True)
class Home:
    """The home's folders and files.

    Args:
        root: The folder.
        port: Where the web server listens, on loopback.
    """

    root: Path
    port: int

    @classmethod
    def of_environment(cls) -> "Home":
        """Return the home that `RIALTO_HOME` and `RIALTO_PORT` name.

        Raises:
            Problem: If the port is no port.
        """
        root = Path(os.environ.get("RIALTO_HOME") or default_home()).expanduser().absolute()
        port = os.environ.get("RIALTO_PORT") or "8000"
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise Problem(f"RIALTO_PORT={port} is no port: take one below 65536.", problems.USAGE)
        return cls(root, int(port))

    @property
    def logs(self) -> Path:
        """Where every program writes, one file each."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """What is only true while it runs."""
        return self.root / "run"

    @property
    def pulses(self) -> Path:
        """Where programs show that they work, a file for each process."""
        return self.run / "pulses"

    @property
    def mail(self) -> Path:
        """Letters, until somebody says where mail goes."""
        return self.root / "mail"

    @property
    def credentials(self) -> Path:
        """For people's scripts: addresses, keys, the operator's login."""
        return self.root / "credentials.json"

    @property
    def environment_file(self) -> Path:
        """How commands reach the databases of a running home."""
        return self.run / "environment.json"

    @property
    def api_base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def make(self) -> None:
        """Make the folders.

        Raises:
            Problem: If they cannot be made, written, or the disk is full.
        """
        try:
            # PostgreSQL does not run as root, so its user must get through to its own folder.
            self.root.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
            for folder in (self.logs, self.run, self.mail):
                folder.mkdir(exist_ok=True, mode=0o700)
                # Also what an earlier version left.
                folder.chmod(0o700)
            probe = self.run / "probe"
            probe.write_bytes(bytes(4096))
            probe.unlink()
        except OSError as error:
            if error.errno == 28:
                raise problems.disk_full(self.root) from error
            raise Problem(
                f"{self.root} cannot be written ({error.strerror}). "
                "Set RIALTO_HOME to a folder of yours.",
                problems.HOME_UNUSABLE,
            ) from error
        if shutil.disk_usage(self.root).free < NEEDED_BYTES:
            raise problems.disk_full(self.root)

    def secrets(self) -> dict[str, str]:
        """Return the home's own secrets; the first time, draw them."""
        file = self.root / "secrets.json"
        if not file.exists():
            write_private(file, {name: secrets.token_urlsafe(48) for name in _SECRETS})
        kept: dict[str, str] = json.loads(file.read_text())
        # What the environment says is meant: a real installation keeps its secrets elsewhere.
        return {name: os.environ.get(name) or kept[name] for name in _SECRETS}

    def database_passwords(self) -> dict[str, str]:
        """Return what each role of the embedded PostgreSQL logs in with, drawn the first time."""
        file = self.root / "database.json"
        if not file.exists():
            write_private(file, {role: secrets.token_urlsafe(32) for role in ROLES})
        kept: dict[str, str] = json.loads(file.read_text())
        return kept

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever started here."""
        return not (self.root / "secrets.json").exists()


class Lock:
    """Keeps a home to one run, and tells whether the run before was killed."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._file = open(  # noqa: SIM115  held until it is released
            home.run / "lock", "a+", opener=processes.private
        )
        self.was_killed = False

    def take(self) -> None:
        """Take it.

        Raises:
            Problem: If another run has the home.
        """
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            raise Problem(
                f"{self._home.root} is in use by process {self._file.read().strip() or '?'}. "
                "Stop that one, or set RIALTO_HOME and RIALTO_PORT to start another beside it.",
                problems.HOME_IN_USE,
            ) from error
        self._file.seek(0)
        self.was_killed = bool(self._file.read().strip())
        self._write(str(os.getpid()))

    def release(self) -> None:
        """Release the lock, and leave an empty file."""
        self._write("")
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()


def end_orphans(home: Home) -> int:
    """End what a killed run left running in this home, and tell how many that were."""
    file = home.run / "children.json"
    with contextlib.suppress(OSError, ValueError):
        children: dict[str, int] = json.loads(file.read_text())
        orphans = [pid for pid in children.values() if _is_ours(pid, home)]
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and any(_is_ours(pid, home) for pid in orphans):
            time.sleep(0.1)
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        file.unlink()
        return len(orphans)
    return 0


def _is_ours(pid: int, home: Home) -> bool:
    # A number may belong to another program by now.
    return processes.is_alive(pid, f"{home.root}/") or processes.has_environment(
        pid, f"RIALTO_HOME={home.root}\0"
    )


def check_port(home: Home) -> None:
    """Make sure that nobody listens at the port.

    Raises:
        Problem: If somebody does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", home.port))
        except OSError as error:
            raise Problem(
                f"Port {home.port} is busy ({error.strerror}). Stop what listens there, or choose "
                f"another: RIALTO_PORT={home.port + 1} make up",
                problems.PORT_BUSY,
            ) from error


def write_private(file: Path, content: JsonObject) -> None:
    """Write JSON that only its owner may read, all of it or nothing."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(content, output, indent=2)
        output.write("\n")
    draft.replace(file)
