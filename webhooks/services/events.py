"""Writing down what happened, in the transaction in which it happens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings

from core import context
from core.db import require_transaction
from core.ids import new_id
from core.tenant import Tenant
from webhooks.catalog import EVENT_TYPES
from webhooks.models import Event


def event(
    type: str,
    *,
    tenant: Tenant,
    resource: Mapping[str, Any],
    previous_attributes: Mapping[str, Any] | None = None,
    at: datetime,
) -> Event:
    """Make the event of a change, for the caller to insert with the changed rows.

    Args:
        type: A type of the catalogue.
        tenant: Whose object it is.
        resource: The rendered object; the event keeps it as it is now.
        previous_attributes: What the changed fields were before, for `*.updated`.
        at: When it happened.

    Returns:
        An event that is not saved yet.
    """
    require_transaction()
    assert type in EVENT_TYPES, f"{type} is not in the catalogue."
    request = context.current()
    data: dict[str, Any] = {"object": _without_ways_in(resource)}
    if previous_attributes is not None:
        data["previous_attributes"] = dict(previous_attributes)
    return Event(
        id=new_id("evt"),
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        type=type,
        object_id=str(resource["id"]),
        data=orjson.dumps(data).decode(),
        api_version=settings.API_VERSION,
        request_id=request.request_id,
        idempotency_key=request.idempotency_key,
        created_at=at,
    )


def _without_ways_in(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what lets a payer in: it goes to the payer and nowhere else, nor is it kept."""
    shown = {name: value for name, value in resource.items() if name != "client_secret"}
    if resource.get("object") == "payment_intent":
        shown["client_secret"] = None
    if page := (resource.get("next_action") or {}).get("redirect_to_url"):
        shown["next_action"] = resource["next_action"] | {"redirect_to_url": page | {"url": None}}
    return shown
