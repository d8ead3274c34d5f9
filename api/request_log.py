"""Writing the request log behind the requests' backs: in batches, within a second."""

import atexit
import collections
import logging
import os
import threading

from django.conf import settings
from django.db import connection

from api.models import RequestLog

logger = logging.getLogger(__name__)

# More than this unwritten, and the oldest are dropped: payments come before the log.
_MOST = 20_000
_BATCH = 500
_SECONDS = 0.5

_waiting: collections.deque[RequestLog] = collections.deque(maxlen=_MOST)
_lock = threading.Lock()
_writer_of: int | None = None


def note(row: RequestLog) -> None:
    """Put a request into the log; it is written soon, by another thread."""
    if not settings.REQUEST_LOG_ENABLED:
        return
    _waiting.append(row)
    # A fork has the parent's memory but not its thread.
    if _writer_of != os.getpid():
        _start()


def flush() -> int:
    """Write what waits, now. Returns how many rows were written."""
    written = 0
    while _waiting:
        batch = [_waiting.popleft() for _ in range(min(_BATCH, len(_waiting)))]
        RequestLog.objects.bulk_create(batch, ignore_conflicts=True)
        written += len(batch)
    return written


def _start() -> None:
    global _writer_of
    with _lock:
        if _writer_of != os.getpid():
            _writer_of = os.getpid()
            threading.Thread(target=_write_for_ever, name="request-log", daemon=True).start()
            atexit.register(_flush_at_exit)


def _write_for_ever() -> None:
    pause = threading.Event()
    while not pause.wait(_SECONDS):
        _try()


def _try() -> None:
    try:
        flush()
    except Exception:
        logger.exception("The request log could not be written; it is tried again.")
        connection.close()


def _flush_at_exit() -> None:
    _try()
    connection.close()
