"""Doing work in a copy of this process: a process of its own that need not load the house anew."""

import os
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping
from subprocess import CompletedProcess
from typing import Any, Final, NoReturn

from django.db import connections

_OF_THE_ORIGINAL: Final[list[Any]] = []


def fork() -> int:
    """Copy this process; 0 is told to the copy."""
    with warnings.catch_warnings():
        # The copy has this thread alone, and needs no other.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def leave_connections() -> None:
    """Let the copy make its own: a socket that two processes speak on is nobody's.

    Those of the original are kept, and the copy ends without closing them.
    """
    for link in connections.all(initialized_only=True):
        _OF_THE_ORIGINAL.append(link.connection)
        link.connection = None


def run(
    work: Callable[[], int | None], env: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Do some work as a program does: with an environment, output and an exit code of its own.

    Args:
        work: What to do; it returns the exit code, or leaves by `SystemExit`.
        env: Its whole environment; this process's if not said.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = fork()
        if not child:
            _be_the_copy(work, env, output.fileno(), errors.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        told = []
        for file in (output, errors):
            file.seek(0)
            told.append(file.read().decode())
    return CompletedProcess((), code, *told)


def _be_the_copy(
    work: Callable[[], int | None], env: Mapping[str, str] | None, output: int, errors: int
) -> NoReturn:
    """Do the work and end, without what the original does at its end."""
    code = 1
    try:
        leave_connections()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(output, 1)
        os.dup2(errors, 2)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        if env is not None:
            os.environ.clear()
            os.environ.update(env)
        code = work() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
