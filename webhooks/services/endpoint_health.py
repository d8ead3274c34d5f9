"""How an endpoint takes its deliveries: written down, and told to whoever asked for that alert."""

from datetime import datetime, timedelta
from typing import Final

from accounts.services import alerts, letters
from accounts.services.alerts import Alert
from core.database.transactions import require_transaction
from core.types import JsonObject
from webhooks.models import Endpoint
from webhooks.sending.client import Reply

GONE: Final = 410
# So long it may fail before somebody is told.
_PATIENCE: Final = timedelta(days=1)
_TEMPLATE: Final = "webhooks/mail/endpoint_failing"
SLOW_MS: Final = 5_000
# The breaker: after so many timeouts in a row an endpoint rests, and is then sent one delivery.
# Each further timeout doubles the rest.
BREAKS_AFTER_TIMEOUTS: Final = 3
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=5)
_COLUMNS: Final = (
    "is_slow", "timeouts_in_a_row", "paused_until", "failing_since", "is_enabled",
    "disabled_reason",
)  # fmt: skip


def is_well(endpoint: Endpoint) -> bool:
    """Return whether an endpoint has taken all that it was sent last, and quickly."""
    marks = (endpoint.is_slow, endpoint.timeouts_in_a_row, endpoint.paused_until)
    return marks == (False, 0, None) and endpoint.failing_since is None


def is_as_ever(endpoint: Endpoint, reply: Reply) -> bool:
    """Return whether a reply says nothing new of an endpoint that is well."""
    return is_well(endpoint) and reply.is_success and reply.latency_ms < SLOW_MS


def note(endpoint: Endpoint, reply: Reply, *, at: datetime) -> None:
    """Remember how an endpoint answers; nothing is written while all is well. A step.

    Args:
        endpoint: The endpoint, locked.
        reply: The reply to an attempt that has ended.
        at: When it ended.
    """
    require_transaction()
    before = [getattr(endpoint, name) for name in _COLUMNS]
    _note_speed(endpoint, reply, at=at)
    if reply.is_success:
        endpoint.failing_since = None
    elif reply.status_code == GONE:
        _disable(endpoint, reply, at=at)
    elif endpoint.failing_since is None:
        endpoint.failing_since = at
    elif at - endpoint.failing_since >= _PATIENCE:
        _tell(endpoint, reply, f"fails since {endpoint.failing_since.isoformat()}", at=at)
    if before != [getattr(endpoint, name) for name in _COLUMNS]:
        endpoint.save(update_fields=_COLUMNS)


def _note_speed(endpoint: Endpoint, reply: Reply, *, at: datetime) -> None:
    if not reply.timed_out:
        endpoint.is_slow = reply.latency_ms >= SLOW_MS
        endpoint.timeouts_in_a_row, endpoint.paused_until = 0, None
        return
    endpoint.is_slow = True
    endpoint.timeouts_in_a_row += 1
    beyond = endpoint.timeouts_in_a_row - BREAKS_AFTER_TIMEOUTS
    if beyond >= 0:
        # So many doublings are longer than the longest rest.
        endpoint.paused_until = at + min(FIRST_REST * 2 ** min(beyond, 10), LONGEST_REST)


def _disable(endpoint: Endpoint, reply: Reply, *, at: datetime) -> None:
    """Disable an endpoint that says that it is gone; of two answers the first does it."""
    if not endpoint.is_enabled:
        return
    endpoint.is_enabled = False
    endpoint.disabled_reason = f"It answered 410 Gone on {at:%Y-%m-%d %H:%M} UTC."
    _tell(endpoint, reply, f"was disabled at {at.isoformat()}", at=at)


def _tell(endpoint: Endpoint, reply: Reply, what: str, *, at: datetime) -> None:
    account = alerts.subscriber(endpoint.account_id, Alert.ENDPOINT_FAILING)
    if account is None:
        return
    since = endpoint.failing_since or at
    context: JsonObject = {
        "url": endpoint.url,
        "endpoint": endpoint.id,
        "is_disabled": not endpoint.is_enabled,
        "day": letters.format_day(since, letters.language_of(account)),
        "time": f"{since:%H:%M}",
        "status_code": reply.status_code,
        "error": reply.error,
        "livemode": endpoint.livemode,
    }
    alerts.write(account, _TEMPLATE, context, occurrence=f"{endpoint.id} {what}", at=at)
