from datetime import timedelta
from typing import Any

from api import pagination
from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest
from webhooks import params as p
from webhooks import queries, resources
from webhooks.services import deliveries

Wire = dict[str, Any]

_SHOWN_FOR = timedelta(days=30)


class EventsView(ApiView):
    resource = "events"
    params = {"GET": p.ListEventsParams}

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.events(request.caller.tenant).filter(created_at__gte=request.at - _SHOWN_FOR)
        rows = pagination.within(rows, params.get("created"))
        if "type" in params and "types" in params:
            raise InvalidRequest("You may only specify one of these parameters: type, types.")
        if "type" in params:
            wanted = params["type"]
            rows = (
                rows.filter(type__startswith=wanted[:-1])
                if wanted.endswith("*")
                else (rows.filter(type=wanted))
            )
        if "types" in params:
            rows = rows.filter(type__in=params["types"])
        if "delivery_success" in params:
            rows = queries.by_success(rows, succeeded=params["delivery_success"])
        found, has_more = pagination.page(rows, params, kind="event")
        pending = queries.pending_counts(row.id for row in found)
        return pagination.wire_list(
            found,
            lambda row: resources.event(row, pending=pending.get(row.id, 0)),
            has_more=has_more,
            url=request.path,
        )


class EventView(ApiView):
    resource = "events"

    def get(self, request: ApiRequest, params: Wire, event_id: str) -> Wire:
        return _rendered(request, event_id)


class RetryEventView(ApiView):
    resource = "events"
    params = {"POST": p.RetryEventParams}

    def post(self, request: ApiRequest, params: Wire, event_id: str) -> Wire:
        event = queries.event(request.caller.tenant, event_id)
        ids = queries.delivery_ids(
            event, request.caller.tenant, endpoint_id=params.get("webhook_endpoint")
        )
        for delivery_id in ids:
            deliveries.resend(delivery_id=delivery_id, at=request.at)
        return _rendered(request, event_id)


def _rendered(request: ApiRequest, event_id: str) -> Wire:
    event = queries.event(request.caller.tenant, event_id)
    pending = queries.pending_counts([event_id]).get(event_id, 0)
    return resources.event(event, pending=pending)
