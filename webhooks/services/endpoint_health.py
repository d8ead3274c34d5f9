"""How an endpoint takes its deliveries: written down, and told to whoever asked for that alert."""

from datetime import datetime, timedelta
from typing import Final

from accounts.services import alerts, letters
from accounts.services.alerts import Alert
from core.database.transactions import require_transaction
from core.types import JsonObject
from webhooks import resources
from webhooks.models import Endpoint
from webhooks.sending.client import Reply
from webhooks.services import events, missed

GONE: Final = 410
# After so long its people are told that it fails, once each; and then it is disabled.
NOTICES: Final = (timedelta(hours=1), timedelta(hours=24), timedelta(hours=72))
DISABLED_AFTER: Final = timedelta(days=5)
_TEMPLATE: Final = "webhooks/mail/endpoint_failing"
SLOW_MS: Final = 5_000
# The breaker: after so many timeouts in a row an endpoint rests, and is then sent one delivery.
# Each further timeout doubles the rest.
BREAKS_AFTER_TIMEOUTS: Final = 3
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(minutes=5)
_COLUMNS: Final = (
    "is_slow", "timeouts_in_a_row", "paused_until", "failing_since", "is_enabled",
    "disabled_reason", "failing_notices", "missed_after", "missed_until",
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
        endpoint.failing_since, endpoint.failing_notices = None, 0
    elif reply.status_code == GONE:
        _disable(endpoint, reply, f"It answered 410 Gone on {_moment(at)}.", at=at)
    elif endpoint.failing_since is None:
        endpoint.failing_since, endpoint.failing_notices = at, 0
    elif at - endpoint.failing_since >= DISABLED_AFTER:
        since = _moment(endpoint.failing_since)
        _disable(endpoint, reply, f"It had accepted nothing since {since}.", at=at)
    else:
        _warn(endpoint, reply, at=at)
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


def _disable(endpoint: Endpoint, reply: Reply, why: str, *, at: datetime) -> None:
    """Disable an endpoint; of several answers the first does it."""
    if not endpoint.is_enabled:
        return
    endpoint.is_enabled, endpoint.disabled_reason = False, why
    missed.begin(endpoint)
    _emit("webhook_endpoint.disabled", endpoint, at=at)
    _write(endpoint, reply, f"was disabled at {at.isoformat()}", at=at)


def _warn(endpoint: Endpoint, reply: Reply, *, at: datetime) -> None:
    """Tell that an endpoint fails, if it has done so for long enough to be told once more."""
    assert endpoint.failing_since is not None
    passed = sum(at - endpoint.failing_since >= after for after in NOTICES)
    if not endpoint.is_enabled or passed <= endpoint.failing_notices:
        return
    endpoint.failing_notices = passed
    _emit("webhook_endpoint.failing", endpoint, at=at)
    what = f"fails since {endpoint.failing_since.isoformat()}: {passed}"
    _write(endpoint, reply, what, at=at)


def _emit(type: str, endpoint: Endpoint, *, at: datetime) -> None:
    """Tell the account's other endpoints."""
    wire = resources.webhook_endpoint(endpoint)
    row = events.event(type, tenant=endpoint.tenant, resource=wire, at=at)
    row.save(force_insert=True)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _write(endpoint: Endpoint, reply: Reply, what: str, *, at: datetime) -> None:
    account = alerts.subscriber(endpoint.account_id, Alert.ENDPOINT_FAILING)
    if account is None:
        return
    since = endpoint.failing_since or at
    context: JsonObject = {
        "url": endpoint.url,
        "endpoint": endpoint.id,
        "is_disabled": not endpoint.is_enabled,
        "notice": endpoint.failing_notices,
        "day": letters.format_day(since, letters.language_of(account)),
        "time": f"{since:%H:%M}",
        "status_code": reply.status_code,
        "error": reply.error,
        "livemode": endpoint.livemode,
    }
    alerts.write(account, _TEMPLATE, context, occurrence=f"{endpoint.id} {what}", at=at)
