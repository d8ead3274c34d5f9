"""Thin events: what happened and to what, without its shape, and who is told so."""

from datetime import UTC, datetime
from typing import Final

import orjson

from core.types import Fields, JsonObject
from webhooks import resources
from webhooks.catalog import THIN_ONLY
from webhooks.models import Endpoint, Event

# Of types that have a snapshot, before the snapshot's word.
PREFIX: Final = "v1."
# Tells a destination that it is reached, and nobody else anything.
(PING,) = THIN_ONLY
DESTINATION: Final = "v2.core.event_destination"

# Object → where it is read. What is not named cannot be read by its id alone.
_ADDRESSES: Final = {
    "account": "/v1/accounts/{id}",
    "application_fee": "/v1/application_fees/{id}",
    "unapplied_payment": "/v1/unapplied_payments/{id}",
    "fee_refund": "/v1/application_fees/{fee}/refunds/{id}",
    "balance": "/v1/balance",
    "balance_settings": "/v1/balance_settings",
    "bank_account": "/v1/accounts/{account}/external_accounts/{id}",
    "capability": "/v1/accounts/{account}/capabilities/{id}",
    "card": "/v1/accounts/{account}/external_accounts/{id}",
    "charge": "/v1/charges/{id}",
    "checkout.session": "/v1/checkout/sessions/{id}",
    "coupon": "/v1/coupons/{id}",
    "customer": "/v1/customers/{id}",
    "dispute": "/v1/disputes/{id}",
    "mandate": "/v1/mandates/{id}",
    "payment_intent": "/v1/payment_intents/{id}",
    "payment_link": "/v1/payment_links/{id}",
    "payment_method": "/v1/payment_methods/{id}",
    "payout": "/v1/payouts/{id}",
    "person": "/v1/accounts/{account}/persons/{id}",
    "price": "/v1/prices/{id}",
    "product": "/v1/products/{id}",
    "promotion_code": "/v1/promotion_codes/{id}",
    "radar.early_fraud_warning": "/v1/radar/early_fraud_warnings/{id}",
    "refund": "/v1/refunds/{id}",
    "setup_intent": "/v1/setup_intents/{id}",
    "source": "/v1/sources/{id}",
    "tax_id": "/v1/customers/{customer}/tax_ids/{id}",
    "tax_rate": "/v1/tax_rates/{id}",
    "transfer": "/v1/transfers/{id}",
    DESTINATION: "/v2/core/event_destinations/{id}",
}
_OF_CUSTOMERS: Final = "/v1/customers/{customer}/sources/{id}"
_SINGLE: Final = frozenset({"balance", "balance_settings"})


def type_of(event: Event) -> str:
    """Return the type of an event as thin events are called."""
    return event.type if event.type == PING else f"{PREFIX}{event.type}"


def notification(event: Event, *, context: str | None) -> JsonObject:
    """Render what a destination is sent of an event.

    Args:
        event: The event; its thin one has its id.
        context: The connected account whose it is, for its platform; None for one's own.
    """
    return {
        "id": event.id,
        "object": "v2.core.event",
        "type": type_of(event),
        "created": moment(event.created_at),
        "livemode": event.livemode,
        "context": context,
        "related_object": _related(event),
        "reason": _reason(event),
    }


def full(event: Event, *, context: str | None) -> JsonObject:
    """Render an event as it is read over the API.

    Args:
        event: The event.
        context: As in `notification`.
    """
    snapshot = None if event.type == PING else event.id
    return notification(event, context=context) | {"changes": None, "snapshot_event": snapshot}


def destination(
    row: Endpoint, *, include: list[str] | None = None, secret: str | None = None
) -> JsonObject:
    """Render an endpoint as the destination of events that it is.

    Args:
        row: The endpoint.
        include: Fields of `webhook_endpoint` that are shown only if they are asked for.
        secret: Its signing secret, when it was made just now.
    """
    shown = {name.removeprefix("webhook_endpoint.") for name in include or ()}
    why = None if row.is_enabled else {"disabled": {"reason": row.disabled_reason or "user"}}
    return {
        "id": row.id,
        "object": DESTINATION,
        "amazon_eventbridge": None,
        "azure_event_grid": None,
        "created": moment(row.created_at),
        "delivery_settings": resources.delivery_settings(row),
        "description": row.description or "",
        "enabled_events": [_shown_type(row, type) for type in row.enabled_events],
        "event_payload": "thin" if row.is_thin else "snapshot",
        "events_from": [
            *(["@self"] if row.hears_own else []),
            *(["@accounts"] if row.is_connect else []),
        ],
        "livemode": row.livemode,
        "metadata": row.metadata,
        "name": row.name or row.description or row.id,
        "snapshot_api_version": None if row.is_thin else row.api_version,
        "status": "enabled" if row.is_enabled else "disabled",
        "status_details": why,
        "type": "webhook_endpoint",
        "updated": moment(row.updated_at or row.created_at),
        "webhook_endpoint": {
            "signing_secret": secret if "signing_secret" in shown else None,
            "url": row.url if "url" in shown else None,
        },
    }


def moment(at: datetime) -> str:
    """Write a moment as the second dialect does: `2030-01-01T00:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shown_type(row: Endpoint, type: str) -> str:
    return type if not row.is_thin or type in ("*", PING) else f"{PREFIX}{type}"


def _reason(event: Event) -> JsonObject | None:
    if event.request_id is None:
        return None
    request = {"id": event.request_id, "idempotency_key": event.idempotency_key or ""}
    return {"type": "request", "request": request}


def _related(event: Event) -> JsonObject | None:
    about: Fields = orjson.loads(event.data)["object"]
    kind = str(about.get("object"))
    if kind == "webhook_endpoint":
        kind = DESTINATION
    template = _ADDRESSES.get(kind)
    if kind in ("bank_account", "card", "source") and about.get("customer"):
        template = _OF_CUSTOMERS
    if template is None:
        return None
    named = {"account": event.account_id, **{n: v for n, v in about.items() if v is not None}}
    try:
        url = template.format(**named)
    except KeyError:
        # Who it was about is erased.
        return None
    found = {"type": kind, "url": url}
    return found if kind in _SINGLE else {"id": event.object_id, **found}
