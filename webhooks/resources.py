"""Wire objects of webhooks: `event`, `webhook_endpoint` and its resends."""

from collections.abc import Mapping
from typing import Literal, TypedDict

import orjson

from api.access import permissions
from api.answers import shown
from core.ids import application_id
from core.types import JsonObject
from webhooks.models import Endpoint, Event, Resend
from webhooks.states import ResendStatus


class WebhookEndpointResend(TypedDict):
    """Sending an endpoint again what it was sent, and how far that is."""

    id: str
    object: Literal["webhook_endpoint.resend"]
    created: int
    deliveries: Literal["unaccepted", "all", "missed"]
    ended: int | None
    livemode: bool
    sent: int
    since: int
    status: Literal["running", "done", "stopped"]
    total: int
    webhook_endpoint: str


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
        "delivery_settings": delivery_settings(row),
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


def delivery_settings(row: Endpoint) -> JsonObject:
    """Render the order and the pace in which an endpoint is sent to."""
    return {
        "max_per_second": row.most_per_second,
        "order": "object" if row.keeps_order else "any",
    }


def resend(row: Resend) -> WebhookEndpointResend:
    """Render how far a resend is."""
    what: Literal["unaccepted", "all", "missed"] = "all" if row.sends_accepted else "unaccepted"
    status: Literal["running", "done", "stopped"] = ResendStatus(row.status).value
    return {
        "id": row.id,
        "object": "webhook_endpoint.resend",
        "created": int(row.created_at.timestamp()),
        "deliveries": "missed" if row.sends_missed else what,
        "ended": int(row.ended_at.timestamp()) if row.ended_at else None,
        "livemode": row.livemode,
        "sent": row.sent,
        "since": int(row.since.timestamp()),
        "status": status,
        "total": row.total,
        "webhook_endpoint": row.endpoint_id,
    }
