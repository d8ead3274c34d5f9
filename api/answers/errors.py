"""Errors of the domain → HTTP status and body. The one table."""

from typing import Final

from django.db import Error as DatabaseFailure
from django.db.utils import InterfaceError, OperationalError

from core import errors
from core.database import time_limits
from core.error_codes import page_of
from core.errors import RialtoError
from core.types import JsonObject

_STATUS: Final[tuple[tuple[type[RialtoError], int], ...]] = (
    (errors.Missing, 404),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.Busy, 409),
    (errors.TooManyRequests, 429),
    (errors.IdempotencyInUse, 409),
    (errors.CardError, 402),
    (errors.InvalidRequest, 400),
    (errors.IdempotencyMismatch, 400),
    (errors.Unavailable, 503),
    (errors.ServiceFailure, 500),
)

RETRY: Final = frozenset({409, 429, 500, 502, 503})

# The parameters that stand in URLs, as the wire names them.
_IN_URL: Final = frozenset({"id", "intent", "account", "transfer", "fee", "refund", "session"})

# Somebody else holds a row: a lock that we waited for too long, a deadlock, a conflict.
# Source: PostgreSQL manual, appendix A, error codes.
_BUSY: Final = frozenset({"55P03", "40P01", "40001"})
# Connection lost or refused, out of resources, shutting down or starting.
_AWAY: Final = ("08", "53", "57P", "58", "25P03")

_OVER_TIME: Final = (
    "The database took too long over this request, so it was ended; what it had not yet written "
    "is not written. Read less at once: a lower `limit`, a shorter span of `created`, fewer "
    "things in `expand`. Send a change again with the same Idempotency-Key: it is made once."
)


def status_of(error: RialtoError) -> int:
    """Return the HTTP status of an error.

    A missing object is 404 when the URL names it, and 400 when a parameter does.
    """
    if isinstance(error, errors.Missing) and error.param not in _IN_URL:
        return 400
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def body_of(error: RialtoError, *, request_id: str) -> JsonObject:
    """Return the wire's error object, with only the keys that apply."""
    members = {
        "type": error.type,
        "code": error.code,
        "message": error.message,
        "param": error.param,
        "doc_url": page_of(error.code) if error.code else None,
        **error.extra,
        "request_log_url": f"/admin/api/requestlog/{request_id}/change/",
    }
    return {"error": {name: value for name, value in members.items() if value is not None}}


def of_database(error: DatabaseFailure) -> tuple[RialtoError, int] | None:
    """Explain a database that made us wait, or is away; None if it is something else."""
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    if state in _BUSY:
        busy = errors.Busy(
            "This object cannot be accessed right now because another API request or process is "
            "currently accessing it. Retry the request."
        )
        return busy, 409
    if time_limits.is_over(error):
        return errors.ServiceFailure(_OVER_TIME), 503
    is_lost = state is None and isinstance(error, OperationalError | InterfaceError)
    if is_lost or (state is not None and state.startswith(_AWAY)):
        return errors.ServiceFailure("The service is starting or briefly away. Retry."), 503
    return None
