"""How long an endpoint has failed: written down, and told to whoever asked for that alert."""

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


def note(endpoint: Endpoint, reply: Reply, *, at: datetime) -> None:
    """Remember since when an endpoint takes nothing; nothing is written while all is well."""
    require_transaction()
    rows = Endpoint.objects.filter(id=endpoint.id)
    if reply.status_code is not None and 200 <= reply.status_code < 300:
        if endpoint.failing_since:
            rows.update(failing_since=None)
    elif endpoint.failing_since is None:
        rows.filter(failing_since=None).update(failing_since=at)
    elif at - endpoint.failing_since >= _PATIENCE and reply.status_code != GONE:
        _tell(endpoint, reply, f"fails since {endpoint.failing_since.isoformat()}", at=at)


def disable(endpoint: Endpoint, reply: Reply, *, at: datetime) -> None:
    """Disable an endpoint that says that it is gone; of two answers the first does it."""
    require_transaction()
    endpoint.is_enabled = False
    endpoint.disabled_reason = f"It answered 410 Gone on {at:%Y-%m-%d %H:%M} UTC."
    rows = Endpoint.objects.filter(id=endpoint.id, is_enabled=True)
    if rows.update(is_enabled=False, disabled_reason=endpoint.disabled_reason):
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
