"""What the code below knows of the request it works for.

Set by the API for the time of one request and read by the journal, the event
outbox and the operations that create objects. Work outside a request sees an
empty context.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from core import ids


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The request behind the work.

    Args:
        request_id: `req_...`, or None for work that no request asked for.
        idempotency_key: The caller's key, if there was one.
        api_version: The version that the caller speaks.
        id_suffix: The 24 characters that the idempotency claim reserved for the
            objects this request creates. The same request, sent again after a
            crash, gets the same ones.
        is_recovery: True when an earlier run of this same request was cut off, so
            that its objects may already exist.
        actor_id: The account that asks, which may be another than the one it asks for.
    """

    request_id: str | None = None
    idempotency_key: str | None = None
    api_version: str | None = None
    id_suffix: str | None = None
    is_recovery: bool = False
    actor_id: str | None = None


_EMPTY = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("rialto_request", default=_EMPTY)
# What a task was sent for: its lines of the log say so, and what it writes is still its own.
_cause: ContextVar[str] = ContextVar("rialto_cause", default="")


def current() -> RequestContext:
    """Return the request that is being worked for, or an empty one."""
    return _current.get()


@contextmanager
def working_for(request: RequestContext) -> Iterator[None]:
    """Make `request` the current one inside the block."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


def reserved_id(prefix: str) -> str:
    """Return the id of the one object of this kind that the request creates.

    Without an idempotency key the id is fresh. With one, the same request always
    gets the same id, so that a retry after a crash finds what the first run made
    instead of making it twice.

    Args:
        prefix: A key of `core.ids.PREFIXES`.
    """
    suffix = current().id_suffix
    return ids.with_prefix(prefix, suffix) if suffix else ids.new_id(prefix)


def cause() -> str:
    """Return the id of the request that the work goes back to, itself or by a task; else empty."""
    return current().request_id or _cause.get()


def set_cause(request_id: str) -> None:
    """Say which request a task was sent for; empty for none."""
    _cause.set(request_id)
