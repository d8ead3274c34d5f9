"""Starting and stopping the programs that belong to a home."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# What our programs write is for whoever runs them, and nobody else.
UMASK = 0o077


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
    on_orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in its own process group, with its output in a log file.

    Args:
        command: Program and arguments.
        log: Appended to.
        env: The whole environment; None for ours.
        cwd: Where it starts; None for where we are.
        user: Whom to run it as; only root may ask.
        on_orphaned: The signal it gets if we die without stopping it.
    """
    with open(log, "ab", opener=private) as output:
        # Also what an earlier version left.
        os.fchmod(output.fileno(), 0o600)
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            umask=UMASK,
            preexec_fn=_before_exec(user, on_orphaned),
        )


def stop(
    process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM, *, seconds: float = 10
) -> None:
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


def _before_exec(user: pwd.struct_passwd | None, on_orphaned: signal.Signals) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        # After the change of user, which would clear it.
        libc.prctl(_PR_SET_PDEATHSIG, int(on_orphaned))
        if os.getppid() != parent:
            os._exit(1)

    return prepare
