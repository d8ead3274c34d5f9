"""Writing down what happened, in the transaction in which it happens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson
from django.conf import settings
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from core import request_context
from core.database.transactions import require_transaction
from core.ids import new_id
from core.tenant import Tenant
from core.types import Fields, JsonObject
from webhooks.catalog import EVENT_TYPES, THIN_ONLY
from webhooks.models import Attempt, Body, Delivery, Event
from webhooks.services import hints

_BATCH: Final = 500
_PAGES: Final = frozenset(
    {
        "hosted_instructions_url", "hosted_voucher_url", "image_url_png", "image_url_svg",
        "mobile_auth_url",
    }
)  # fmt: skip


def event(
    type: str,
    *,
    tenant: Tenant,
    resource: Fields,
    previous_attributes: Fields | None = None,
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
    assert type in EVENT_TYPES or type in THIN_ONLY, f"{type} is not in the catalogue."
    is_change = type.endswith(".updated")
    assert previous_attributes is not None or not is_change, f"What did {type} change?"
    request = request_context.current()
    data: JsonObject = {"object": _without_ways_in(resource)}
    if previous_attributes is not None:
        data["previous_attributes"] = dict(previous_attributes)
    hints.publish_after_commit(hints.EVENTS)
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


def _without_ways_in(resource: Fields) -> JsonObject:
    """Remove client secrets and links: they go to the payer only, and are not stored."""
    shown = {name: value for name, value in resource.items() if name != "client_secret"}
    if resource.get("object") == "payment_intent":
        shown["client_secret"] = None
    if action := resource.get("next_action"):
        shown["next_action"] = {
            name: _without_pages(value) if isinstance(value, dict) else value
            for name, value in action.items()
        }
        if page := action.get("redirect_to_url"):
            shown["next_action"]["redirect_to_url"] = page | {"url": None}
    return shown


def _without_pages(details: JsonObject) -> JsonObject:
    """Remove the addresses of pages for payers, of what a payer is shown."""
    return {
        name: None
        if name in _PAGES
        else _without_pages(value)
        if isinstance(value, dict)
        else value
        for name, value in details.items()
    }


def about(object_ids: Sequence[str]) -> QuerySet[Event]:
    """Return the events of some objects."""
    return Event.objects.filter(object_id__in=object_ids)


def forget(object_ids: Sequence[str]) -> None:
    """Erase what events tell of some objects, except their type and ids.

    Args:
        object_ids: The ids of objects that say who somebody is.
    """
    require_transaction()
    skeleton = "json_build_object('id', {0}->>'id', 'object', {0}->>'object')"
    kept = skeleton.format("(data::json->'object')")
    for start in range(0, len(object_ids), _BATCH):
        rows = Event.objects.filter(object_id__in=object_ids[start : start + _BATCH])
        deliveries = Delivery.objects.filter(event__in=rows)
        Attempt.objects.filter(delivery__in=deliveries).exclude(response_body="").update(
            response_body=""
        )
        # A thin one tells an id and nothing else, and has no data.
        of_before = deliveries.filter(endpoint__is_thin=False, body__isnull=False)
        of_before.update(body=_without_data("body", skeleton))
        bodies = Body.objects.filter(event_id__in=rows.values("id"))
        bodies.extra(where=["jsonb_exists(text::jsonb, 'data')"]).update(
            text=_without_data("text", skeleton)
        )
        rows.update(data=RawSQL(f"json_build_object('object', {kept})::text", ()))  # noqa: S611


def _without_data(column: str, skeleton: str) -> RawSQL:
    sent = skeleton.format(f"({column}::json#>'{{data,object}}')")
    return RawSQL(  # noqa: S611  no value comes from outside
        f"jsonb_set({column}::jsonb, '{{data}}', jsonb_build_object('object', {sent}))::text", ()
    )
