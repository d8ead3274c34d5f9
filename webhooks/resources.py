"""Wire objects of webhooks: `event` and `webhook_endpoint`."""

from collections.abc import Mapping

import orjson

from api.access import permissions
from api.answers import shown
from core.ids import application_id
from core.types import JsonObject
from webhooks.models import Endpoint, Event


def event(row: Event, *, pending: int, is_connect: bool = False) -> JsonObject:
    """Render an event.

    Args:
        row: The event.
        pending: How many deliveries of it have not succeeded yet.
        is_connect: True for a platform that hears of its connected account.
    """
    rendered: JsonObject = {
        "id": row.id,
        "object": "event",
        "api_version": row.api_version,
        "created": int(row.created_at.timestamp()),
        "data": orjson.loads(row.data),
        "livemode": row.livemode,
        "pending_webhooks": pending,
        "request": {"id": row.request_id, "idempotency_key": row.idempotency_key},
        "type": row.type,
    }
    if is_connect:
        rendered["account"] = row.account_id
    return rendered


def for_application(rendered: JsonObject, granted: Mapping[str, str] | None) -> JsonObject:
    """Remove from a rendered event what its account's owner does not share.

    Args:
        rendered: The event.
        granted: What the owner has agreed to: permission → level; None for every scope's.
    """
    shown_of_it: JsonObject = shown.without(rendered, permissions.ungranted_separate(granted or {}))
    return shown_of_it


def webhook_endpoint(row: Endpoint, *, secret: str | None = None) -> JsonObject:
    """Render an endpoint; its secret only when it was made just now."""
    rendered: JsonObject = {
        "id": row.id,
        "object": "webhook_endpoint",
        "api_version": row.api_version,
        "application": application_id(row.platform_id) if row.platform_id else None,
        "created": int(row.created_at.timestamp()),
        "description": row.description,
        "enabled_events": row.enabled_events,
        "livemode": row.livemode,
        "metadata": row.metadata,
        "status": "enabled" if row.is_enabled else "disabled",
        "url": row.url,
    }
    if secret:
        rendered["secret"] = secret
    return rendered
