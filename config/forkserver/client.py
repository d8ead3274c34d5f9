"""The supervisor's side of the fork server."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from config.forkserver import requests
from config.forkserver.requests import Ended, Request
from config.launcher import problems, processes
from config.launcher.home import ROOT
from config.launcher.problems import Problem

# It loads for some seconds, and a busy machine takes several times as long.
_PATIENCE_SECONDS: Final = 120
# What became of a copy that ended when nobody was left to see how.
_UNKNOWN: Final = 255


class Copy:
    """A program that runs in a copy of the fork server; used like a `subprocess.Popen`."""

    def __init__(self, pid: int, server: "ForkServer") -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server

    def poll(self) -> int | None:
        """Return how it ended, or None if it has not."""
        if self.returncode is None:
            self._server.hear()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended, once it has.

        Raises:
            subprocess.TimeoutExpired: If it takes longer.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process whose copies are the programs of a home.

    Args:
        log: Where it writes.
        env: Its environment, and that of all copies.
    """

    name = "forkserver"

    def __init__(self, log: Path, env: dict[str, str]) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        # `setproctitle` would overwrite what tells to which home a process belongs.
        self._env = env | {"RIALTO_PROCESS": "rialto forkserver", "SPT_NOENV": "1"}
        self._control: socket.socket | None = None
        self._copies: dict[int, Copy] = {}
        # Of a fork server that is gone: nobody will tell how they end.
        self._orphans: list[Copy] = []

    def start(self) -> None:
        """Start it; it loads the application before it answers."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = processes.spawn(
                [sys.executable, "-m", "config.forkserver", str(theirs.fileno())],
                log=self.log,
                env=self._env,
                cwd=ROOT,
                pass_fds=(theirs.fileno(),),
            )

    def stop(self) -> None:
        """End it; copies that still run end with it."""
        if self.process:
            processes.stop(self.process)
            self.process = None
        self._forget()

    def run(self, name: str, command: list[str], log: Path) -> Copy:
        """Run a program in a copy.

        Args:
            name: The program's, such as `web`.
            command: A Python script with its arguments, or `-m`, a module and its arguments.
            log: Its output is appended to.

        Raises:
            Problem: If there is no fork server that answers.
        """
        if self._control is None:
            raise Problem("The fork server does not run.", problems.SERVER_FAILED)
        try:
            self._control.send(requests.packed(Request(name, command, str(log))))
        except OSError:
            self._forget()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._control is not None and time.monotonic() < deadline:
            if (pid := self.hear(seconds=1)) is not None:
                copy = self._copies[pid] = Copy(pid, self)
                return copy
        last = processes.last_lines(self.log, 1) or "silently"
        raise Problem(
            f"The fork server ended at once ({last}); see {self.log}", problems.SERVER_FAILED
        )

    def hear(self, seconds: float = 0) -> int | None:
        """Take in what it tells.

        Args:
            seconds: How long to wait for the first message.

        Returns:
            The process id of a copy that it has begun, if that is among it.
        """
        while self._control is not None:
            self._control.settimeout(seconds)
            seconds = 0
            try:
                message = self._control.recv(requests.LONGEST)
            except (BlockingIOError, TimeoutError):
                break
            except OSError:
                message = b""
            if not message:
                self._forget()
                break
            told = requests.notice(message)
            if not isinstance(told, Ended):
                return told.started
            if copy := self._copies.pop(told.ended, None):
                copy.returncode = told.code
        self._look_after_orphans()
        return None

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        self._orphans += self._copies.values()
        self._copies.clear()

    def _look_after_orphans(self) -> None:
        for orphan in list(self._orphans):
            if processes.has_ended(orphan.pid):
                orphan.returncode = _UNKNOWN
                self._orphans.remove(orphan)
