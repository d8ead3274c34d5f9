"""Writing the request log behind the requests' backs: in batches, within a second."""

import atexit
import collections
import logging
import os
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from ipaddress import ip_address
from multiprocessing import util
from typing import Final

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from api.access.caller import Caller
from api.models import RequestLog
from core.security.card_numbers import mask
from core.tenant import Tenant
from core.types import JsonObject

logger = logging.getLogger(__name__)

_BATCH: Final = 1_000
# What is told of an error.
_OF_ERRORS: Final = ("type", "decline_code", "message", "param", "charge")
_SECONDS: Final = 0.5

_COLUMNS: Final = {
    "id": "text",
    "account_id": "text",
    "livemode": "bool",
    "key_id": "text",
    "method": "text",
    "path": "text",
    "status_code": "int2",
    "duration_ms": "int4",
    "api_version": "text",
    "idempotency_key": "text",
    "error_code": "text",
    "address": "inet",
    "created_at": "timestamptz",
    "parameters": "jsonb",
    "answer": "jsonb",
}
# One array for each column: the cheapest way to many rows, for us and for the database.
_INSERT: Final = (
    f"INSERT INTO api_requestlog ({', '.join(_COLUMNS)}) SELECT * FROM unnest("  # noqa: S608
    f"{', '.join(f'%s::{kind}[]' for kind in _COLUMNS.values())}) ON CONFLICT DO NOTHING"
)

# Writes what has come together somewhere else and tells how many rows that was.
Writer = Callable[[], int]

_waiting: Final[collections.deque[tuple[object, ...]]] = collections.deque(
    maxlen=settings.REQUEST_LOG_MOST
)
_writers: Final[list[Writer]] = []
_something = threading.Event()
_lock = threading.Lock()
_writer_of: int | None = None


def note(
    *,
    id: str,
    caller: Caller | None,
    method: str,
    path: str,
    status: int,
    error_code: str | None,
    seconds: float,
    api_version: str,
    idempotency_key: str | None,
    address: str | None,
    at: datetime,
    parameters: JsonObject | None = None,
    answer: JsonObject | None = None,
) -> None:
    """Put a request into the log; it is written soon, by another thread."""
    if not settings.REQUEST_LOG_ENABLED:
        return
    row = (
        id,
        caller.tenant.account_id if caller else None,
        caller.tenant.livemode if caller else None,
        caller.key_id if caller else None,
        method[:8],
        mask(path[:300].replace("\0", "")),
        status,
        round(seconds * 1000),
        mask(api_version[:40]),
        # One that is too long is refused, and logged all the same: one row that does not fit
        # would take all those with it that are written at the same time.
        mask(idempotency_key[:255]) if idempotency_key else None,
        error_code[:60] if error_code else None,
        address,
        at,
        _json(parameters),
        _json(answer),
    )
    _waiting.append(row)
    wake()


def requests(ids: Iterable[str]) -> QuerySet[RequestLog]:
    """Return those of some requests that are in the log, the newest first."""
    return RequestLog.objects.filter(id__in=list(ids)).order_by("-id")


def newest(tenant: Tenant, *, first: str, most: int) -> list[JsonObject]:
    """Return an account's newest requests, as the Stripe CLI shows them, the newest first.

    Args:
        tenant: Whose.
        first: No older ones, `req_...`.
        most: How many.
    """
    rows = RequestLog.objects.filter(
        account_id=tenant.account_id, livemode=tenant.livemode, id__gte=first
    ).order_by("-id")
    return [
        {
            "created_at": int(row.created_at.timestamp()),
            "livemode": row.livemode,
            "method": row.method,
            "request_id": row.id,
            "status": row.status_code,
            "url": row.path,
            "ip_address": row.address,
            "duration_ms": row.duration_ms,
            "error": _error(row),
        }
        for row in rows.defer("parameters")[:most]
    ]


def _error(row: RequestLog) -> JsonObject:
    told = row.answer if row.error_code and isinstance(row.answer, dict) else {}
    kept = {name: value for name, value in told.items() if name in _OF_ERRORS and value}
    return {**kept, "code": row.error_code} if row.error_code else kept


def register(writer: Writer) -> None:
    """Register a function that writes another room's buffer along with the log."""
    _writers.append(writer)


def wake() -> None:
    """Wake the writing thread; start it the first time. It writes more than the log."""
    if not _something.is_set():
        _something.set()
        # A fork has the parent's memory but not its thread.
        if settings.REQUEST_LOG_HAS_THREAD and _writer_of != os.getpid():
            _start()


def flush() -> int:
    """Write what waits, now. Returns how many rows were written."""
    written = 0
    with _lock:
        while batch := [_waiting.popleft() for _ in range(min(_BATCH, len(_waiting)))]:
            columns = dict(zip(_COLUMNS, map(list, zip(*batch, strict=True)), strict=True))
            columns["address"] = [_address(text) for text in columns["address"]]
            with connection.cursor() as cursor:
                cursor.execute(_INSERT, list(columns.values()))
            written += len(batch)
        return written + sum(writer() for writer in _writers)


def _json(kept: JsonObject | None) -> str | None:
    return orjson.dumps(kept).decode() if kept else None


def _address(text: str | None) -> str | None:
    try:
        return str(ip_address(text)) if text else None
    except ValueError:
        return None


def _start() -> None:
    global _writer_of
    with _lock:
        if _writer_of != os.getpid():
            _writer_of = os.getpid()
            threading.Thread(target=_write_for_ever, name="request-log", daemon=True).start()
            # Processes of multiprocessing end without atexit.
            util.Finalize(None, _flush_at_exit, exitpriority=10)


def _write_for_ever() -> None:
    pause = threading.Event()
    while _something.wait():
        # Rows come together in the meantime, so that a busy process writes many at once.
        pause.wait(_SECONDS)
        _something.clear()
        _try()
        if not _something.is_set():
            # A quiet process keeps no connection for this.
            connection.close()


def _try() -> None:
    try:
        flush()
    except Exception:
        logger.exception("Rows of the request log could not be written.")
        connection.close()


def _flush_at_exit() -> None:
    if _writer_of == os.getpid():
        _try()
        connection.close()


def _begin_anew() -> None:
    # What the parent held when it forked would never be given back here.
    global _something, _lock
    _something, _lock = threading.Event(), threading.Lock()


atexit.register(_flush_at_exit)
os.register_at_fork(after_in_child=_begin_anew)
