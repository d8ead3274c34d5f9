"""Starting and stopping the programs that belong to a home."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, Protocol

_PR_SET_PDEATHSIG = 1
# What our programs write is for whoever runs them, and nobody else.
UMASK = 0o077


class Process(Protocol):
    """A process that was started: `subprocess.Popen`, or a copy of the fork server."""

    pid: int
    # `Any`: the stub of `subprocess.Popen` says so of an attribute that is an `int` or None.
    returncode: Any

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


def private(path: str, flags: int) -> int:
    """Open a file that only its owner may read: an opener for `open`."""
    return os.open(path, flags, 0o600)


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    env: dict[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    cwd: Path | None = None,
    pass_fds: Sequence[int] = (),
    on_orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in its own process group, with its output in a log file.

    Args:
        command: Program and arguments.
        log: Appended to.
        env: The whole environment; None for ours.
        cwd: Where it starts; None for where we are.
        pass_fds: Open files that it gets, under the same numbers.
        user: Whom to run it as; only root may ask.
        on_orphaned: The signal it gets if we die without stopping it.
    """
    with appended(log) as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            pass_fds=pass_fds,
            start_new_session=True,
            umask=UMASK,
            preexec_fn=_before_exec(user, on_orphaned),
        )


def become_python(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Be a Python program from now on, which so gets the signals that are meant for this process.

    Args:
        command: A Python script and its arguments, or `-m`, a module and its arguments.
        environment: The whole environment.
    """
    os.umask(UMASK)
    os.execve(sys.executable, [sys.executable, "-P", *command], environment)  # noqa: S606  ours


def appended(log: Path) -> BinaryIO:
    """Open a log to be appended to, which only its owner may read."""
    output = open(log, "ab", opener=private)  # noqa: SIM115  whoever asks closes it
    # Also what an earlier version left.
    os.fchmod(output.fileno(), 0o600)
    return output


def end_with(parent: int, how: signal.Signals) -> None:
    """Get a signal when the parent dies, or end now if it has died already."""
    _libc().prctl(_PR_SET_PDEATHSIG, int(how))
    if os.getppid() != parent:
        os._exit(1)


def stop(process: Process, how: signal.Signals = signal.SIGTERM, *, seconds: float = 10) -> None:
    """Ask a program to end, wait, and end its whole group if it does not."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
    # Whoever it started and left behind goes with it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def is_alive(pid: int, word: str) -> bool:
    """Return whether a process lives whose command line has the word in it."""
    try:
        return word in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False


def has_ended(pid: int) -> bool:
    """Return whether a process is gone, or only waits for somebody to ask how it ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


def has_environment(pid: int, entry: str) -> bool:
    """Return whether a process lives that was started with this in its environment."""
    try:
        return entry.encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


def last_lines(log: Path, count: int = 4) -> str:
    """Return the end of a log, for a message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _before_exec(user: pwd.struct_passwd | None, on_orphaned: signal.Signals) -> Callable[[], None]:
    # Loaded before the fork: what runs after it had better not look for libraries.
    _libc()
    parent = os.getpid()

    def prepare() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        # After the change of user, which would clear it.
        end_with(parent, on_orphaned)

    return prepare
