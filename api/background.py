"""Small writes that no request should wait for, done by one thread in each process.

What is handed in is written within about half a second, and when the process ends in any way that
lets Python say goodbye. Only `kill -9` or a lost machine loses it.
"""

import atexit
import logging
import os
import threading
from collections.abc import Callable
from multiprocessing import util
from typing import Final

from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 0.5

# Writes what has come together and tells how many rows that was.
Flush = Callable[[], int]

_flushes: Final[list[Flush]] = []
_wake = threading.Event()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def register(flush: Flush) -> None:
    """Name a function that writes a buffer. It is called from another thread, one at a time."""
    _flushes.append(flush)


def wake() -> None:
    """Tell the thread that there is something to write; the first time, start it."""
    if not _wake.is_set():
        if not settings.REQUEST_LOG_ENABLED:
            return
        _wake.set()
        if _thread is None:
            _start()


def flush() -> int:
    """Write everything now, in the calling thread, and tell how many rows that was."""
    written = 0
    with _lock:
        for write in _flushes:
            try:
                written += write()
            except Exception:
                logger.exception("Background rows could not be written.")
    return written


def _start() -> None:
    global _thread
    with _lock:
        if _thread is None:
            # Processes of multiprocessing end without atexit, and forget what was
            # registered before they were forked.
            util.Finalize(None, _flush_at_exit, exitpriority=10)
            _thread = threading.Thread(target=_run, name="rialto-background", daemon=True)
            _thread.start()


def _run() -> None:
    pause = threading.Event()
    while True:
        _wake.wait()
        # Rows come together in the meantime, so that a busy process writes many at once.
        pause.wait(_PAUSE_SECONDS)
        _wake.clear()
        flush()
        # A quiet process holds no connection; a busy one keeps it.
        if not _wake.is_set():
            connection.close()


def _flush_at_exit() -> None:
    if _thread is not None:
        flush()


def _forget_thread() -> None:
    # A fork copies the buffers but not the thread. Both processes may write the same rows,
    # so a flush must not mind a row that is there already.
    global _thread, _wake, _lock
    _thread, _wake, _lock = None, threading.Event(), threading.Lock()


os.register_at_fork(after_in_child=_forget_thread)
atexit.register(_flush_at_exit)
